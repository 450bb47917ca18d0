"""Heat maps and pairs of the page."""

from __future__ import annotations

from dataclasses import replace

import boards
import pytest
from asdbench_leaderboards import _page_tables

from asdbench.evaluation import RANKS, Board, Spread


def test_colours_span_all_that_a_table_shows() -> None:
    [row] = boards.made(["a"], machines={"fan": 2}, subsets=["development"]).rows
    fan = row.machines["fan"]
    ids = {
        name: replace(of_id, auc=Spread(mean, None, [mean]))
        for (name, of_id), mean in zip(fan.ids.items(), (0.52, 0.88), strict=True)
    }
    rows = [replace(row, machines={"fan": replace(fan, auc=Spread(0.7, None, [0.7]), ids=ids)})]
    low, high = _page_tables.scale(rows, "auc")
    assert (low, high) == pytest.approx((0.5, 0.9))
    assert _page_tables.worst(rows[0].machines["fan"], "auc") == "00"
    assert _page_tables.level(0.5, (0.5, 0.9)) == _page_tables.level(0.3, (0.5, 0.9)) == 0
    assert _page_tables.level(0.7, (0.5, 0.9)) == _page_tables.LEVELS // 2
    assert (
        _page_tables.level(0.9, (0.5, 0.9))
        == _page_tables.level(1.0, (0.5, 0.9))
        == _page_tables.LEVELS - 1
    )


def test_mauc_is_made_of_aucs_and_one_id_is_not_the_worst() -> None:
    assert [_page_tables.figure_of_id(figure) for figure in ("mauc", "pauc")] == ["auc", "pauc"]
    [row] = boards.made(["a"], machines={"fan": 1}, subsets=["development"]).rows
    assert _page_tables.worst(row.machines["fan"], "auc") is None


def test_a_pair_is_there_both_ways_round(whole: Board) -> None:
    found = _page_tables.matrix(whole, "development")
    assert len(found) == 5 * 4
    [pair] = [
        pair
        for pair in whole.pairs
        if (pair.subset, pair.figure) == ("development", RANKS)
        and (pair.first, pair.second) == ("simclr", "knn")
    ]
    assert found["simclr", "knn"] == (pair, 1)
    assert found["knn", "simclr"] == (pair, -1)
