"""AUC and pAUC as the DCASE challenges define them; pure functions of two arrays.

``anomalous`` is (N,) of bool, ``scores`` (N,) of floats, higher = more anomalous. Ties count half.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
MAX_FPR = 0.1  # the challenge's p


def auc(anomalous: ArrayLike, scores: ArrayLike) -> float:
    """Area under the ROC curve, in [0, 1]; raises ``ValueError`` unless both classes are there."""
    false_rate, true_rate = roc(anomalous, scores)
    return float(np.trapezoid(true_rate, false_rate))


def pauc(anomalous: ArrayLike, scores: ArrayLike, *, max_fpr: float = MAX_FPR) -> float:
    """Area up to a false positive rate, standardised to 0.5 at chance and 1 at best.

    McClish, "Analyzing a portion of the ROC curve", 1989; as scikit-learn's
    ``roc_auc_score(max_fpr=...)``, which the challenge's own evaluator calls.
    """
    false_rate, true_rate = roc(anomalous, scores)
    at_limit = np.interp(max_fpr, false_rate, true_rate)
    inside = int(np.searchsorted(false_rate, max_fpr, side="right"))
    area = np.trapezoid(
        np.append(true_rate[:inside], at_limit), np.append(false_rate[:inside], max_fpr)
    )
    chance = max_fpr**2 / 2
    return float(0.5 * (1 + (area - chance) / (max_fpr - chance)))


def placements(anomalous: ArrayLike, scores: ArrayLike) -> Floats:
    """Of each clip, (N,), the share of clips of the other class that it is told apart from.

    The mean over either class is the AUC.
    """
    positive, values = np.asarray(anomalous, dtype=bool), np.asarray(scores, dtype=np.float64)
    found = np.empty(len(values))
    for here, sign in ((positive, 1.0), (~positive, -1.0)):
        others = np.sort(sign * values[~here])
        places = [np.searchsorted(others, sign * values[here], side) for side in ("left", "right")]
        found[here] = (places[0] + places[1]) / (2 * len(others))
    return found


def roc(anomalous: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """The ROC curve: false and true positive rates, one point a distinct score, from (0, 0)."""
    positive = np.asarray(anomalous, dtype=bool)
    values = np.asarray(scores, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite")
    if positive.all() or not positive.any():
        raise ValueError("AUC needs normal and anomalous clips; only one class is here")
    order = np.argsort(-values, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1)
    true = np.cumsum(positive[order])[last_of_tie]
    false = 1 + last_of_tie - true
    return (
        np.concatenate([[0.0], false / false[-1]]),
        np.concatenate([[0.0], true / true[-1]]),
    )
