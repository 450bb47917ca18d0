"""Bootstrap of AUC and pAUC against a loop over scikit-learn: python ci/bench/bootstrap.py

5 methods, 5 repeats, 23 machine IDs of 500 test clips, 1,000 resamples, one core: as a board of
DCASE 2020's development set. The loop is timed on a few resamples, all of the same work.
"""

from __future__ import annotations

import json
import os
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
from sklearn.metrics import roc_auc_score

from asdbench import stats

METHODS, REPEATS, IDS, CLIPS, RESAMPLES = 5, 5, 23, 500, 1000
LOOPED = 4  # resamples that the loop does


def main() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(CLIPS) < CLIPS // 2
    scores = rng.standard_normal((METHODS * REPEATS, IDS, CLIPS)) + labels
    began = time.perf_counter()
    found = np.empty((METHODS * REPEATS, IDS, 2, RESAMPLES))
    counts = []
    for id_ in range(IDS):
        counts.append(stats.resampled_clips(labels, RESAMPLES, id_))
        for row in range(METHODS * REPEATS):
            found[row, id_] = stats.resampled_areas(labels, scores[row, id_], counts[-1])
    ours = time.perf_counter() - began

    began, largest = time.perf_counter(), 0.0
    for row in range(METHODS * REPEATS):
        for id_ in range(IDS):
            for b in range(LOOPED):
                drawn = np.repeat(np.arange(CLIPS), counts[id_][:, b].astype(int))
                y, s = labels[drawn], scores[row, id_, drawn]
                theirs = (roc_auc_score(y, s), roc_auc_score(y, s, max_fpr=0.1))
                largest = max(largest, float(np.abs(found[row, id_, :, b] - theirs).max()))
    loop = (time.perf_counter() - began) * RESAMPLES / LOOPED
    print(
        json.dumps(
            {
                "resamples": RESAMPLES,
                "asdbench s": round(ours, 2),
                "scikit-learn loop s": round(loop, 1),
                "ratio": round(loop / ours),
                "largest difference": largest,
            }
        )
    )


if __name__ == "__main__":
    main()
