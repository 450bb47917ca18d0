"""What figures are called in MLflow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from boards import made
from hand_made import spread
from mlflow.utils.validation import _validate_metric_name

from asdbench.evaluation import RANKS, Interval, Slice
from asdbench.tracking.names import curve, headline, kinds, spreads, stability

BOARD = made(["knn", "other"], machines={"fan": 2}, subsets=["development"], repeats=3)
ROW = BOARD.rows[0]


def test_every_figure_of_a_row_has_a_name_by_its_place() -> None:
    found = dict(spreads(ROW))
    of_row = ("auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc")
    of_id = ("auc", "pauc", "mean_auc_pauc")
    ids = ROW.machines["fan"].ids
    assert list(found) == [
        *(f"development/{name}" for name in of_row),
        *(f"development/fan/{name}" for name in of_row),
        *(f"development/fan/id_{id}/{name}" for id in ids for name in of_id),
    ]
    assert len(ids) == 2
    assert found["development/auc"] is ROW.auc
    id_, figures = next(iter(ids.items()))
    assert found[f"development/fan/id_{id_}/pauc"] is figures.pauc


def test_a_parent_shows_means_and_how_stable_they_are() -> None:
    named = list(stability(ROW, 2, RANKS))
    found = dict(named)
    assert named[0] == ("development/mean_auc_pauc", ROW.mean_auc_pauc.mean)
    assert found["development/place"] == 2
    assert found["development/repeats"] == 3
    assert found["development/auc"] == ROW.auc.mean
    assert found["development/auc/sd"] == ROW.auc.sd
    assert found["development/fan/pauc/min"] == min(ROW.machines["fan"].pauc.values)
    here, elsewhere = ROW.auc.here, ROW.auc.elsewhere
    assert isinstance(here, Interval)
    assert isinstance(elsewhere, Interval)
    assert found["development/auc/here/low"] == here.low
    assert found["development/auc/elsewhere/high"] == elsewhere.high
    assert "development/mauc/here/low" in found
    assert not any(name.startswith("development/mauc/elsewhere") for name in found)


def test_a_parent_shows_how_probable_it_is_the_best_where_that_can_be_told() -> None:
    best = {"clips": 0.9, "here": 0.0, "elsewhere": None}
    found = dict(stability(replace(ROW, best=best), 1, RANKS))
    start = "development/probability_best/"
    shown = {name.removeprefix(start): found[name] for name in found if name.startswith(start)}
    assert shown == {"clips": 0.9, "here": 0.0}


def test_one_repeat_has_no_spread() -> None:
    board = made(["knn"], machines={"fan": 2}, subsets=["development"], repeats=1)
    found = dict(stability(board.rows[0], 1, RANKS))
    assert "development/auc/min" in found
    assert "development/auc/sd" not in found


def test_curves_are_by_stage_and_machine_type() -> None:
    figures = {"loss": 0.5, "lr": 1e-3}
    assert dict(curve("fan", "train", figures)) == {"train/fan/loss": 0.5, "train/fan/lr": 1e-3}
    assert dict(curve(None, "pretrain", figures)) == {"pretrain/loss": 0.5, "pretrain/lr": 1e-3}


def kind(tag: str, value: str, auc: float, subset: str = "development") -> Slice:
    return Slice(subset, tag, value, ["fan"], 9, 3, {"knn": spread(auc)}, "knn", {})


def test_kinds_of_clip_are_by_tag_and_value() -> None:
    slices = [
        kind("fault", "leak", 0.9),
        kind("snr", "-6", 0.6),
        kind("snr", "6", 0.7, "evaluation"),
    ]
    assert dict(kinds(slices, ROW)) == {
        "development/by fault/leak/auc": 0.9,
        "development/by snr/-6/auc": 0.6,
    }
    assert dict(kinds(slices, BOARD.rows[1])) == {}


def test_the_ends_of_a_kinds_interval_are_beside_its_auc() -> None:
    one = kind("fault", "leak", 0.9)
    told = replace(one, rows={"knn": replace(one.rows["knn"], here=Interval(0.8, 0.95))})
    assert dict(kinds([told], ROW)) == {
        "development/by fault/leak/auc": 0.9,
        "development/by fault/leak/auc_low": 0.8,
        "development/by fault/leak/auc_high": 0.95,
    }


@pytest.mark.parametrize(
    "text", ["a=b", "<5", "5 %", "a/b", "..", ".", "..\\x", "\u00fc", "a:b", "\n", "x" * 300, "#"]
)
def test_any_tag_has_a_name_that_mlflow_takes(text: str) -> None:
    [(name, _)] = kinds([kind(text, text, 0.5)], ROW)
    _validate_metric_name(name)
    assert ":" not in name  # which it takes on some systems only
    assert name.count("/") == 3


def test_values_that_look_alike_there_keep_apart() -> None:
    found = [name for name, _ in kinds([kind("t", "<5", 0.5), kind("t", ">5", 0.6)], ROW)]
    assert found == ["development/by t/_5/auc", "development/by t/_5_/auc"]


def test_a_model_shows_what_the_board_shows_under_the_names_of_its_run() -> None:
    named = list(headline(ROW, BOARD))
    found, of_run = dict(named), dict(stability(ROW, 1, RANKS))
    assert named[0] == ("development/mean_auc_pauc", ROW.mean_auc_pauc.mean)
    assert len(found) == len(named)
    assert found.items() <= of_run.items()
    assert "development/auc/sd" in found
    asked = BOARD.question["development"]
    assert f"development/auc/{asked}/low" in found
    assert not any("fan" in name for name in found)


def test_an_interval_of_a_model_is_of_clips_where_its_board_asks_for_more_than_is_known() -> None:
    auc = replace(ROW.auc, here=None, elsewhere=None, clips=Interval(0.1, 0.9))
    found = dict(headline(replace(ROW, auc=auc), BOARD))
    assert (found["development/auc/clips/low"], found["development/auc/clips/high"]) == (0.1, 0.9)
    assert "development/auc/here/low" not in found
    bare = replace(ROW, auc=replace(auc, clips=None))
    assert not any(
        "auc/clips" in name for name in dict(headline(bare, BOARD)) if "mauc" not in name
    )
