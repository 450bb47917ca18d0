"""The selective Mahalanobis distance of reconstruction errors: the smaller one of two domains.

Shapes: N clips, E errors of frames, B mel bands, K domains.

Source: nttcslab/dcase2023_task2_baseline_ae, networks/criterion/mahala.py and
networks/dcase2023t2_ae/dcase2023t2_ae.py; Harada et al., "First-shot anomaly sound detection for
machine condition monitoring: a domain generalization baseline", EUSIPCO 2023.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Of the mean variance. So little changes no covariance that is known well; along directions in
# which a domain's few frames never erred, it makes errors dear rather than free or infinite.
RIDGE = 1e-6
SMALLEST_VARIANCE = 1e-12  # dB squared: digital silence that is rebuilt without any error


def precision(errors: Iterable[Array]) -> Array:
    """The inverse covariance (B, B) of errors that come in pieces (E, B); float64 throughout.

    About their mean, divided by their number less 1, with ``RIDGE`` on the diagonal. There must be
    one piece at least.
    """
    count, total_B, square_BB = 0, np.zeros(()), np.zeros(())
    for errors_EB in errors:
        x_EB = errors_EB.astype(np.float64)
        count += len(x_EB)
        total_B = total_B + x_EB.sum(axis=0)
        square_BB = square_BB + x_EB.T @ x_EB
    mean_B = total_B / count
    covariance_BB = (square_BB - count * np.outer(mean_B, mean_B)) / max(1, count - 1)
    least = RIDGE * np.trace(covariance_BB) / len(mean_B) + SMALLEST_VARIANCE
    inverse_BB: Array = np.linalg.inv(covariance_BB + least * np.eye(len(mean_B)))
    return inverse_BB


def of_mean(errors_NEB: Array, precision_KBB: Array) -> Array:
    """The squared distance of each clip's mean error, in the nearest domain's terms (N,).

    It is what the organisers' code computes: the mean of e P e' over all pairs of errors e and e'
    of a clip. Not centred.
    """
    mean_NB = errors_NEB.astype(np.float64).mean(axis=1)
    distance_KN = np.einsum("nb,kbc,nc->kn", mean_NB, precision_KBB, mean_NB, optimize=True)
    smallest_N: Array = distance_KN.min(axis=0)
    return smallest_N


def of_frames(errors_NEB: Array, precision_KBB: Array) -> Array:
    """The mean squared distance of each clip's errors, in the nearest domain's terms (N,)."""
    x_NEB = errors_NEB.astype(np.float64)
    scores = [
        [((x_EB @ precision_BB) * x_EB).sum(axis=1).mean() for x_EB in x_NEB]
        for precision_BB in precision_KBB
    ]
    smallest_N: Array = np.min(scores, axis=0)
    return smallest_N
