"""Figures of entries by repeat and unit, and that they meet the same clips."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.measure import measured

FAN_00, FAN_02, PUMP_04 = MachineId("fan", "00"), MachineId("fan", "02"), MachineId("pump", "04")
BELOW = 9 / 19  # the pAUC of an anomaly that isn't on top

Make = Callable[..., Scored]
MakeEntry = Callable[..., Entry]


def test_figures_are_by_repeat_and_unit(scored: Make, entry: MakeEntry) -> None:
    knn = entry("knn", {FAN_00: scored(4, 3), FAN_02: scored(2, 4), PUMP_04: scored(1, 2)}, [0, 2])
    found = measured("development", [knn])
    auc, pauc, mean = (found.figures[name] for name in ("auc", "pauc", "mean_auc_pauc"))
    assert found.ids == (FAN_00, FAN_02, PUMP_04)
    assert auc.machines == ("fan", "fan", "pump")
    assert auc.measured[0] == pytest.approx(np.array([[1, 0.5, 0.25], [0.75, 1, 0.5]]))
    assert pauc.measured[0] == pytest.approx(np.array([[1, BELOW, BELOW], [BELOW, 1, BELOW]]))
    assert mean.measured[0] == pytest.approx((auc.measured[0] + pauc.measured[0]) / 2)
    assert found.figures["mauc"].machines == ("fan", "pump")
    assert found.figures["mauc"].measured[0] == pytest.approx(np.array([[0.5, 0.25], [0.75, 0.5]]))
    # Types count the same: of the first repeat, the fan's IDs 1 and 0.5 make 0.75, the pump 0.25.
    assert found.by_repeat(auc, 0) == pytest.approx([0.5, 0.6875])


def test_a_row_is_measured_alike_in_any_company(scored: Make, entry: MakeEntry) -> None:
    one = entry("one", {FAN_00: scored(3, 2)}, [0, 1])
    other = entry("other", {FAN_00: scored(4), PUMP_04: scored(2)}, [0])
    [alone], both = [measured("development", [one])], measured("development", [other, one])
    for name, figure in alone.figures.items():
        company = both.figures[name]
        assert company.fits[0, 1, 1] == pytest.approx(figure.fits[0, 0, 0])
        assert company.has(1).tolist() == [True, False]
        assert both.by_repeat(company, 1).tolist() == alone.by_repeat(figure, 0).tolist()


def test_other_subsets_draw_other_clips(scored: Make, entry: MakeEntry) -> None:
    labels = np.arange(30) < 15
    scores = np.random.default_rng(0).standard_normal((1, 30))
    one = entry("one", {FAN_00: Scored(labels, scores)}, [0])
    here, again, there = (
        measured(subset, [one]).figures["auc"].fits[0, 0, 0]
        for subset in ("development", "development", "evaluation")
    )
    assert here == again != there


def test_equal_repeats_stay_equal_to_the_bit(entry: MakeEntry) -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(30) < 11
    ids = {MachineId(kind, f"{n:02}"): rng.standard_normal(30) for kind in "abc" for n in range(3)}
    twice = {of_id: Scored(labels, np.array([scores, scores])) for of_id, scores in ids.items()}
    found = measured("development", [entry("one", twice, [0, 1])])
    first, second = found.by_repeat(found.figures["mean_auc_pauc"], 0)
    assert first == second


def test_figures_of_types_are_compared_where_two_rows_have_the_same_ids(
    scored: Make, entry: MakeEntry
) -> None:
    whole = entry("a", {FAN_00: scored(3), FAN_02: scored(2), PUMP_04: scored(1)}, [0])
    part = entry("b", {FAN_00: scored(4), PUMP_04: scored(2)}, [0])
    found = measured("development", [whole, part])
    assert found.of_both("mauc", 0, 1).machines == ("pump",)
    assert found.of_both("auc", 0, 1).machines == ("fan", "fan", "pump")
