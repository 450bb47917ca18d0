"""From score files to the board, on folders written by hand and figures worked out by hand."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import numpy as np
import pytest

from asdbench.config import plugins
from asdbench.evaluation.board import Board, Spread
from asdbench.results.files import current
from asdbench.data.dcase.facts import official_test_set
from asdbench.results.build import board, made_from
from asdbench.results.store import Store

# machine, id, subset -> normal scores, anomalous scores, scores of clips with withheld labels
Cell = Mapping[tuple[str, str, str], tuple[Sequence[float], Sequence[float], Sequence[float]]]
DEV, EVAL = "development", "evaluation"


class Folder:
    """An output folder, written without asdbench's help."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "rows").mkdir(parents=True)

    @property
    def board(self) -> Board:
        return board(Store(self.path))

    def row(self, label: str, repeats: Sequence[Sequence[str]], **recipe: Any) -> None:
        parts = {"dataset": {}, "train": {}, "frontend": {}, "numerics": {}, "seed": 0}
        record = {
            "label": label,
            "method": "knn",
            "summary": "Neighbours.",
            "fields": {},
            "experiment": "demo",
            "recipe": {**parts, "repeats": len(repeats), **recipe},
            "origin": {"kind": "run"},
            "repeats": repeats,
        }
        (self.path / "rows" / f"{label}.json").write_text(json.dumps(record))

    def cell(
        self,
        name: str,
        scores: Cell,
        *,
        seconds: float = 1.0,
        done: bool = True,
        facts: Mapping[str, Any] | None = None,
        history: str = "",
    ) -> None:
        folder = self.path / "cells" / name
        folder.mkdir(parents=True)
        with open(folder / "scores.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["machine", "id", "subset", "clip", "anomalous", "score"])
            for (machine, id_, subset), groups in scores.items():
                for label, values in zip(("0", "1", ""), groups, strict=True):
                    for index, value in enumerate(values):
                        writer.writerow([machine, id_, subset, f"{label}{index}", label, value])
        (folder / "history.csv").write_text(history)
        if done:
            record = {"seconds": seconds, "facts": facts or {}}
            (folder / "cell.json").write_text(json.dumps(record))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "out")


def area(wins: float) -> tuple[list[float], list[float], list[float]]:
    """Scores of an ID with AUC ``wins`` / 4: 4 normal clips, one anomaly above ``wins`` of them."""
    return [0, 1, 2, 3], [wins - 0.5], []


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
        these=ANY,
        new=ANY,
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


def normal_scores(skill: float, seed: int) -> tuple[list[float], list[float], list[float]]:
    """20 normal clips and 20 anomalies that lie ``skill`` higher; noise of clips, and of seed."""
    own = np.random.default_rng(0).standard_normal(40)
    scores = own + 0.3 * np.random.default_rng(seed).standard_normal(40)
    return scores[:20].tolist(), (scores[20:] + skill).tolist(), []


@pytest.fixture
def three_rows(folder: Folder) -> Folder:
    """Good, as good, and bad; 3 repeats, 2 machine types, 4 IDs each."""
    for index, (label, skill) in enumerate({"good": 2.5, "also": 2.48, "bad": 0.3}.items()):
        folder.row(label, [[f"{label}-{repeat}"] for repeat in range(3)])
        for repeat in range(3):
            scores = {
                (machine, f"0{id_}", DEV): normal_scores(skill + id_ / 10, 100 * index + repeat)
                for machine in ("fan", "pump")
                for id_ in range(4)
            }
            history = "stage,epoch,loss\n" + "".join(f"fit,{e},{1 / e}\n" for e in range(1, 201))
            folder.cell(f"{label}-{repeat}", scores, history=history)
    return folder


def test_rows_are_compared_with_each_other(three_rows: Folder) -> None:
    made = three_rows.board
    *top, last = made.rows
    assert {row.label for row in top} == {"good", "also"}
    assert set(top[0].letters) & set(top[1].letters)  # as good as each other
    assert not set(top[0].letters) & set(last.letters)
    assert sum(row.best for row in made.rows) == pytest.approx(1)
    assert last.best == 0
    assert last.places == [3, 3, 3]
    assert sorted([top[0].places[0], top[1].places[0]]) == [1, 2]
    assert [(pair.first, pair.second) for pair in made.pairs] == [
        (top[0].label, top[1].label),
        (top[0].label, "bad"),
        (top[1].label, "bad"),
    ]
    against_bad = made.pairs[1]
    assert (against_bad.n, against_bad.effect, against_bad.flips) == (8, 1, 0)
    assert against_bad.p == pytest.approx(2 / 2**8)  # exact: better on all of 8 machine IDs
    assert against_bad.corrected == pytest.approx(3 * 2 / 2**8)  # Holm: of three pairs
    means = [row.mean_auc_pauc.mean for row in made.rows]
    assert against_bad.difference == pytest.approx(means[0] - means[2])


def test_intervals_hold_the_figure_and_new_ids_are_less_sure(three_rows: Folder) -> None:
    for row in three_rows.board.rows:
        for spread in (row.auc, row.machines["fan"].auc):
            assert spread.these.low < spread.mean < spread.these.high
            assert spread.new.low < spread.mean < spread.new.high
        assert row.machines["fan"].ids["00"].auc.these is not None
        assert row.machines["fan"].ids["00"].auc.new is None  # one ID tells nothing of others
        assert row.mauc.these is None


