"""Made-up results by kind of clip, and agreements, for boards of any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from boards import spread

from asdbench.evaluation import Agreement, Behind, Board, Difference, FoundBy, Slice

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
    found = []
    for tag, values in KINDS.items():
        for place, value in enumerate(values):
            rows = {
                row.label: spread(
                    np.clip(row.mean_auc_pauc.mean + 0.08 * (place - 1), 0, 1)
                    + rng.uniform(-0.02, 0.02, row.repeats)
                )
                for row in board.subset(subset)
            }
            best = max(rows, key=lambda label: rows[label].mean)
            found.append(
                Slice(
                    subset=subset,
                    tag=tag,
                    value=value,
                    machines=["fan", "pump"] if tag != "fault" or place else ["fan"],
                    normal=240,
                    anomalous=72 + place,
                    rows=rows,
                    best=best,
                    behind={
                        label: _behind(rows[best].mean - rows[label].mean)
                        for label in rows
                        if label != best
                    },
                )
            )
    return found


def _behind(gap: float) -> Behind:
    """Told apart here from five points on, elsewhere never."""
    here = Difference(gap - 0.05, gap + 0.05, 0.001, 0.002 if gap > 0.05 else 0.2)
    return Behind(gap, here, here, Difference(gap - 0.2, gap + 0.2, 0.3, 0.6))


def _agreements(board: Board, subset: str) -> Sequence[Agreement]:
    labels = [row.label for row in board.subset(subset)]
    return [
        Agreement(subset, first, second, 23, 0.8 - 0.1 * place, FoundBy(90, 30 - place, place, 24))
        for pair, (first, second) in enumerate(combinations(labels, 2))
        for place in (pair % 15,)
    ]
