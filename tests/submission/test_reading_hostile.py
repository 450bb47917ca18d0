"""Whatever a stranger writes into a submission's files, reading it ends in a row or in a reason."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asdbench
from asdbench.submission.guard import RefusedError
from asdbench.submission.reading import read_row

ODD: list[Any] = [None, True, -1, 1e308, 10**30, "", "x" * 3000, "../..", "\0", [], {}, [[]]]
TRIES = 40


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in JSON, but the whole."""
    if above:
        yield above
    listed = dict(enumerate(value)) if isinstance(value, list) else value
    for name, part in listed.items() if isinstance(listed, dict) else ():
        yield from places(part, (*above, name))


def test_an_odd_value_anywhere_is_a_reason_and_never_a_crash(lab: Path) -> None:
    rnd = random.Random(0)
    files = [lab / "rows" / "knn.json", lab / "test-sets.json", *lab.glob("cells/*/cell.json")]
    reasons = []
    for _ in range(TRIES):
        file = rnd.choice(files)
        before = file.read_text()
        value = at = json.loads(before)
        *way, last = rnd.choice([*places(value)])
        for name in way:
            at = at[name]
        at[last] = rnd.choice(ODD)
        file.write_text(json.dumps(value))
        try:
            read_row(lab, "knn")
        except RefusedError as error:
            reasons.append(str(error))
        asdbench.check_submission(lab)
        file.write_text(before)
    assert 0 < len(reasons) < TRIES
    assert not any("\n" in reason or len(reason) > 1000 for reason in reasons)
    assert read_row(lab, "knn").label == "knn"
