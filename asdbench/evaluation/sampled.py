"""A figure of several rows by machine ID: what was measured, and how it varies with the clips.

Shapes: M rows, R repeats of a row, U units, C columns (every repeat of every row), B resamples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench.evaluation.metrics import MAX_FPR, Floats
from asdbench.evaluation.repeats import Repeats

Mean = Literal["types", "plain", "harmonic"]
LEAST = float(np.finfo(np.float64).eps)  # what a harmonic mean holds each value above


class Grain(NamedTuple):
    """How fine a figure is on so few clips, ``size``: half a misplaced pair of clips.

    ``variance`` is the least that can be known: clips that are told apart without a fault have no
    spread in their resamples, though a fault may only not have been seen yet.
    """

    size: float
    variance: float

    @classmethod
    def of(cls, normal: float, anomalous: float) -> Grain:
        """Of the area under a curve of so many clips."""
        size = 0.5 / (normal * anomalous + 1)
        return cls(size, size * (1 - size) / min(normal, anomalous))

    @classmethod
    def of_partial(cls, normal: int, anomalous: int) -> Grain:
        """Of the area up to ``MAX_FPR``, which so much fewer normal clips make."""
        return cls.of(max(1.0, MAX_FPR * normal), anomalous)

    @classmethod
    def of_mean(cls, one: Grain, other: Grain) -> Grain:
        """Of the mean of two areas that go up and down together."""
        deviation = (one.variance**0.5 + other.variance**0.5) / 2
        return cls((one.size + other.size) / 2, deviation**2)

    @classmethod
    def coarsest(cls, grains: Sequence[Grain]) -> Grain:
        """Of a figure that several make together: that of the one with the fewest clips."""
        return max(grains, key=lambda grain: grain.variance)


@dataclass(frozen=True)
class OnUnit:
    """A figure of all rows on one unit; ``Sampled`` is made of them."""

    measured: Sequence[Floats | None]
    bias: Floats
    fits: Floats
    clips: Floats
    grain: Grain
    freedom: int

    @classmethod
    def missing(cls, rows: int) -> OnUnit:
        """Of a unit that no row has the figure on."""
        none = np.zeros((rows, rows))
        return cls([None] * rows, np.zeros(rows), none, none, Grain(0.0, 0.0), 0)


@dataclass(frozen=True)
class Sampled:
    """A figure of M rows on U units.

    A unit is a machine ID; or, where ``of_ids`` is false, a machine type, for figures that all its
    IDs make together. ``machines`` is the machine type of each. ``mean`` says what several units
    make: the mean over machine types of that over their units, or one over all of them.

    ``measured`` is (R, U) a row, NaN where it lacks a unit, and ``bias`` (M, U) how much too high
    it is on average for having few clips. ``fits`` (U, M, M) is the covariance, over clips drawn
    anew, of the rows' means over repeats; ``clips`` that of two different repeats: without what
    each repeat's own fit has to do with it. Of ``grain`` and ``freedom`` each unit has one.
    """

    machines: tuple[str, ...]
    of_ids: bool
    measured: tuple[Floats, ...]
    bias: Floats
    fits: Floats
    clips: Floats
    grain: tuple[Grain, ...]
    freedom: tuple[int, ...]
    mean: Mean = "types"

    @classmethod
    def joined(
        cls, parts: Sequence[tuple[str, OnUnit]], *, of_ids: bool, mean: Mean = "types"
    ) -> Sampled:
        """Of the figure on each unit, beside its machine type."""
        units = [unit for _, unit in parts]
        count = len(units[0].measured)
        lengths = [
            max((len(f) for u in units if (f := u.measured[m]) is not None), default=1)
            for m in range(count)
        ]
        measured = [np.full((length, len(units)), np.nan) for length in lengths]
        for place, unit in enumerate(units):
            for row, figures in zip(measured, unit.measured, strict=True):
                if figures is not None:
                    row[:, place] = figures
        return cls(
            machines=tuple(machine for machine, _ in parts),
            of_ids=of_ids,
            measured=tuple(measured),
            bias=np.stack([unit.bias for unit in units], axis=1),
            fits=np.stack([unit.fits for unit in units]),
            clips=np.stack([unit.clips for unit in units]),
            grain=tuple(unit.grain for unit in units),
            freedom=tuple(unit.freedom for unit in units),
            mean=mean,
        )

    def has(self, row: int) -> NDArray[np.bool_]:
        """Which units a row has, (U,)."""
        return np.logical_not(np.isnan(self.measured[row]).any(axis=0))

    def among(self, rows: Sequence[int]) -> Sampled:
        """These rows: what is asked of one or two of them costs no more where there are many."""
        chosen = list(rows)
        return replace(
            self,
            measured=tuple(self.measured[row] for row in chosen),
            bias=self.bias[chosen],
            fits=self.fits[:, chosen][:, :, chosen],
            clips=self.clips[:, chosen][:, :, chosen],
        )

    def pick(self, units: Sequence[int]) -> Sampled:
        """These units."""
        chosen = list(units)
        return Sampled(
            tuple(self.machines[u] for u in chosen),
            self.of_ids,
            tuple(of_row[:, chosen] for of_row in self.measured),
            self.bias[:, chosen],
            self.fits[chosen],
            self.clips[chosen],
            tuple(self.grain[u] for u in chosen),
            tuple(self.freedom[u] for u in chosen),
            self.mean,
        )

    def weights(self) -> Floats:
        """Of each unit in a mean over all of them, (U,)."""
        if self.mean == "types":
            return equal_weights(self.machines)
        return np.full(len(self.machines), 1 / len(self.machines))

    def linear(self) -> Sampled:
        """With values whose plain mean is the harmonic one: nothing else has to know of it.

        H is U / sum(1 / x). By its influence function, unit u stands for 2 H - H^2 / x_u: the mean
        over units is H in each repeat, and a change of x_u changes it by (H / x_u)^2 / U, which is
        also what its covariances are scaled by.
        """
        if self.mean != "harmonic":
            return self
        held = [np.maximum(row, LEAST) for row in self.measured]
        means = [_harmonic_mean(row) for row in held]
        usual = np.array([row.mean(axis=0) for row in held])
        slopes = np.nan_to_num((_harmonic_mean(usual) / usual) ** 2)
        both = slopes.T[:, :, None] * slopes.T[:, None, :]
        return replace(
            self,
            measured=tuple(2 * m - m**2 / row for m, row in zip(means, held, strict=True)),
            bias=self.bias * slopes,
            fits=self.fits * both,
            clips=self.clips * both,
            mean="plain",
        )


def on_unit(
    measured: Sequence[Floats | None],
    repeats: Sequence[Repeats],
    varied: Floats,
    *,
    bias: Floats,
    grain: Grain,
    freedom: int,
) -> OnUnit:
    """A figure on one unit, (R,) a row that has it; ``varied`` (C, C) is its columns' covariance.

    Columns are the repeats of the rows that have the unit, in order; ``bias`` is (C,).
    """
    rows = np.repeat(range(len(measured)), [0 if m is None else len(m) for m in measured])
    numbers = np.array(
        [n for m, r in zip(measured, repeats, strict=True) if m is not None for n in r.numbers]
    )
    belongs = (rows == np.arange(len(measured))[:, None]).astype(float)
    count = belongs @ np.ones((len(rows), len(rows))) @ belongs.T
    fits = _ratio(belongs @ varied @ belongs.T, count, 0.0)
    apart = (numbers != numbers[:, None]).astype(float)
    clips = _ratio(belongs @ (varied * apart) @ belongs.T, belongs @ apart @ belongs.T, fits)
    fits, clips = _raised(fits, clips, grain.variance)
    there = np.outer(belongs.any(axis=1), belongs.any(axis=1))
    each = _ratio(belongs @ bias, belongs.sum(axis=1), 0.0)
    return OnUnit(measured, each, fits * there, clips * there, grain, freedom)


def _raised(fits: Floats, clips: Floats, least: float) -> tuple[Floats, Floats]:
    """With no variance of fits below ``least``; what is correlated stays so.

    Where a row has no spread at all, neither has what it has in common with others.
    """
    deviations = np.sqrt(np.maximum(fits.diagonal(), 0.0))
    seen = deviations > 0
    raised = np.maximum(deviations, np.sqrt(least))
    ratio = np.divide(raised, deviations, out=np.ones_like(deviations), where=seen)
    without = np.diag(np.where(seen, 0.0, least))
    return fits * np.outer(ratio, ratio) + without, clips * np.outer(ratio, ratio) + without


def covariance(resampled: Floats) -> Floats:
    """Of columns (C, B) over resamples, (C, C)."""
    moved = resampled - resampled.mean(axis=1, keepdims=True)
    found: Floats = moved @ moved.T / moved.shape[1]
    return found


def equal_weights(machines: Sequence[str]) -> Floats:
    """Of each unit in the mean over machine types of the mean over their units, (U,)."""
    kinds = len(set(machines))
    return np.array([1 / (kinds * machines.count(machine)) for machine in machines])


def _harmonic_mean(values: Floats) -> Floats:
    """Of each line of (R, U), over the units that it has, (R, 1)."""
    there = np.isfinite(values)
    inverse = np.divide(1.0, values, out=np.zeros_like(values), where=there)
    found: Floats = there.sum(axis=1, keepdims=True) / inverse.sum(axis=1, keepdims=True)
    return found


def _ratio(sums: Floats, counts: Floats, otherwise: Floats | float) -> Floats:
    """Means, and something else where there is nothing to take a mean of."""
    return np.where(counts > 0, sums / np.maximum(counts, 1), otherwise)
