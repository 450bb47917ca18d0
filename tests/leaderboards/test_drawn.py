"""What the page's charts are drawn from."""

from __future__ import annotations

import json
from dataclasses import replace

import boards
import pytest
from asdbench_leaderboards import _drawn

from asdbench.evaluation import RANKS


def test_a_mean_keeps_its_digits_and_all_else_five() -> None:
    made = boards.made(["a", "b"], machines={"fan": 2}, subsets=["development"])
    packed = _drawn.drawn(made)
    [mean, sd, values, *ends] = packed["rows"][0]["of"][0]
    spread = made.rows[0].mean_auc_pauc
    assert (mean, sd) == (spread.mean, spread.sd)
    assert values == [pytest.approx(value, abs=1e-5) for value in spread.values]
    assert len(str(values[0])) <= 7
    assert ends[1] == pytest.approx([spread.here.low, spread.here.high])  # type: ignore[union-attr]
    json.dumps(packed, allow_nan=False)


def test_figures_of_an_id_are_as_printed_and_its_curve_is_in_thousandths() -> None:
    made = boards.made(["a"], machines={"fan": 1}, subsets=["development"])
    [of, normal, anomalous, curve, scores] = _drawn.drawn(made)["rows"][0]["machines"]["fan"][
        "ids"
    ]["00"]
    of_id = made.rows[0].machines["fan"].ids["00"]
    place = _drawn.drawn(made)["ofIds"].index("auc")
    assert of[place][0] == float(f"{100 * of_id.auc.mean:.1f}")
    assert (normal, anomalous) == (of_id.normal, of_id.anomalous)
    letters = [curve[at : at + 2] for at in range(0, len(curve), 2)]
    assert [int(two, 36) / 1000 for two in letters] == pytest.approx(of_id.roc, abs=0.0006)
    assert scores[2] == of_id.scores.normal


def test_a_row_alone_is_the_best_of_nothing() -> None:
    made = boards.made(["a"], machines={"fan": 1}, subsets=["development"])
    row = _drawn.drawn(made)["rows"][0]
    assert {*row["best"].values(), *row["letters"].values()} == {"\N{EN DASH}"}


def test_pairs_are_those_of_the_figures_that_are_shown() -> None:
    made = boards.made(["a", "b", "c"], machines={"fan": 2}, subsets=["development"])
    few = replace(made, figures={"development": [RANKS]})
    pairs = _drawn.drawn(few)["pairs"]
    assert [(pair[1], pair[2], pair[3]) for pair in pairs] == [(0, 0, 1), (0, 0, 2), (0, 1, 2)]


def test_the_many_curves_of_a_large_board_are_thinner_and_keep_their_ends() -> None:
    made = boards.made(["a", "b"], machines={"fan": 2}, subsets=["development"], repeats=500)
    packed = _drawn.drawn(made)
    assert len(packed["epochs"]) == 1
    [epochs] = packed["epochs"]
    assert (len(epochs), epochs[0], epochs[-1]) == (12, 1, 60)
    assert len(packed["curves"]["a"][0][-1]) == 12
    assert sum(len(every) for every in packed["curves"].values()) * 12 <= _drawn.POINTS
