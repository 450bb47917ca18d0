"""Output folders, written by hand, and cells to put into them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.evaluation.board import Board
from asdbench.results.build import board
from asdbench.results.records import Cell, Outcome, Score
from asdbench.results.store import Store

# machine, id, subset -> normal scores, anomalous scores, scores of clips with withheld labels
Scores = Mapping[tuple[str, str, str], tuple[Sequence[float], Sequence[float], Sequence[float]]]
DEV, EVAL = "development", "evaluation"
SETS = {"development": "set"}
SCORES = [
    Score("fan", "02", "development", "anomaly_id_02_1.wav", True, 0.1 + 0.2),
    Score("fan", "00", "development", "normal_id_00_1.wav", False, -1e-300),
    Score("fan", "00", "evaluation", "id_00_7.wav", None, 3.0),
]
OUTCOME = Outcome(
    scores=[0.1 + 0.2, -1e-300, 3],
    history=[{"stage": "a", "epoch": 1, "loss": 0.5}, {"stage": "b", "epoch": 1, "accuracy": 1.0}],
    weights=b"the weights",
    seconds=1.5,
    facts={"cpu": "a fast one"},
)


def cell(*, repeat: int = 0, machine: str | None = "fan", method: str = "knn") -> Cell:
    return Cell(
        method=method,
        fields={"k": 1},
        machine=machine,
        clips="abc",
        frontend=Frontend(),
        numerics=Numerics(device="cpu", precision="float32"),
        repeat=repeat,
        seed=0,
    )


def area(wins: float) -> tuple[list[float], list[float], list[float]]:
    """Scores of an ID with AUC ``wins`` / 4: 4 normal clips, one anomaly above ``wins`` of them."""
    return [0, 1, 2, 3], [wins - 0.5], []


class Folder:
    """An output folder, written without asdbench's help."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "rows").mkdir(parents=True)

    @property
    def store(self) -> Store:
        return Store(self.path)

    @property
    def board(self) -> Board:
        return board(self.store)

    def row(self, label: str, repeats: Sequence[Sequence[str]], **recipe: Any) -> None:
        parts = {"dataset": {}, "train": {}, "frontend": {}, "numerics": {}, "seed": 0}
        record = {
            "label": label,
            "method": "knn",
            "summary": "Neighbours.",
            "fields": {},
            "experiment": "demo",
            "recipe": {**parts, "repeats": len(repeats), **recipe},
            "origin": {"kind": "run"},
            "repeats": repeats,
        }
        (self.path / "rows" / f"{label}.json").write_text(json.dumps(record))

    def cell(
        self,
        name: str,
        scores: Scores,
        *,
        seconds: float = 1.0,
        done: bool = True,
        facts: Mapping[str, Any] | None = None,
        history: str = "\n",
    ) -> None:
        folder = self.path / "cells" / name
        folder.mkdir(parents=True)
        with open(folder / "scores.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["machine", "id", "subset", "clip", "anomalous", "score"])
            for (machine, id_, subset), groups in scores.items():
                for label, values in zip(("0", "1", ""), groups, strict=True):
                    for index, value in enumerate(values):
                        writer.writerow([machine, id_, subset, f"{label}{index}", label, value])
        (folder / "history.csv").write_text(history)
        if done:
            record = {"cell": {}, "seconds": seconds, "facts": facts or {}}
            (folder / "cell.json").write_text(json.dumps(record))
