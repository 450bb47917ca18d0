"""Views of MLflow's list of runs: their tags and addresses. Elsewhere a browser opens them."""

from __future__ import annotations

import json

from boards import made
from mlflow.utils.validation import MAX_EXPERIMENT_TAG_VAL_LENGTH

from asdbench.tracking.views import BOARD_FIRST, View, views

MACHINES = dict.fromkeys(("bearing", "fan", "gearbox", "pump", "slider", "valve", "x" * 40), 3)
BOARD = made(["knn", "b"], machines=MACHINES, subsets=["development", "evaluation"], repeats=2)


def by_name(found: list[View]) -> dict[str, View]:
    return {view.name.removeprefix("asdbench: "): view for view in found}


def test_rows_have_the_columns_that_tell_which_is_best() -> None:
    state = by_name(views(BOARD))["rows"].state
    columns = [name.removeprefix("metrics.").strip("`") for name in state["selectedColumns"]]
    assert columns[:7] == ["Rank", "Mean", "Low", "High", "SD", "Worst", "P_best"]
    assert "evaluation/auc" in columns
    assert columns[-2:] == ["development/place", "development/mean_auc_pauc"]
    assert "evaluation/mean_auc_pauc" not in columns  # it is the mean
    assert set(state["columnWidths"]) >= set(state["columnOrder"])


def test_charts_begin_with_the_box_of_the_repeats_and_lie_in_sections_that_there_are() -> None:
    state = by_name(views(BOARD))["charts"].state
    cards, sections = state["compareRunCharts"], state["compareRunSections"]
    assert (cards[0]["type"], cards[0]["imageKeys"]) == ("IMAGE", ["repeats by method"])
    metrics = [card["metricKey"] for card in cards[1:]]
    assert metrics[0] == "evaluation/mean_auc_pauc"
    assert "machines/development/fan/mean_auc_pauc" in metrics
    assert {card["metricSectionId"] for card in cards} == {one["uuid"] for one in sections}
    assert len({card["uuid"] for card in cards}) == len(cards)


def test_rows_beside_each_other_are_without_the_board() -> None:
    state = by_name(views(BOARD))["compare"].state
    assert BOARD_FIRST in state["searchFilter"]
    groups = [card["compareGroups"] for card in state["compareRunCharts"]]
    assert groups == [["Model metrics"], ["Parameters"]]
    assert all(card["showDifferencesOnly"] for card in state["compareRunCharts"])


def test_a_tag_is_as_mlflow_keeps_views_and_not_too_long_for_it() -> None:
    for view in views(BOARD):
        name, value = view.tag
        assert name == f"mlflow.sharedViewState.{view.key}"
        assert json.loads(json.loads(value)["state"]) == view.state
        assert len(value) < MAX_EXPERIMENT_TAG_VAL_LENGTH / 2
        assert view.path("7").startswith("/#/experiments/7/runs?compareRunsMode=")


def test_folders_that_share_a_server_have_views_of_their_own() -> None:
    one, other = (views(BOARD, folder=id_, place=f"here:/{id_}") for id_ in ("a" * 32, "b" * 32))
    assert len({view.key for view in (*one, *other, *views(BOARD))}) == 9
    for view in one:
        assert view.name.endswith(f"(here:/{'a' * 32})")
        assert f"asdbench.folder_id` = '{'a' * 32}'" in view.state["searchFilter"]
