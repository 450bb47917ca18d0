"""A whole board, every pair of its rows in every figure: python ci/bench/board.py

24 rows, 5 repeats, 41 machine IDs with the test clips of DCASE 2020, one core: from scores to rows,
intervals, pairs and letters. The plain side compares the same rows with scikit-learn and SciPy: AUC
and pAUC of each repeat and ID, and Wilcoxon's test of each pair over IDs, without any interval.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import resource
import sys
from itertools import combinations
from pathlib import Path

import measuring
import numpy as np
from measuring import Report, goal
from scipy.stats import wilcoxon
from sklearn.metrics import roc_auc_score

from asdbench.evaluation.ranking import compared

sys.path.append(str(Path(__file__).parents[1] / "calibration"))
from worlds import World, simulate

ROWS, REPEATS, IDS = 24, 5, 41


def measure() -> Report:
    entries = simulate(World(rows=ROWS, repeats=REPEATS, ids=IDS), 0).entries
    for entry in entries:
        entry.record.update(summary="", origin={"kind": "run"}, repeats=[[]] * REPEATS)  # type: ignore[attr-defined]

    def plain() -> None:
        means = [
            [
                np.mean(
                    [
                        roc_auc_score(one.anomalous, scores, max_fpr=most)
                        for scores in one.scores
                        for most in (None, 0.1)
                    ]
                )
                for one in entry.ids.values()
            ]
            for entry in entries
        ]
        for a, b in combinations(range(ROWS), 2):
            wilcoxon(means[a], means[b])

    board_s = measuring.seconds(lambda: compared("development", entries))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    plain_s = measuring.seconds(plain)
    what = f"{ROWS} rows, {REPEATS} repeats, {IDS} machine IDs"
    rows = [
        {"what": f"{what}: s", "asdbench": board_s, "plain": plain_s, **goal(board_s, below=10)},
        {"what": f"{what}: GiB", "asdbench": most, **goal(most, below=1)},
    ]
    return Report("a board with every pair", 1, rows)


if __name__ == "__main__":
    measuring.main(measure)
