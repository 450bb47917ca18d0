"""What a shut-in worker may say, and what becomes of everything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asdbench.engines.events import Task
from asdbench.engines.vetting import vetted
from asdbench.results.records import Outcome

TASK: Any = Task(None, None, "abc", "ab", Path(), Path())  # type: ignore[arg-type]
FINE = Outcome(
    [0.5, 1.0], [{"stage": "fit", "loss": 1.0}], b"w", 1.0, {"source": "s"}, [True, False]
)


def test_what_a_cell_says_passes() -> None:
    said = ("fit", 1, 0.5, {"loss": 0.25}, None)
    for kind, content in (
        ("started", None),
        ("said", said),
        ("done", FINE),
        ("done", replace(FINE, train_scores=[1.0, 2.0, 3.0])),
        ("failed", ("KeyError", "Traceback")),
        ("died", ("its process ended", "")),
        ("lost", ("its server ended", "")),
    ):
        assert vetted(kind, content, TASK) == (kind, content)


@pytest.mark.parametrize("said", [("fit",), ("fit", 1, 0.5, {"loss": "low"}, None), None])
def test_an_epoch_that_is_none_ends_nothing(said: Any) -> None:
    assert vetted("said", said, TASK) == ("said", ("?", 0, 0.0, {}, None))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("done", None),
        ("done", 5),
        ("done", replace(FINE, scores=[0.5])),
        ("done", replace(FINE, scores=[0.5, float("nan")])),
        ("done", replace(FINE, scores="ab")),
        ("done", replace(FINE, train_scores=[1.0])),
        ("done", replace(FINE, decided=[True])),
        ("done", replace(FINE, weights=None)),  # type: ignore[arg-type]
        ("done", replace(FINE, facts={"source": b"bytes"})),
        ("failed", "why"),
        ("failed", (None, None)),
    ],
)
def test_all_else_is_a_failure_of_the_cell(kind: str, content: Any) -> None:
    found, (reason, _) = vetted(kind, content, TASK)
    assert found == "died"
    assert reason.startswith("its process said ")
