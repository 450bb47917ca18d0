"""Boards whose truth is known: rows of simulated scores, and what their figures really are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from asdbench.config.seeds import derive
from asdbench.data.dcase.facts import official_test_clips
from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.metrics import MAX_FPR

Floats = NDArray[np.float64]

# Of a clip's noise, what all rows have in common, what all repeats of a row have, and the rest.
SHARED, OWN, FIT = 0.64, 0.16, 0.20
POINT = 0.01 / (norm.pdf(1.2 / np.sqrt(2)) / np.sqrt(2))  # of AUC, in distance of means, at 1.2
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)  # to average over a normal distribution
COARSE = {"plain": 0.01, "saturated": 0.01, "tied": 0.5}  # steps of the curve of endless clips
IDS = {3: (3,), 12: (3, 3, 3, 3), 16: (4, 4, 4, 4), 23: (4, 3, 4, 4, 4, 4), 41: (7, 6, 7, 7, 7, 7)}
# The demo had 18 of each before version 2 of its sounds.
CLIPS = {"demo": [(18, 18)], "MIMII 2 s": [(40, 100), (20, 50), *[(2, 5)] * 14]}


@dataclass(frozen=True)
class World:
    """A kind of board. Spreads are standard deviations in points of AUC.

    All rows are equally good. ``seed`` is what a seed does to a row: to all machine IDs alike where
    ``common``, else to each apart. ``id`` is how much better a row is on one ID than on another of
    its type; ``type`` the same of machine types, which stay as they are. The first ``fixed`` rows
    have no randomness.
    """

    rows: int = 2
    repeats: int = 5
    ids: int = 23
    clips: str = "DCASE 2020"
    seed: float = 1.5
    common: bool = True
    id: float = 5.0
    type: float = 0.0
    scores: str = "plain"
    fixed: int = 0

    @property
    def distance(self) -> float:
        """Between the means of anomalous and normal clips."""
        return 4.0 if self.scores == "saturated" else 1.2

    @property
    def machines(self) -> list[MachineId]:
        """The machine IDs."""
        return [
            MachineId(f"type {kind}", f"{number:02}")
            for kind, count in enumerate(IDS[self.ids])
            for number in range(count)
        ]

    def counts(self) -> list[tuple[int, int]]:
        """Normal and anomalous test clips of each machine ID."""
        known = CLIPS.get(self.clips) or dcase_counts()
        return [known[place % len(known)] for place in range(self.ids)]


@cache
def dcase_counts() -> list[tuple[int, int]]:
    """Normal and anomalous clips of each development ID of DCASE 2020."""
    labels = official_test_clips(2020, "development")
    ids = sorted({(clip.machine, clip.id) for clip in labels})
    return [
        tuple(
            sum(t.anomalous is one for c, t in labels.items() if (c.machine, c.id) == of_id)
            for one in (False, True)
        )  # type: ignore[misc]
        for of_id in ids
    ]


@dataclass(frozen=True)
class Board:
    """Simulated entries, and by question each row's true figure, (M,)."""

    entries: list[Entry]
    truths: dict[str, Floats]


