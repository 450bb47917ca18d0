"""Scores out of an output folder, in the form of the DCASE challenges."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from asdbench.config.defaults import DEMO, RUNS
from asdbench.config.names import did_you_mean
from asdbench.data.dcase import facts
from asdbench.results.score_files import score_files
from asdbench.results.store import Store

_EVALUATION = "evaluation"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exported:
    """What was written of a row: complete repeats, files in all of them together, and where."""

    label: str
    repeats: int
    files: int
    folder: Path


def export_scores(
    out: str | Path = RUNS / DEMO,
    *,
    rows: Sequence[str] | None = None,
    challenge: int | None = None,
    on_row: Callable[[Exported], None] = lambda _: None,
) -> list[Exported]:
    """Write rows' complete repeats in the form of the DCASE challenge of their data's year.

    They go to ``<out>/export/<label>/repeat_<n>/``; what an earlier export left of a row goes. With
    a ``challenge``, they go to ``<out>/challenge-<year>/<label>/repeat_<n>/``: scores and decisions
    on the evaluation subset, named and ordered as its official evaluator takes them.

    Args:
        out: The output folder.
        rows: Labels of the rows; by default all.
        challenge: A year, 2020 to 2026.
        on_row: Is told each row as it is written.

    Returns:
        What was written of each row: ``label``, ``repeats``, ``files``.

    Raises:
        ValueError: where there are no results, no such row or challenge, or a row has no scores or
            no decisions for it.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> asdbench.export_scores("runs/smoke")[0].label
        'knn'
    """
    store = Store.existing(out)
    form = _form(store, challenge)
    written = []
    for row in _chosen(store, rows or ()):
        place = f"{form.folder}/{row['label']}"
        if (store.folder / place).exists():
            shutil.rmtree(store.folder / place)
        repeats = files = 0
        for number, names in enumerate(row["repeats"]):
            if not all(map(store.done, names)):
                continue
            repeats += 1
            for file, text in _files(store, row["label"], names, form).items():
                store.write(f"{place}/repeat_{number}/{file}", text)
                files += 1
        if not repeats:
            _log.warning("%s: no repeat is complete, so nothing of it is exported", row["label"])
            continue
        written.append(Exported(row["label"], repeats, files, store.folder / place))
        on_row(written[-1])
    if not written:
        raise ValueError(f"no repeat is complete in {store.folder}; run it again to its end")
    return written


class _Form(NamedTuple):
    """Where files go, by which year they are named, and which subset they are of, if of one."""

    folder: str
    protocol: str
    subset: str | None


def _form(store: Store, challenge: int | None) -> _Form:
    protocols = store.protocols()
    if challenge is None:
        return _Form("export", max(protocols.values(), default="2020"), None)
    if challenge not in facts.YEARS:
        years = ", ".join(map(str, facts.YEARS))
        raise ValueError(f"no challenge of {challenge}; there are those of {years}")
    year = facts.YEARS[challenge]
    official = facts.official_test_set(challenge, _EVALUATION)
    if store.test_sets().get(_EVALUATION) != official:
        _log.warning(
            "the evaluation clips in %s aren't those of %s: files are in its form, but its "
            "official evaluator expects its own clips",
            store.folder,
            year.name,
        )
    return _Form(f"challenge-{challenge}", year.protocol, _EVALUATION)


def _chosen(store: Store, labels: Sequence[str]) -> list[Mapping[str, Any]]:
    rows = {row["label"]: row for row in store.rows()}
    if not rows:
        raise ValueError(f"no rows in {store.folder}; make some with asdbench run")
    for label in labels:
        if label not in rows:
            raise ValueError(f"no row {label!r} in {store.folder}{did_you_mean(label, rows)}")
    return [rows[label] for label in labels or rows]


def _files(store: Store, label: str, cells: Sequence[str], form: _Form) -> dict[str, str]:
    """Name and text of a repeat's files, with its decisions; 2020's challenge has no such files."""
    lines = [
        line for name in cells for line in store.scores(name) if form.subset in {None, line.subset}
    ]
    if not lines:
        raise ValueError(f"{label} has no scores of {form.subset} clips; run it on that subset")
    decided = {line.as_clip: line.decided for line in lines if line.decided is not None}
    of_challenge = form.subset is not None
    if of_challenge and form.protocol != "2020" and len(decided) < len(lines):
        raise ValueError(
            f"{label} has no decisions, which the challenge wants; run it again with --force, or "
            "import its decision files too"
        )
    if len(decided) < len(lines) or (of_challenge and form.protocol == "2020"):
        decided = {}
    return score_files({line.as_clip: line.score for line in lines}, decided, form.protocol)
