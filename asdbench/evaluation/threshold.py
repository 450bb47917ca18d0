"""From the scores of training clips to a threshold: what is above it is called anomalous."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from asdbench.config.imports import imported

SHARE = 0.9  # of normal clips that lie below, as the challenge's baselines have it
LEAST = 3  # scores: a gamma distribution has so many parameters


def threshold(scores: ArrayLike, share: float = SHARE) -> float:
    """The quantile of a gamma distribution fitted to scores (N,), as DCASE's baselines since 2021.

    The baselines' code: ``scipy.stats.gamma.fit`` and ``ppf``. Where no gamma distribution can be
    fitted (few or equal scores, or scipy finds none), the scores' own quantile.
    """
    values = np.asarray(scores, dtype=np.float64)
    quantile = float(np.quantile(values, share))
    if len(values) < LEAST or not np.ptp(values):
        return quantile
    stats = imported("scipy.stats")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of values that its search passes through
        try:
            shape, start, scale = stats.gamma.fit(values)
        except stats.FitError:
            return quantile
        found = float(stats.gamma.ppf(share, shape, loc=start, scale=scale))
    return found if np.isfinite(found) else quantile