def test_a_row_has_the_same_interval_in_any_company(three_rows: Folder) -> None:
    before = {row.label: row.auc for row in three_rows.board.rows}
    (three_rows.path / "rows" / "also.json").unlink()
    after = {row.label: row.auc for row in three_rows.board.rows}
    assert after == {label: before[label] for label in ("good", "bad")}


def test_curves_are_thinned_but_keep_their_ends(three_rows: Folder) -> None:
    curves = three_rows.board.systems["good"].curves
    assert [(c.repeat, c.stage, c.figure) for c in curves] == [(r, "fit", "loss") for r in range(3)]
    assert len(curves[0].epochs) == 60
    assert (curves[0].epochs[0], curves[0].epochs[-1]) == (1, 200)
    assert (curves[0].values[0], curves[0].values[-1]) == (1, 0.005)


def test_pictures_show_what_the_scores_say(folder: Folder) -> None:
    folder.row("knn", [["a"]])
    folder.cell("a", {("fan", "00", DEV): ([0, 1, 2, 3], [2.5, 9], [])})
    made = folder.board
    ids = made.rows[0].machines["fan"].ids["00"]
    curve = dict(zip(made.false_rates, ids.roc, strict=True))
    assert curve[0] == 0.5  # one anomaly above every normal clip
    assert curve[0.2] == pytest.approx(0.5)
    assert curve[1] == 1
    assert sum(ids.scores.normal) == 4
    assert sum(ids.scores.anomalous) == 2
    assert ids.scores.anomalous[-1] == 1


def test_what_a_row_was_run_with_is_told(folder: Folder) -> None:
    folder.row("knn", [["a"], ["b"]])
    for name, day in (("a", "02"), ("b", "01")):
        facts = {"python": "3.11", "finished": f"2026-01-{day}T00:00:00Z", "cpu": f"cpu {name}"}
        folder.cell(name, {("fan", "00", DEV): area(3)}, facts=facts)
    system = folder.board.systems["knn"]
    assert system.facts["python"] == ["3.11"]
    assert system.facts["finished"] == ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]
    assert list(system.mixed) == ["cpu"]
    assert list(system.complete) == [0, 1]


def test_only_the_complete_official_test_set_is_known(folder: Folder) -> None:
    folder.row("knn", [["a"]])
    folder.cell("a", {("fan", "00", DEV): area(3)})
    assert folder.board.known == {}
    marks = {
        "development": {"hash": official_test_set("development"), "description": ""},
        "evaluation": {"hash": official_test_set("development"), "description": ""},
    }
    (folder.path / "test-sets.json").write_text(json.dumps(marks))
    assert folder.board.known == {"development": "DCASE 2020 Task 2"}


def test_the_board_on_disk_is_read_back_while_it_is_current(three_rows: Folder) -> None:
    store = Store(three_rows.path)
    made = current(store)
    store.write("leaderboard.json", json.dumps(made.as_dict()))
    assert current(store).as_dict() == json.loads(json.dumps(made.as_dict()))
    changed = {**made.as_dict(), "notes": ["as read from disk"]}
    store.write("leaderboard.json", json.dumps(changed))
    assert list(current(store).notes) == ["as read from disk"]
    (three_rows.path / "rows" / "bad.json").unlink()
    assert {row.label for row in current(store).rows} == {"good", "also"}
    store.write("leaderboard.json", '{"version": 1}')
    assert {row.label for row in current(store).rows} == {"good", "also"}


def test_rows_of_other_recipes_are_noted_but_not_for_their_repeats(folder: Folder) -> None:
    folder.row("a", [["a0"]])
    folder.row("b", [["a0"], ["b1"]])
    folder.cell("a0", {("fan", "00", DEV): area(3)})
    assert folder.board.notes == []
    folder.row("c", [["a0"]], seed=7)
    assert folder.board.notes == ["rows differ in seed: a, b: 0; c: 7"]


def test_a_row_of_cells_from_other_machines_or_code_is_noted(folder: Folder) -> None:
    here = {"source": "s", "versions": {"torch": "2"}, "python": "3", "cpu": "c", "gpu": None}
    folder.row("same", [["a"], ["b"]])
    folder.row("mixed", [["a"], ["c"]])
    for name, facts in (("a", here), ("b", here | {"host": "h"}), ("c", here | {"cpu": "d"})):
        folder.cell(name, {("fan", "00", DEV): area(3)}, facts=facts)
    assert folder.board.notes == ["mixed: its cells differ in cpu"]


def test_an_empty_folder_is_an_error(folder: Folder) -> None:
    with pytest.raises(ValueError, match="no rows in"):
        _ = folder.board


def test_made_from_changes_with_rows_and_finished_cells_only(folder: Folder) -> None:
    def now() -> str:
        return made_from(Store(folder.path))

    folder.row("knn", [["a"], ["b"]])
    empty = now()
    assert now() == empty
    folder.cell("a", {("fan", "00", DEV): area(3)}, done=False)
    assert now() == empty
    (folder.path / "cells" / "a" / "cell.json").write_text('{"seconds": 1, "facts": {}}')
    one = now()
    assert one != empty
    folder.cell("of another row", {("fan", "00", DEV): area(3)})
    assert now() == one
    folder.row("other", [["a"]])
    assert now() != one
    assert folder.board.made_from == now()


def test_the_json_has_the_documented_fields(two_by_two: Folder) -> None:
    made = json.loads(plugins.load(plugins.LEADERBOARDS, "json")(two_by_two.board))
    assert made["version"] == 2
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
