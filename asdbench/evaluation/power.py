"""Which differences a board could tell, before it is made: pure functions.

All are shares of 1, of the mean of AUC and pAUC.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asdbench.config.imports import imported
from asdbench.evaluation.figures import ALPHA
from asdbench.evaluation.sampled import equal_weights
from asdbench.evaluation.variation import LEAST, MANY, Uncertainty, together

POWER = 0.8  # of the boards tell such a difference
# The variance of the difference of two systems on one machine ID, times normal and anomalous clips:
# simulated, AUCs of 0.71 to 0.9, scores of a clip correlated 0.64 (ci/calibration/worlds.py).
NORMAL, ANOMALOUS = 0.060, 0.026
# Of that, what stays however many repeats there are: there, scores of a clip in two repeats of a
# system are correlated 0.8.
LASTING = (0.80 - 0.64) / (1 - 0.64)
MOST = 0.5  # a figure of 1 against chance
SEED_SD, ID_SD = 0.015, 0.05  # what is usual, where nothing is measured


@dataclass(frozen=True)
class Told:
    """The smallest differences that four boards in five tell, by question; None: can't tell."""

    clips: float | None
    here: float | None
    elsewhere: float | None


def told(
    counts: Mapping[str, Sequence[tuple[int, int]]],
    repeats: int,
    seed_sd: float = SEED_SD,
    id_sd: float = ID_SD,
    pairs: int = 1,
    random: int = 2,
) -> Told:
    """Of a test set with so many normal and anomalous clips an ID, by machine type.

    ``seed_sd`` is the standard deviation of a row over seeds, ``id_sd`` that over the IDs of a type
    of how much better it is there than others. With several ``pairs``, each has to be told among
    all (the first step of Holm's correction). ``random`` of a pair's rows depend on seeds.
    """
    machines = [machine for machine, ids in counts.items() for _ in ids]
    weights = equal_weights(machines)
    clips = [clip_variance(n, m, repeats) for ids in counts.values() for n, m in ids]
    few = sum(min(n, m) - 1 for ids in counts.values() for n, m in ids)
    if not few:
        return Told(None, None, None)
    of_clips = Uncertainty(float(weights**2 @ clips), few)
    fits = _found(of_clips, pairs)
    if repeats < 2 and seed_sd and random:
        return Told(_told(fits), None, None)
    seeds = [Uncertainty(seed_sd**2 / repeats, repeats - 1)] * random if seed_sd else []
    here = max(fits, _found(together([of_clips, *seeds]), pairs))
    spread = len(machines) - len(counts)
    if spread < LEAST:
        return Told(_told(fits), _told(here), None)
    of_ids = Uncertainty(of_clips.variance + 2 * id_sd**2 * float(weights @ weights), spread)
    elsewhere = max(here, _found(together([of_ids, *seeds]), pairs))
    return Told(_told(fits), _told(here), _told(elsewhere))


def clip_variance(normal: int, anomalous: int, repeats: int) -> float:
    """Of the difference of two systems on one machine ID, for having so few clips."""
    return (NORMAL / normal + ANOMALOUS / anomalous) * (LASTING + (1 - LASTING) / repeats)


def repeats_for(
    difference: float,
    counts: Mapping[str, Sequence[tuple[int, int]]],
    *,
    seed_sd: float = SEED_SD,
    random: int = 2,
    most: int = 100,
) -> int | None:
    """How many repeats tell a difference here; None where ``most`` don't."""
    tried = (told(counts, repeats, seed_sd, random=random).here for repeats in range(1, most + 1))
    enough = (n for n, here in enumerate(tried, 1) if here is not None and here <= difference)
    return next(enough, None)


def _told(difference: float) -> float | None:
    """None where figures can't differ by so much."""
    return difference if difference < MOST else None


def _found(uncertainty: Uncertainty, pairs: int) -> float:
    quantile = imported("scipy.special").stdtrit
    freedom = min(uncertainty.freedom, MANY)
    reach = quantile(freedom, 1 - ALPHA / pairs / 2) + quantile(freedom, POWER)
    return float(reach * math.sqrt(uncertainty.variance))
