"""How often the 95 % intervals cover the truth, on simulated scores: python ci/bench/intervals.py

Normal clips score N(0, 1), anomalies N(d, 1); d varies with machine ID, with repeat, and with both.
80 % of a clip's noise is its own in every repeat, as it is with real clips. The truth is a figure
of the population: of the same machine IDs, or of all; over all seeds; of endless clips.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass

import numpy as np

from asdbench.config.seeds import derive
from asdbench.evaluation import bootstrap as stats
from asdbench.evaluation import metrics

RESAMPLES = 400
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(30)  # to average over a normal distribution
WEIGHTS = WEIGHTS / WEIGHTS.sum()


@dataclass(frozen=True)
class World:
    """Sizes, and standard deviations of d over machine IDs, repeats, and both together."""

    repeats: int
    types: int
    ids: int  # a machine type
    clips: int  # of each label
    of_ids: float
    of_repeats: float
    of_both: float = 0.2
    mean: float = 1.2


WORLDS = (
    World(3, 4, 3, 18, 0.6, 0.1),  # as the demo
    World(5, 6, 4, 100, 0.6, 0.1),  # towards DCASE 2020
    World(5, 4, 3, 18, 0.3, 0.2),  # seeds matter more
    World(2, 4, 3, 18, 0.6, 0.2),  # two repeats
    World(3, 4, 3, 18, 0.1, 0.1),  # IDs alike: nearly all the spread is that of few clips
)


def population(d: np.ndarray, figure: str) -> np.ndarray:
    """The figure of endless clips at each distance d."""
    from scipy.stats import norm

    auc = norm.cdf(d / np.sqrt(2))
    if figure == "auc":
        return auc
    rates = np.linspace(0, metrics.MAX_FPR, 401)[1:]
    caught = norm.sf(norm.isf(rates) - d[..., None])
    area = caught.mean(axis=-1) * metrics.MAX_FPR
    chance = metrics.MAX_FPR**2 / 2
    return (auc + 0.5 * (1 + (area - chance) / (metrics.MAX_FPR - chance))) / 2


def simulate(world: World, seed: int) -> dict[tuple[str, str], tuple[bool, float]]:
    """Whether the interval of each figure covers each truth, and how wide it is."""
    rng = np.random.default_rng(seed)
    n = world.types * world.ids
    anomalous = np.arange(2 * world.clips) >= world.clips
    of_repeat = world.of_repeats * rng.standard_normal(world.repeats)
    of_id = world.of_ids * rng.standard_normal(n)
    both = world.of_both * rng.standard_normal((world.repeats, n))
    measured = np.empty((2, world.repeats, n))
    resampled = np.empty((2, world.repeats, n, RESAMPLES))
    for i in range(n):
        own = rng.standard_normal(2 * world.clips)
        counts = stats.resampled_clips(anomalous, RESAMPLES, derive(seed, "clips", i))
        for r in range(world.repeats):
            scores = np.sqrt(0.8) * own + np.sqrt(0.2) * rng.standard_normal(2 * world.clips)
            scores[anomalous] += world.mean + of_id[i] + of_repeat[r] + both[r, i]
            measured[:, r, i] = metrics.auc(anomalous, scores), metrics.pauc(anomalous, scores)
            resampled[:, r, i] = stats.resampled_areas(anomalous, scores, counts)
    machines = tuple(f"type {i // world.ids}" for i in range(n))
    repeats = stats.drawn(world.repeats, RESAMPLES, derive(seed, "repeats"))
    ids = stats.drawn_ids(machines, RESAMPLES, derive(seed, "ids"))
    others = np.hypot(world.of_repeats, world.of_both)
    of_these = world.mean + of_id[:, None] + others * NODES
    of_new = world.mean + np.hypot(world.of_ids, others) * NODES
    found = {}
    for figure, areas in (
        ("auc", stats.Areas(measured[0], resampled[0], machines)),
        ("mean_auc_pauc", stats.Areas(measured.mean(axis=0), resampled.mean(axis=0), machines)),
    ):
        for ids_are, distances, means in (
            ("these", of_these, stats.means_on_these_ids(areas, repeats)),
            ("new", of_new, stats.means_on_new_ids(areas, repeats, ids)),
        ):
            truth = (population(distances, figure) @ WEIGHTS).mean()
            low, high = stats.interval(areas, means, new_ids=ids_are == "new")
            found[figure, ids_are] = (bool(low <= truth <= high), high - low)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=400)
    simulations = parser.parse_args().simulations
    for world in WORLDS:
        runs = [simulate(world, derive(0, "run", i)) for i in range(simulations)]
        for figure, ids in runs[0]:
            line = {
                "world": world.__dict__,
                "figure": figure,
                "machine IDs": ids,
                "covered": sum(run[figure, ids][0] for run in runs),
                "of": simulations,
                "width": round(float(np.mean([run[figure, ids][1] for run in runs])), 3),
            }
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
