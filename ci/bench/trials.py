"""A study of a scorer's fields: how many trainings its trials cost: python ci/bench/trials.py

``asdbench tune id_classifier`` with only fields of ``scoring`` searched, on the demo's fans, one
job. A cell that trains is compared with those that find the training done. Beside the trials, a
study trains once for each of its eight fresh tasks, and once on the real clips for the report.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import measuring
from measuring import Report, Row

import asdbench
from asdbench.config.experiment import experiments
from asdbench.engines.events import Done
from asdbench.execution.progress import Event, Searched
from asdbench.results.records import Outcome

TRIALS = 30
SEARCHED = """
[tune.id_classifier]
"scoring.by" = { choices = ["neighbours", "kmeans", "mahalanobis"] }
"scoring.neighbours" = { low = 1, high = 16 }
"scoring.density" = { low = 0, high = 8 }
"classifier.lr" = 4e-3
"classifier.margin" = 0.7
"classifier.scale" = 30.0
"""


def measure(trials: str | None) -> Report:
    asked = int(trials or TRIALS)
    every: list[Outcome] = []
    of_trials = 0

    def on_event(event: Event) -> None:
        nonlocal of_trials
        if isinstance(event, Done):
            every.append(event.outcome)
        if isinstance(event, Searched):
            of_trials = len(every)

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        text = experiments()["demo"].read_text(encoding="utf-8")
        fans = text.replace("[dataset]", '[dataset]\nmachines = ["fan"]')
        (folder / "fans.toml").write_text(fans + SEARCHED, encoding="utf-8")
        asdbench.tune(
            "id_classifier",
            folder / "fans.toml",
            trials=asked,
            jobs=1,
            device="cpu",
            out=folder / "out",
            on_event=on_event,
        )
        kept = [path.parent for path in folder.glob("out/**/stages/classify-*.safetensors")]
        searched = [path.parent / "stages" for path in folder.glob("out/tuning/*/study.db")]
    rows = [
        _row(f"{asked} trials", every[:of_trials], sum(one in searched for one in kept)),
        _row("the choice and the report", every[of_trials:], len(kept) - kept.count(searched[0])),
    ]
    return Report("a study of a scorer's fields", 1, rows, ["seconds of cells by the clock"])


def _row(what: str, cells: Sequence[Outcome], trainings: int) -> Row:
    """Of some cells, those that trained took longest."""
    seconds = sorted((cell.seconds for cell in cells), reverse=True)
    trained, others = seconds[:trainings], seconds[trainings:]
    usual, other = statistics.median(trained), statistics.median(others)
    return {
        "what": what,
        "cells": len(cells),
        "trainings": trainings,
        "a cell that trains, s": usual,
        "another, s": other,
        "all, in cells that train": sum(seconds) / usual,
    }


if __name__ == "__main__":
    measuring.main(measure, trials="trials of the study, 30 by default")
