"""Which differences a board could tell, against simulated boards and in order."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.figures import RANKS
from asdbench.evaluation.inference import difference
from asdbench.evaluation.measure import measured
from asdbench.evaluation.power import POWER, clip_variance, repeats_for, told
from asdbench.evaluation.variation import estimate

DEMO = {machine: [(18, 18)] * 3 for machine in ("fan", "pump", "slider", "valve")}
DCASE = {machine: [(350, 265)] * 4 for machine in "abcdef"}


def test_the_difference_it_names_is_told_on_about_four_boards_in_five() -> None:
    """Of two rows on the demo's test set, seeds moving a row by 1.5 points of the figure."""
    rng = np.random.default_rng(0)
    labels = np.arange(36) >= 18
    smallest = told(DEMO, 3, seed_sd=0.015).here
    found = []
    for _ in range(60):
        seeds = 0.08 * rng.standard_normal((2, 3, 1))
        ids: list[dict[MachineId, Scored]] = [{}, {}]
        for machine, counts in DEMO.items():
            for number in range(len(counts)):
                clips = 0.8 * rng.standard_normal(36)
                for row in (0, 1):
                    own = 0.6 * rng.standard_normal(36)
                    scores = clips + own + labels * (1.2 + seeds[row])
                    ids[row][MachineId(machine, str(number))] = Scored(labels, scores)
        entries = [Entry({"method": str(row)}, range(3), None, one) for row, one in enumerate(ids)]
        both = measured("development", entries)
        one = estimate(both.figures[RANKS], both.repeats, {0: 1.0, 1: -1.0})
        found.append(-difference(one, one.here).low)  # what the lead would have to be more
    needed = np.quantile(found, POWER)
    assert smallest == pytest.approx(needed, rel=0.35)


def test_more_repeats_clips_and_ids_tell_less_and_more_pairs_more() -> None:
    here = [told(DCASE, repeats).here for repeats in (2, 3, 5, 10)]
    assert here == sorted(here, reverse=True)
    few, many = told(DEMO, 5), told(DCASE, 5)
    assert many.clips < few.clips
    assert many.here < few.here
    assert many.elsewhere < few.elsewhere
    assert few.clips < few.here < few.elsewhere
    assert told(DCASE, 5).clips < told(DCASE, 1).clips
    assert told(DEMO, 5, pairs=10).here > few.here


def test_one_repeat_and_three_ids_tell_nothing_of_others() -> None:
    assert told(DCASE, 1).here is None
    assert told(DCASE, 1, seed_sd=0.0).here == told(DCASE, 1).clips
    three = told({"fan": [(100, 100)] * 3}, 5)
    assert three.here is not None
    assert three.elsewhere is None


def test_how_many_repeats_tell_a_point() -> None:
    needed = repeats_for(0.02, DCASE, seed_sd=0.015)
    assert told(DCASE, needed, 0.015).here <= 0.02 < told(DCASE, needed - 1, 0.015).here
    assert repeats_for(0.01, DEMO) is None  # so few clips hide more


def test_fewer_clips_of_a_class_hide_more() -> None:
    assert clip_variance(18, 18, 1) > clip_variance(36, 18, 1) > clip_variance(36, 36, 1)
    assert clip_variance(18, 18, 1) > clip_variance(18, 18, 5)


def test_rows_without_randomness_need_no_repeats_and_too_few_clips_tell_nothing() -> None:
    fixed = told(DCASE, 1, random=0)
    assert fixed.here == fixed.clips
    assert told(DCASE, 10, random=1).here < told(DCASE, 10).here
    nothing = told({"fan": [(1, 1)] * 5}, 5)
    assert (nothing.clips, nothing.here, nothing.elsewhere) == (None, None, None)
