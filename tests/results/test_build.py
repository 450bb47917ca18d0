"""From score files to the board, on folders written by hand and figures worked out by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import ANY

import pytest
from folders import DEV, EVAL, Folder, area

from asdbench.config import plugins
from asdbench.evaluation import Spread


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "out")


# With 4 normal clips the curve's first step is at a rate of 0.25, so pAUC sees its first value
# alone: 1 if the anomaly is on top, else 0 area.
TOP, BELOW = 1.0, 0.5 * (1 + (0 - 0.005) / (0.1 - 0.005))


@pytest.fixture
def two_by_two(folder: Folder) -> Folder:
    """2 repeats x 2 machine types: the fan's IDs 4 and 2 of 4, then 4 and 3; the pump's one ID."""
    folder.row("knn", [["fan-0", "pump-0"], ["fan-1", "pump-1"]])
    folder.cell("fan-0", {("fan", "00", DEV): area(4), ("fan", "02", DEV): area(2)}, seconds=1)
    folder.cell("fan-1", {("fan", "00", DEV): area(3), ("fan", "02", DEV): area(4)}, seconds=2)
    folder.cell("pump-0", {("pump", "04", DEV): area(1)}, seconds=10)
    folder.cell("pump-1", {("pump", "04", DEV): area(2)}, seconds=20)
    return folder


def approx(mean: float, sd: float | None, values: Sequence[float]) -> Spread:
    return Spread(
        mean=pytest.approx(mean, abs=1e-12),
        sd=None if sd is None else pytest.approx(sd, abs=1e-12),
        values=pytest.approx(tuple(values), abs=1e-12),
        here=ANY,
        elsewhere=ANY,
        clips=ANY,
    )


def sd(a: float, b: float) -> float:
    return abs(a - b) / math.sqrt(2)  # n - 1


def test_ids_then_types_then_repeats(two_by_two: Folder) -> None:
    [row] = two_by_two.board.rows
    fan, pump = row.machines["fan"], row.machines["pump"]

    assert fan.ids["00"].auc == approx(0.875, sd(1, 0.75), [1, 0.75])
    assert fan.ids["02"].auc == approx(0.75, sd(0.5, 1), [0.5, 1])
    assert fan.ids["02"].pauc == approx((BELOW + TOP) / 2, sd(BELOW, TOP), [BELOW, TOP])
    assert (fan.ids["00"].normal, fan.ids["00"].anomalous) == (4, 1)

    assert fan.auc == approx(0.8125, sd(0.75, 0.875), [0.75, 0.875])
    assert fan.pauc == approx((BELOW + TOP) / 2, 0, [(BELOW + TOP) / 2] * 2)
    assert pump.auc == approx(0.375, sd(0.25, 0.5), [0.25, 0.5])

    # Each machine type counts the same, however many IDs it has.
    assert row.auc == approx(0.59375, sd(0.5, 0.6875), [0.5, 0.6875])
    assert row.mean_auc_pauc.values == pytest.approx(
        [(a + p) / 2 for a, p in zip(row.auc.values, row.pauc.values, strict=True)]
    )
    assert (row.repeats, row.planned) == (2, 2)
    assert row.seconds == (11 + 22) / 2


def test_mauc_is_the_worst_id_of_each_repeat_and_then_the_mean(two_by_two: Folder) -> None:
    [row] = two_by_two.board.rows
    # 02 is the worst of the first repeat and 00 of the second: the smaller of the two means is
    # 0.75, the mean of the two smallest 0.625.
    assert row.machines["fan"].mauc == approx(0.625, sd(0.5, 0.75), [0.5, 0.75])
    assert row.mauc == approx(0.5, sd(0.375, 0.625), [0.375, 0.625])


def test_pooled_auc_throws_the_ids_together(folder: Folder) -> None:
    folder.row("knn", [["a"]])
    # Each ID ranks perfectly at its own level; together 00's anomaly loses to 02's normal clips.
    folder.cell(
        "a", {("fan", "00", DEV): ([0, 1], [2], []), ("fan", "02", DEV): ([10, 11], [12], [])}
    )
    [row] = folder.board.rows
    assert row.auc.mean == 1
    assert row.pooled_auc.mean == pytest.approx(6 / 8)


def test_one_repeat_has_no_deviation(folder: Folder) -> None:
    folder.row("knn", [["a"]])
    folder.cell("a", {("fan", "00", DEV): area(3)})
    [row] = folder.board.rows
    assert row.auc == approx(0.75, None, [0.75])
    assert row.machines["fan"].ids["00"].auc.sd is None


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (([1, 2], [], []), "only normal"),
        (([], [1, 2], []), "only anomalous"),
        (([], [], [1, 2]), "no labelled"),
        (([1], [], [2]), "only normal"),
    ],
)
def test_an_id_without_both_classes_is_left_out_and_said(
    folder: Folder, scores: tuple, said: str
) -> None:
    folder.row("knn", [["a"], ["b"]])
    for name in ("a", "b"):
        folder.cell(name, {("fan", "00", DEV): area(3), ("fan", "02", DEV): scores})
    made = folder.board
    [row] = made.rows
    assert list(row.machines["fan"].ids) == ["00"]
    assert row.auc.mean == row.mauc.mean == row.pooled_auc.mean == 0.75
    assert made.notes == [f"development fan id_02: {said} test clips, so it has no AUC"]


def test_withheld_labels_count_for_nothing(folder: Folder) -> None:
    folder.row("knn", [["a"]])
    normal, anomalous, _ = area(3)
    folder.cell("a", {("fan", "00", DEV): (normal, anomalous, [99, -99])})
    [row] = folder.board.rows
    assert row.auc.mean == row.pooled_auc.mean == 0.75
    assert (row.machines["fan"].ids["00"].normal, row.machines["fan"].ids["00"].anomalous) == (4, 1)


def test_a_machine_type_without_any_label_is_left_out(folder: Folder) -> None:
    folder.row("knn", [["a"]])
    folder.cell("a", {("fan", "00", DEV): area(3), ("pump", "00", EVAL): ([], [], [1, 2])})
    made = folder.board
    assert [row.subset for row in made.rows] == [DEV]
    assert list(made.rows[0].machines) == ["fan"]


def test_subsets_are_apart_and_evaluation_comes_first(folder: Folder) -> None:
    folder.row("knn", [["a"]])
    folder.cell("a", {("fan", "00", DEV): area(4), ("fan", "01", EVAL): area(2)})
    made = folder.board
    assert made.subsets == [EVAL, DEV]
    assert [(row.subset, row.auc.mean, list(row.machines["fan"].ids)) for row in made.rows] == [
        (EVAL, 0.5, ["01"]),
        (DEV, 1.0, ["00"]),
    ]


@pytest.mark.parametrize("missing", ["not done", "not there"])
def test_an_incomplete_repeat_does_not_count(folder: Folder, missing: str) -> None:
    folder.row("knn", [["fan-0", "pump-0"], ["fan-1", "pump-1"]])
    for name in ("fan-0", "fan-1"):
        folder.cell(name, {("fan", "00", DEV): area(3)})
    folder.cell("pump-0", {("pump", "00", DEV): area(1)})
    if missing == "not done":
        folder.cell("pump-1", {("pump", "00", DEV): area(4)}, done=False)
    [row] = folder.board.rows
    assert row.auc == approx(0.5, None, [0.5])
    assert row.machines["fan"].auc == approx(0.75, None, [0.75])
    assert (row.repeats, row.planned) == (1, 2)


def test_a_row_without_a_complete_repeat_is_a_note(folder: Folder) -> None:
    folder.row("good", [["a"]])
    folder.row("late", [["b"]])
    folder.cell("a", {("fan", "00", DEV): area(3)})
    made = folder.board
    assert [row.label for row in made.rows] == ["good"]
    assert made.notes == ["late: no repeat is complete"]


def test_rows_are_ranked_by_the_mean_of_auc_and_pauc(folder: Folder) -> None:
    wins = {"c-worst": 1, "b-best": 4, "d-tie": 2, "a-tie": 2}
    for label, count in wins.items():
        folder.row(label, [[label]])
        folder.cell(label, {("fan", "00", DEV): area(count)})
    ranked = [row.label for row in folder.board.rows]
    assert ranked == ["b-best", "a-tie", "d-tie", "c-worst"]


def test_the_json_has_the_documented_fields(two_by_two: Folder) -> None:
    made = json.loads(plugins.load(plugins.LEADERBOARDS, "json")(two_by_two.board))
    assert made["version"] == 4
    assert made["benchmark"] == "demo"
    [row] = made["rows"]
    assert (row["method"], row["label"], row["subset"], row["repeats"]) == (
        "knn",
        "knn",
        DEV,
        2,
    )
    for figure in ("auc", "pauc", "mauc", "mean_auc_pauc"):
        assert set(row[figure]) >= {"mean", "sd"}
        assert 0 <= row[figure]["mean"] <= 1
    for place in (row["machines"]["fan"], row["machines"]["fan"]["ids"]["00"]):
        for figure in ("auc", "pauc"):
            assert set(place[figure]) >= {"mean", "sd"}
    assert row["auc"]["mean"] == pytest.approx(0.59375)
    assert row["machines"]["fan"]["ids"]["02"]["auc"]["mean"] == pytest.approx(0.75)
