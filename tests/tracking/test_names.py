"""What figures are called in MLflow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from boards import made

from asdbench.evaluation import Interval
from asdbench.tracking.names import (
    SHORT,
    curve,
    headline,
    in_short,
    legend,
    of_parent,
    of_repeat,
    spreads,
)

BOARD = made(["knn", "other"], machines={"fan": 2}, subsets=["development"], repeats=3)
ROW = BOARD.rows[0]


def test_every_figure_of_a_row_has_a_name_by_its_place() -> None:
    found = dict(spreads(ROW))
    of_row = ("auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc")
    of_id = ("auc", "pauc", "mean_auc_pauc")
    ids = ROW.machines["fan"].ids
    assert list(found) == [
        *(f"development/{name}" for name in of_row),
        *(f"machines/development/fan/{name}" for name in of_row),
        *(f"machines/development/fan/id_{id}/{name}" for id in ids for name in of_id),
    ]
    assert len(ids) == 2
    assert found["development/auc"] is ROW.auc
    id_, figures = next(iter(ids.items()))
    assert found[f"machines/development/fan/id_{id_}/pauc"] is figures.pauc


def test_a_parent_begins_with_what_a_list_of_runs_shows() -> None:
    named = list(of_parent([ROW], BOARD))
    assert [name for name, _ in named][: len(SHORT)] == [
        *("Mean", "Low", "High", "SD", "Worst", "Rank", "P_best")
    ]
    found, by = dict(named), ROW.mean_auc_pauc
    assert len(found) == len(named)
    assert isinstance(by.here, Interval)
    expected = (by.mean, by.here.low, by.here.high, by.sd, min(by.values))
    assert [value for _, value in named[:5]] == pytest.approx(expected, abs=5e-5)
    assert all(value == round(value, 4) for _, value in named[:5])
    assert found["Rank"] == found["development/place"] == 1
    assert found["development/repeats"] == 3
    assert found["machines/development/fan/mean_auc_pauc"] == ROW.machines["fan"].mean_auc_pauc.mean
    assert not any("id_" in name for name in found)
    # Capitals are above the rest, and machines below, where MLflow sorts them.
    assert sorted(found)[: len(SHORT)] == sorted(SHORT)
    assert sorted(found)[-1].startswith("machines/")


def test_what_is_short_is_of_the_subset_that_the_board_shows_first() -> None:
    board = made(["knn"], machines={"fan": 2}, subsets=["development", "evaluation"], repeats=2)
    found = dict(of_parent(board.rows, board))
    (row,) = board.subset("evaluation")
    assert found["Mean"] == round(row.mean_auc_pauc.mean, 4)
    assert {"development/auc", "evaluation/auc"} <= set(found)
    of_first = dict(of_repeat(board.rows, board, 1))
    assert of_first["Mean"] == round(row.mean_auc_pauc.values[1], 4)
    assert of_first["development/auc"] == board.subset("development")[0].auc.values[1]


def test_a_parent_shows_how_probable_it_is_the_best_where_that_can_be_told() -> None:
    for told, expected in ((0.25, 0.25), (None, None)):
        row = replace(ROW, best={"clips": 0.9, "here": told})
        found = dict(of_parent([row], replace(BOARD, rows=[row])))
        assert found.get("P_best") == found.get("development/probability_best") == expected


def test_one_repeat_has_no_spread() -> None:
    board = made(["knn"], machines={"fan": 2}, subsets=["development"], repeats=1)
    found = dict(of_parent(board.rows, board))
    assert "Worst" in found
    assert not {"SD", "development/auc/sd"} & set(found)


def test_the_words_are_explained() -> None:
    said = legend(BOARD)
    assert all(word in said for word in SHORT)
    assert "development/mean_auc_pauc" in said
    assert "other seeds and test clips" in said


def test_curves_are_by_stage_and_machine_type() -> None:
    figures = {"loss": 0.5, "lr": 1e-3}
    assert dict(curve("fan", "train", figures)) == {"train/fan/loss": 0.5, "train/fan/lr": 1e-3}
    assert dict(curve(None, "pretrain", figures)) == {"pretrain/loss": 0.5, "pretrain/lr": 1e-3}


def test_a_model_shows_what_the_board_shows_under_the_names_of_its_run() -> None:
    named = list(headline(ROW, BOARD))
    found, of_run = dict(named), dict(of_parent([ROW], BOARD))
    assert named[0] == ("development/mean_auc_pauc", ROW.mean_auc_pauc.mean)
    assert len(found) == len(named)
    assert found.items() <= of_run.items()
    assert "development/auc/sd" in found
    asked = BOARD.question["development"]
    assert f"development/auc/{asked}/low" in found
    assert not any("fan" in name for name in found)


def test_all_figures_of_decisions_are_there_where_a_row_has_them() -> None:
    """Of a model that raises alarms, precision counts; a board shows fewer of them."""
    names = ("precision", "recall", "f1", "specificity")
    found = dict(headline(replace(ROW, more=dict.fromkeys(names, ROW.auc)), BOARD))
    assert [found.get(f"development/{name}") for name in names] == [ROW.auc.mean] * 4


def test_short_intervals_answer_one_question_in_all_rows() -> None:
    """A row that can't has none: one of other clips alone would look narrower than it is."""
    row = replace(ROW, mean_auc_pauc=replace(ROW.mean_auc_pauc, here=None))
    found = dict(in_short(row, replace(BOARD, rows=[row])))
    assert row.mean_auc_pauc.clips is not None
    assert {"Mean", "Worst"} <= set(found)
    assert not {"Low", "High"} & set(found)


def test_an_interval_of_a_model_is_of_clips_where_its_board_asks_for_more_than_is_known() -> None:
    auc = replace(ROW.auc, here=None, elsewhere=None, clips=Interval(0.1, 0.9))
    found = dict(headline(replace(ROW, auc=auc), BOARD))
    assert (found["development/auc/clips/low"], found["development/auc/clips/high"]) == (0.1, 0.9)
    assert "development/auc/here/low" not in found
    bare = replace(ROW, auc=replace(auc, clips=None))
    assert not any(
        "auc/clips" in name for name in dict(headline(bare, BOARD)) if "mauc" not in name
    )
