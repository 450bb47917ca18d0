"""Intervals, tests and the probability of being best, from what figures vary by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from asdbench.config.imports import imported
from asdbench.config.seeds import derive
from asdbench.evaluation.figures import QUESTIONS, Difference, Interval
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.repeats import Repeats, families
from asdbench.evaluation.sampled import Sampled
from asdbench.evaluation.significance import holm
from asdbench.evaluation.variation import MANY, Estimate, Uncertainty, reach

DRAWS = 4000

_Told = TypeVar("_Told")


def interval(found: Estimate, part: Uncertainty | None) -> Interval | None:
    """The 95 % interval of a figure, within 0 and 1; None where there is no variance to make it of.

    The variance is that of a share of some number of independent clips; the interval is that of
    such a share (Wilson, "Probable inference, the law of succession, and statistical inference",
    1927), with Student's t for the normal distribution.
    """
    if part is None:
        return None
    share = min(max(found.value - found.bias, 0.0), 1.0)
    inside = min(max(share, found.grain), 1 - found.grain)
    clips = inside * (1 - inside) / part.variance
    wide = reach(part.freedom) ** 2 / clips
    centre = (share + wide / 2) / (1 + wide)
    half = math.sqrt(wide * (share * (1 - share) + wide / 4)) / (1 + wide)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def difference(found: Estimate, part: Uncertainty | None) -> Difference | None:
    """The 95 % interval of a difference, and p of a t test that it is none; not corrected yet."""
    if part is None:
        return None
    deviation, value = math.sqrt(part.variance), round(found.value, 12)
    half = reach(part.freedom) * deviation
    if deviation:
        scale = min(part.freedom, MANY)
        p = float(2 * imported("scipy.special").stdtr(scale, -abs(value) / deviation))
    else:
        p = 0.0 if value else 1.0
    return Difference(max(-1.0, found.value - half), min(1.0, found.value + half), p, p)


def differences(found: Estimate) -> dict[str, Difference | None]:
    """What each question says of a difference: each contains the one before, and is no surer."""
    said: dict[str, Difference | None] = {}
    surest = 0.0
    for question in QUESTIONS:
        made = difference(found, getattr(found, question))
        if made:
            surest = max(surest, made.p)
            made = replace(made, p=surest, corrected=surest)
        said[question] = made
    return said


def corrected(compared: Sequence[_Told]) -> list[_Told]:
    """Dataclasses with a difference a question, with p corrected for how many there are."""
    made = list(compared)
    for question in QUESTIONS:
        told: list[tuple[int, Difference]] = [
            (place, one) for place, each in enumerate(made) if (one := getattr(each, question))
        ]
        every = holm([one.p for _, one in told])
        for (place, one), p in zip(told, every, strict=True):
            change: Any = {question: replace(one, corrected=p)}
            each: Any = made[place]
            made[place] = replace(each, **change)
    return made


def best(
    sampled: Sampled, repeats: Sequence[Repeats], question: str, rows: Sequence[int]
) -> Floats:
    """How probable it is that each of these rows has the highest mean, (M,); ties share.

    Drawn from the same variances as intervals and tests, all rows together: they meet the same
    clips and machine IDs. Deviations are as much wider as letters ask for of so many pairs, so that
    a row that can't be told from the best one is not said to be hopeless.
    """
    sampled = sampled.linear()
    weights = _weights(sampled, rows)
    by_unit = np.nan_to_num(np.array([sampled.measured[row].mean(axis=0) for row in rows]))
    rng = np.random.default_rng(derive(0, "best", question))
    fits, clips = (
        np.einsum("au,bu,uab->ab", weights, weights, covered[:, rows][:, :, rows])
        for covered in (sampled.fits, sampled.clips)
    )
    of_seeds = _spreads_of_seeds(sampled, rows, weights)
    seeds = np.diag([spread @ spread for spread in of_seeds])
    with_seeds = question != "clips" and _between(clips) + _between(seeds) > _between(fits)
    if not with_seeds:  # no surer than these fits alone
        clips = fits
    values, vectors = np.linalg.eigh(clips)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    deviations = root @ rng.standard_normal((len(rows), DRAWS))
    if with_seeds:
        deviations += _of_seeds(of_seeds, [repeats[row] for row in rows], rng)
    if question == "elsewhere":
        spread = _spread_of_ids(sampled, by_unit, weights)
        whole = max(_between(spread @ spread.T), 1e-300)
        more = max(0.0, 1 - _between(clips) / whole)  # it holds that of clips
        freedom = len(sampled.machines) - len(set(sampled.machines))
        deviations += math.sqrt(more) * spread @ _student(rng, by_unit.shape[1], freedom)
    pairs = max(1, len(rows) * (len(rows) - 1) // 2)
    wider = reach(MANY, pairs) / reach(MANY)
    drawn = np.round((weights * by_unit).sum(axis=1)[:, None] + wider * deviations, 9)
    top = drawn == drawn.max(axis=0)
    shares: Floats = (top / top.sum(axis=0)).mean(axis=1)
    return shares


def _weights(sampled: Sampled, rows: Sequence[int]) -> Floats:
    """Of each unit in the mean of each row, (M, U)."""
    weights = np.zeros((len(rows), len(sampled.machines)))
    for place, row in enumerate(rows):
        there = sampled.has(row)
        weights[place, there] = sampled.pick(np.flatnonzero(there).tolist()).weights()
    return weights


def _between(varied: Floats) -> float:
    """How much rows vary against each other, up to a factor; a single row's own variance."""
    rows = len(varied)
    return float(np.trace(varied) - (varied.sum() / rows if rows > 1 else 0.0))


def _spreads_of_seeds(sampled: Sampled, rows: Sequence[int], weights: Floats) -> list[Floats]:
    """What each repeat has to do with the variance of a row's mean over them, (R,) a row."""
    found = []
    for row, of_row in zip(rows, weights, strict=True):
        means = np.nan_to_num(sampled.measured[row]) @ of_row
        count = len(means)
        found.append((means - means.mean()) / math.sqrt(max(count * (count - 1), 1)))
    return found


def _of_seeds(
    spreads: Sequence[Floats], repeats: Sequence[Repeats], rng: np.random.Generator
) -> Floats:
    """Rows that are paired, be it through a third, have the same draws."""
    drawn = np.zeros((len(spreads), DRAWS))
    draws: dict[int, Floats] = {}
    for place, (spread, family) in enumerate(zip(spreads, families(repeats), strict=True)):
        count = len(spread)
        if count > 1:
            if family not in draws:
                draws[family] = _student(rng, count, count - 1)
            drawn[place] = spread @ draws[family]
    return drawn


def _spread_of_ids(sampled: Sampled, by_unit: Floats, weights: Floats) -> Floats:
    """What each machine ID has to do with each row's variance, (M, U).

    All rows meet the same IDs, which differ within each machine type.
    """
    spread = np.zeros_like(by_unit)
    for machine in dict.fromkeys(sampled.machines):
        here = np.array([m == machine for m in sampled.machines])
        for place, of_row in enumerate(by_unit):
            there = here & (weights[place] > 0)
            count = int(there.sum())
            if count > 1:
                left = of_row[there] - of_row[there].mean()
                spread[place, there] = weights[place, there] * left * math.sqrt(count / (count - 1))
    return spread


def _student(rng: np.random.Generator, size: int, freedom: int) -> Floats:
    """Draws (size, DRAWS) of Student's t; of one draw, all have the same scale."""
    scale = np.sqrt(freedom / rng.chisquare(freedom, DRAWS))
    return rng.standard_normal((size, DRAWS)) * scale
