"""A board, and entries of one, small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from asdbench.evaluation.board import VERSION, Board, System
from asdbench.evaluation.figures import (
    Histogram,
    IdFigures,
    Interval,
    MachineFigures,
    Pair,
    Row,
    Spread,
)
from asdbench.evaluation.measure import Entry, MachineId, Scored

THESE, NEW = Interval(0.7, 0.9), Interval(0.6, 1.0)
SCORES = Histogram(0.0, 1.0, [3, 1], [0, 2])


def machine_id(auc: Spread, pauc: Spread, mean: Spread, clips: tuple[int, int]) -> IdFigures:
    return IdFigures(auc, pauc, mean, *clips, roc=[0.0, 1.0], scores=SCORES)


def row(label: str, machine: MachineFigures, **told: Any) -> Row:
    """A row of one machine type, whose figures are that type's."""
    return Row(
        label=label,
        method="knn",
        summary="Neighbours.",
        subset="development",
        auc=machine.auc,
        pauc=machine.pauc,
        mauc=machine.mauc,
        mean_auc_pauc=machine.mean_auc_pauc,
        pooled_auc=machine.pooled_auc,
        machines={"fan": machine},
        **told,
    )


FAN = MachineFigures(
    auc=Spread(0.875, 0.05, [0.825, 0.875, 0.925], THESE, NEW),
    pauc=Spread(0.725, 0.1, [0.625, 0.725, 0.825], THESE, NEW),
    mauc=Spread(0.75, 0.1, [0.65, 0.75, 0.85]),
    mean_auc_pauc=Spread(0.8, 0.075, [0.725, 0.8, 0.875], THESE, NEW),
    pooled_auc=Spread(0.6, 0.0, [0.6, 0.6, 0.6]),
    ids={
        "00": machine_id(
            Spread(1.0, 0.0, [1.0, 1.0, 1.0], THESE),
            Spread(0.9, 0.1, [0.8, 0.9, 1.0], THESE),
            Spread(0.95, 0.05, [0.9, 0.95, 1.0], THESE),
            clips=(4, 2),
        ),
        "02": machine_id(
            Spread(0.75, 0.1, [0.65, 0.75, 0.85], THESE),
            Spread(0.55, 0.1, [0.45, 0.55, 0.65], THESE),
            Spread(0.65, 0.1, [0.55, 0.65, 0.75], THESE),
            clips=(3, 5),
        ),
    },
)
WIDE = MachineFigures(
    auc=Spread(0.675, None, [0.675], THESE, NEW),
    pauc=Spread(0.575, None, [0.575], THESE, NEW),
    mauc=Spread(0.6, None, [0.6]),
    mean_auc_pauc=Spread(0.625, None, [0.625], THESE, NEW),
    pooled_auc=Spread(0.5, None, [0.5]),
    ids={
        "00": machine_id(
            Spread(0.75, None, [0.75], THESE),
            Spread(0.65, None, [0.65], THESE),
            Spread(0.7, None, [0.7], THESE),
            clips=(4, 2),
        ),
        "02": machine_id(
            Spread(0.6, None, [0.6], THESE),
            Spread(0.5, None, [0.5], THESE),
            Spread(0.55, None, [0.55], THESE),
            clips=(3, 5),
        ),
    },
)


@pytest.fixture(scope="session")
def small_board() -> Board:
    """Two rows on one machine type of two IDs: "knn" with three repeats, "wide" with one."""
    ran, tuned = {"kind": "run"}, {"kind": "tuned", "objective": "proxy"}
    return Board(
        version=VERSION,
        made_from="0123456789abcdef",
        benchmark="by hand",
        recipe={"seed": 0},
        rows=[
            row(
                "knn",
                FAN,
                origin=ran,
                repeats=3,
                planned=3,
                seconds=1.5,
                best=0.9,
                letters="a",
                places=[1],
            ),
            row(
                "wide",
                WIDE,
                origin=tuned,
                repeats=1,
                planned=3,
                seconds=None,
                best=0.1,
                letters="a",
                places=[2],
            ),
        ],
        notes=[],
        systems={
            label: System({}, {}, complete, {"gpu": [None]}, [], [])
            for label, complete in (("knn", [0, 1, 2]), ("wide", [0]))
        },
        pairs=[Pair("development", "knn", "wide", 2, 0.175, 1.0, 0.5, 0.5, None)],
        known={},
        false_rates=[0.0, 1.0],
    )


@pytest.fixture(scope="session")
def scored() -> Callable[..., Scored]:
    """Makes the clips of an ID with AUC ``wins`` / 4 in each repeat.

    Four normal clips and an anomaly above ``wins`` of them. The curve's first step is at a false
    positive rate of 0.25, so the pAUC sees its first value alone: 1 where the anomaly is on top,
    else (0 - 0.005) / (0.1 - 0.005) = -1 / 19, which is standardised to 9 / 19.
    """

    def make(*wins: int) -> Scored:
        scores = np.array([[0.0, 1.0, 2.0, 3.0, of_repeat - 0.5] for of_repeat in wins])
        return Scored(np.array([False] * 4 + [True]), scores)

    return make


@pytest.fixture(scope="session")
def entry() -> Callable[..., Entry]:
    """Makes an entry of one method: a label, its IDs, and which of its repeats are complete."""

    def make(
        label: str, ids: Mapping[MachineId, Scored], complete: Sequence[int], planned: int = 3
    ) -> Entry:
        record = {
            "label": label,
            "method": "knn",
            "summary": "Neighbours.",
            "origin": {"kind": "run"},
            "repeats": [[f"{label}-{number}"] for number in range(planned)],
        }
        return Entry(record, complete, 1.5, ids)

    return make
