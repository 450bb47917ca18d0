"""A board, and entries of one, small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from asdbench.evaluation.board import VERSION, Board, System
from asdbench.evaluation.breakdown import Agreement, Behind, FoundBy, Slice
from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.figures import (
    Difference,
    Histogram,
    IdFigures,
    Interval,
    MachineFigures,
    Pair,
    Row,
    Spread,
)
from asdbench.evaluation.protocols import PROTOCOLS

HERE, ELSEWHERE, CLIPS = Interval(0.7, 0.9), Interval(0.6, 1.0), Interval(0.75, 0.85)
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
    auc=Spread(0.875, 0.05, [0.825, 0.875, 0.925], HERE, ELSEWHERE, CLIPS),
    pauc=Spread(0.725, 0.1, [0.625, 0.725, 0.825], HERE, ELSEWHERE, CLIPS),
    mauc=Spread(0.75, 0.1, [0.65, 0.75, 0.85]),
    mean_auc_pauc=Spread(0.8, 0.075, [0.725, 0.8, 0.875], HERE, ELSEWHERE, CLIPS),
    pooled_auc=Spread(0.6, 0.0, [0.6, 0.6, 0.6]),
    ids={
        "00": machine_id(
            Spread(1.0, 0.0, [1.0, 1.0, 1.0], HERE),
            Spread(0.9, 0.1, [0.8, 0.9, 1.0], HERE),
            Spread(0.95, 0.05, [0.9, 0.95, 1.0], HERE),
            clips=(4, 2),
        ),
        "02": machine_id(
            Spread(0.75, 0.1, [0.65, 0.75, 0.85], HERE),
            Spread(0.55, 0.1, [0.45, 0.55, 0.65], HERE),
            Spread(0.65, 0.1, [0.55, 0.65, 0.75], HERE),
            clips=(3, 5),
        ),
    },
)
WIDE = MachineFigures(
    auc=Spread(0.675, None, [0.675], HERE, ELSEWHERE, CLIPS),
    pauc=Spread(0.575, None, [0.575], HERE, ELSEWHERE, CLIPS),
    mauc=Spread(0.6, None, [0.6]),
    mean_auc_pauc=Spread(0.625, None, [0.625], HERE, ELSEWHERE, CLIPS),
    pooled_auc=Spread(0.5, None, [0.5]),
    ids={
        "00": machine_id(
            Spread(0.75, None, [0.75], HERE),
            Spread(0.65, None, [0.65], HERE),
            Spread(0.7, None, [0.7], HERE),
            clips=(4, 2),
        ),
        "02": machine_id(
            Spread(0.6, None, [0.6], HERE),
            Spread(0.5, None, [0.5], HERE),
            Spread(0.55, None, [0.55], HERE),
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
                seeds="counted",
                best={"clips": 0.9, "here": None, "elsewhere": None},
                letters={"clips": "a", "here": None, "elsewhere": None},
                places=[1],
            ),
            row(
                "wide",
                WIDE,
                origin=tuned,
                repeats=1,
                planned=3,
                seconds=None,
                seeds="unknown",
                best={"clips": 0.1, "here": None, "elsewhere": None},
                letters={"clips": "a", "here": None, "elsewhere": None},
                places=[2],
            ),
        ],
        notes=[],
        systems={
            label: System({}, {}, complete, {"gpu": [None]}, [], [])
            for label, complete in (("knn", [0, 1, 2]), ("wide", [0]))
        },
        pairs=[
            Pair(
                subset="development",
                figure="mean_auc_pauc",
                first="knn",
                second="wide",
                n=2,
                difference=0.175,
                clips=Difference(0.05, 0.3, 0.01, 0.01),
                here=None,
                elsewhere=None,
                flips=None,
            )
        ],
        known={},
        protocol={"development": "2020"},
        figures={"development": list(PROTOCOLS["2020"])},
        false_rates=[0.0, 1.0],
        question={"development": "clips"},
        slices=[
            Slice(
                subset="development",
                tag="fault",
                value="leak",
                machines=["fan", "pump"],
                normal=7,
                anomalous=4,
                rows={
                    "knn": Spread(0.9, 0.1, [0.8, 0.9, 1.0], HERE, ELSEWHERE, CLIPS),
                    "wide": Spread(0.6, None, [0.6]),
                },
                best="knn",
                behind={"wide": Behind(0.3, Difference(0.1, 0.5, 0.02, 0.02), None, None)},
            )
        ],
        agreements=[
            Agreement(
                subset="development",
                first="knn",
                second="wide",
                n=2,
                correlation=0.25,
                found_by=FoundBy(both=1, first=3, second=2, neither=1),
            )
        ],
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
