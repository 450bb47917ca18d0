"""Made-up results by kind of clip, and agreements, for boards of any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from boards import spread

from asdbench.evaluation import Agreement, Board, FoundBy, Slice

KINDS = {
    "fault": ("bearing", "imbalance", "leak"),
    "severity": ("mild", "medium", "strong"),
    "snr": ("-6", "0", "6"),
}


def with_kinds(board: Board) -> Board:
    """The board with three tags; the rows' order is the same on each kind."""
    slices = [one for subset in board.subsets for one in _slices(board, subset)]
    pairs = [one for subset in board.subsets for one in _agreements(board, subset)]
    return replace(board, slices=slices, agreements=pairs)


def _slices(board: Board, subset: str) -> Sequence[Slice]:
    rng = np.random.default_rng(0)
    return [
        Slice(
            subset=subset,
            tag=tag,
            value=value,
            machines=["fan", "pump"] if tag != "fault" or place else ["fan"],
            normal=240,
            anomalous=72 + place,
            rows={
                row.label: spread(
                    np.clip(row.mean_auc_pauc.mean + 0.08 * (place - 1), 0, 1)
                    + rng.uniform(-0.02, 0.02, row.repeats)
                )
                for row in board.subset(subset)
            },
        )
        for tag, values in KINDS.items()
        for place, value in enumerate(values)
    ]


def _agreements(board: Board, subset: str) -> Sequence[Agreement]:
    labels = [row.label for row in board.subset(subset)]
    return [
        Agreement(subset, first, second, 23, 0.8 - 0.1 * place, FoundBy(90, 30 - place, place, 24))
        for pair, (first, second) in enumerate(combinations(labels, 2))
        for place in (pair % 15,)
    ]
