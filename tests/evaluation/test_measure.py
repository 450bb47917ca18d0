"""AUC and pAUC of entries by repeat and machine ID; what is drawn anew is the same for all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from asdbench.evaluation import measure
from asdbench.evaluation.bootstrap import RESAMPLES, Areas
from asdbench.evaluation.measure import Entry, MachineId, Scored

FAN_00, FAN_02, PUMP_04 = MachineId("fan", "00"), MachineId("fan", "02"), MachineId("pump", "04")
BELOW = 9 / 19  # the pAUC of an anomaly that isn't on top

Make = Callable[..., Scored]
MakeEntry = Callable[..., Entry]


def test_areas_are_by_repeat_and_machine_id(scored: Make, entry: MakeEntry) -> None:
    knn = entry("knn", {FAN_00: scored(4, 3), FAN_02: scored(2, 4), PUMP_04: scored(1, 2)}, [0, 2])
    [found] = measure.measured("development", [knn])
    assert found.entry is knn
    assert found.auc.machines == ("fan", "fan", "pump")
    assert found.auc.measured == pytest.approx(np.array([[1, 0.5, 0.25], [0.75, 1, 0.5]]))
    assert found.pauc.measured == pytest.approx(np.array([[1, BELOW, BELOW], [BELOW, 1, BELOW]]))
    assert found.mean.measured == pytest.approx((found.auc.measured + found.pauc.measured) / 2)
    assert found.auc.resampled.shape == found.mean.resampled.shape == (2, 3, RESAMPLES)
    # Types count the same: of the first repeat, the fan's IDs 1 and 0.5 make 0.75, the pump 0.25.
    assert measure.by_repeat(found.auc) == pytest.approx([0.5, 0.6875])
    pauc = ((1 + BELOW) / 2 + BELOW) / 2  # in both repeats
    assert found.by_repeat == pytest.approx({0: (0.5 + pauc) / 2, 2: (0.6875 + pauc) / 2})


def test_entries_meet_the_same_clips_in_each_resample(scored: Make, entry: MakeEntry) -> None:
    alone = entry("a", {FAN_00: scored(3)}, [0])
    other = entry("b", {FAN_00: scored(3), PUMP_04: scored(2)}, [0])
    first, second = measure.measured("development", [alone, other])
    assert (first.auc.resampled[:, 0] == second.auc.resampled[:, 0]).all()
    [again] = measure.measured("development", [alone])
    assert (first.auc.resampled == again.auc.resampled).all()
    [elsewhere] = measure.measured("evaluation", [alone])
    assert (first.auc.resampled != elsewhere.auc.resampled).any()


def test_an_entry_that_lacks_an_id_has_no_column_for_it(scored: Make, entry: MakeEntry) -> None:
    some = entry("a", {FAN_02: scored(3)}, [0])
    all_ids = entry("b", {FAN_00: scored(4), FAN_02: scored(2)}, [0])
    found = measure.measured("development", [some, all_ids])
    assert [one.auc.measured.tolist() for one in found] == [[[0.75]], [[1.0, 0.5]]]


def test_means_on_new_ids_vary_with_the_ids_drawn_and_on_these_do_not() -> None:
    """Areas without any noise of clips or repeats."""
    measured = np.array([[0.9, 0.5]])
    areas = Areas(measured, np.repeat(measured[:, :, None], RESAMPLES, axis=2), ("fan", "fan"))
    assert measure.means(areas, new_ids=False) == pytest.approx(0.7)
    new = measure.means(areas, new_ids=True)
    low, high = sorted(set(new.round(9)))  # one fewer than there are is drawn
    assert high - low == pytest.approx(0.9 - 0.5)
    assert new.mean() == pytest.approx(0.7, abs=0.01)
    assert (new == measure.means(areas, new_ids=True)).all()


def test_equal_repeats_stay_equal_to_the_bit() -> None:
    values = np.random.default_rng(0).random(7)
    both = np.array([values, values])
    found = measure.by_repeat(Areas(both, both[:, :, None], tuple("aaabbcd")))
    assert found[0] == found[1]