def simulate(world: World, number: int) -> Board:
    """One board of a world."""
    rng = np.random.default_rng(derive(0, *asdict(world).values(), number))
    machines, counts = world.machines, world.counts()
    distances = _distances(world, rng)
    seeds = _seeds(world, rng)
    ids: list[dict[MachineId, Scored]] = [{} for _ in range(world.rows)]
    for place, (of_id, (normal, anomalous)) in enumerate(zip(machines, counts, strict=True)):
        labels = np.arange(normal + anomalous) >= normal
        shared = np.sqrt(SHARED) * rng.standard_normal(len(labels))
        for row in range(world.rows):
            fits = 1 if row < world.fixed else world.repeats
            scores = shared + np.sqrt(OWN) * rng.standard_normal(len(labels))
            scores = scores + np.sqrt(FIT) * rng.standard_normal((fits, len(labels)))
            scores = np.repeat(scores, world.repeats // fits, axis=0)
            moved = distances[row, place] + seeds[row, :, place]
            scores += labels * moved[:, None]
            if world.scores == "tied":
                scores = np.round(scores / COARSE["tied"]) * COARSE["tied"]
            ids[row][of_id] = Scored(labels, scores)
    entries = [
        Entry(
            {"label": f"row {row:02}", "method": f"row {row:02}"},
            tuple(range(world.repeats)),
            None,
            of_row,
        )
        for row, of_row in enumerate(ids)
    ]
    return Board(entries, _truths(world, distances, seeds))


def _distances(world: World, rng: np.random.Generator) -> Floats:
    """Of each row and machine ID (M, I): IDs differ for all rows alike, and for each row apart."""
    kinds = np.array([int(of_id.machine.split()[1]) for of_id in world.machines])
    alike = 6 * POINT * rng.standard_normal(world.ids)
    own = world.id * POINT * rng.standard_normal((world.rows, world.ids))
    of_types = rng.standard_normal((world.rows, kinds.max() + 1))
    if kinds.max():
        of_types -= of_types.mean(axis=1, keepdims=True)  # no row is better on average
    found: Floats = world.distance + alike + own + world.type * POINT * of_types[:, kinds]
    return found


def _seeds(world: World, rng: np.random.Generator) -> Floats:
    """What each repeat adds, (M, R, I)."""
    size = (world.rows, world.repeats, 1 if world.common else world.ids)
    drawn = world.seed * POINT * rng.standard_normal(size)
    drawn[: world.fixed] = 0.0
    return np.broadcast_to(drawn, (world.rows, world.repeats, world.ids))


def _truths(world: World, distances: Floats, seeds: Floats) -> dict[str, Floats]:
    """Means over machine types and IDs of the figure of endless clips.

    Of these fits; over all seeds; over all seeds and machine IDs.
    """
    _, kinds = np.unique([of_id.machine for of_id in world.machines], return_inverse=True)
    weights = 1 / (kinds.max() + 1) / np.bincount(kinds)[kinds]
    fits = _mean_figure(distances[:, None] + seeds, np.zeros(1), world.scores)
    of_seeds = np.full((world.rows, 1), world.seed * POINT)
    of_seeds[: world.fixed] = 0.0
    of_ids = np.sqrt(36 + world.id**2) * POINT
    means = np.full((world.rows, 1), world.distance)
    return {
        "clips": fits.mean(axis=1) @ weights,
        "here": _mean_figure(distances, of_seeds, world.scores) @ weights,
        "elsewhere": _mean_figure(means, np.hypot(of_ids, of_seeds), world.scores)[:, 0],
    }


def _mean_figure(distances: Floats, spreads: Floats, scores: str) -> Floats:
    """The figure averaged over normally distributed distances."""
    at, values = _population(COARSE[scores])
    every = distances[..., None] + spreads[..., None] * NODES
    found: Floats = np.interp(every, at, values) @ (WEIGHTS / WEIGHTS.sum())
    return found


@cache
def _population(coarse: float) -> tuple[Floats, Floats]:
    """The mean of AUC and pAUC of endless clips, at many distances."""
    at = np.linspace(-4, 12, 641)
    edges = (np.arange(-8 / coarse, 16 / coarse) + 0.5) * coarse
    false = np.append(0.0, norm.sf(edges)[::-1])
    found = []
    for distance in at:
        true = np.append(0.0, norm.sf(edges - distance)[::-1])
        area = np.trapezoid(true, false) + (1 - false[-1])
        inside = false <= MAX_FPR
        x = np.append(false[inside], MAX_FPR)
        y = np.append(true[inside], np.interp(MAX_FPR, false, true))
        chance = MAX_FPR**2 / 2
        partial = 0.5 * (1 + (np.trapezoid(y, x) - chance) / (MAX_FPR - chance))
        found.append((area + partial) / 2)
    return at, np.array(found)


def grid(short: bool) -> Sequence[World]:
    """One thing changed at a time, and the combinations that are hard."""
    if short:
        return [
            World(ids=12, clips="demo", repeats=3),
            World(ids=12, clips="demo", repeats=5, rows=5),
        ]
    return [
        World(),
        *(World(seed=seed, common=common) for seed in (0.7, 2.5, 5.0) for common in (True, False)),
        World(seed=0.0),
        World(seed=1.5, common=False),
        *(World(repeats=repeats) for repeats in (2, 3, 10)),
        *(World(repeats=repeats, seed=5.0) for repeats in (2, 3, 10)),
        *(World(repeats=r, fixed=1, seed=s) for r in (2, 3, 5) for s in (1.5, 5.0)),
        World(repeats=1, seed=0.0),
        World(repeats=1),
        *(World(ids=ids) for ids in (3, 12, 41)),
        *(World(id=spread) for spread in (0.0, 2.0, 10.0)),
        World(type=5.0),
        *(
            World(ids=12, clips="demo", repeats=r, seed=s)
            for r in (1, 3, 5)
            for s in (0.0, 1.5, 5.0)
        ),
        World(ids=3, clips="demo", repeats=3),
        *(World(ids=16, clips="MIMII 2 s", repeats=r) for r in (3, 5)),
        *(
            World(scores=kind, ids=12, clips=c, repeats=3)
            for kind in ("tied", "saturated")
            for c in ("demo", "DCASE 2020")
        ),
        *(World(rows=5, repeats=r, seed=s) for r in (3, 5) for s in (0.0, 1.5, 5.0)),
        World(rows=5, repeats=3, fixed=1),
        *(World(rows=5, ids=12, clips="demo", repeats=r) for r in (1, 2, 3, 5)),
        World(rows=24, ids=12, clips="demo", repeats=3),
        World(rows=24, ids=12, clips="demo", repeats=5),
        World(rows=24),
    ]
