"""Bootstrap of AUC and pAUC against a loop over scikit-learn: python ci/bench/bootstrap.py

5 methods, 5 repeats, 23 machine IDs of 500 test clips, 400 resamples, one core: as a board of
DCASE 2020's development set. The loop is timed on a few resamples, all of the same work.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import measuring
import numpy as np
from measuring import Report, versus
from sklearn.metrics import roc_auc_score

from asdbench.evaluation import bootstrap as stats

METHODS, REPEATS, IDS, CLIPS, RESAMPLES = 5, 5, 23, 500, 400
LOOPED = 4  # resamples that the loop does


def measure() -> Report:
    rng = np.random.default_rng(0)
    labels = np.arange(CLIPS) < CLIPS // 2
    scores = rng.standard_normal((METHODS * REPEATS, IDS, CLIPS)) + labels
    found = np.empty((METHODS * REPEATS, IDS, 2, RESAMPLES))
    counts: list[np.ndarray] = []
    theirs = np.empty((METHODS * REPEATS, IDS, 2, LOOPED))

    def asdbench() -> None:
        for id_ in range(IDS):
            counts.append(stats.resampled_clips(labels, RESAMPLES, id_))
            for row in range(METHODS * REPEATS):
                found[row, id_] = stats.resampled_areas(labels, scores[row, id_], counts[-1])

    def loop() -> None:
        for row in range(METHODS * REPEATS):
            for id_ in range(IDS):
                for b in range(LOOPED):
                    drawn = np.repeat(np.arange(CLIPS), counts[id_][:, b].astype(int))
                    y, s = labels[drawn], scores[row, id_, drawn]
                    theirs[row, id_, :, b] = roc_auc_score(y, s), roc_auc_score(y, s, max_fpr=0.1)

    ours_s = measuring.seconds(asdbench)
    loop_s = measuring.seconds(loop) * RESAMPLES / LOOPED
    apart = float(np.abs(found[..., :LOOPED] - theirs).max())
    what = f"{METHODS} methods, {REPEATS} repeats, {IDS} machine IDs, {RESAMPLES:,} resamples"
    notes = [
        f"largest difference: {apart:.1g}; the loop's time is that of {LOOPED} resamples, scaled up"
    ]
    return Report(
        "bootstrap of AUC and pAUC", 1, [versus(what, ours_s, loop_s, at_least=50)], notes
    )


if __name__ == "__main__":
    measuring.main(measure)
