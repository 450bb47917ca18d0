"""What a board says beside its figures: comparisons, how rows came about, what it is made from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from folders import DEV, Folder, area

from asdbench.data.dcase.facts import official_test_set
from asdbench.evaluation import QUESTIONS, RANKS
from asdbench.results.build import made_from
from asdbench.results.records import Score
from asdbench.results.store import Store


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "out")


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
    assert made.question == {"development": "here"}
    for question in QUESTIONS:
        letters = [set(row.letters[question]) for row in made.rows]
        assert letters[0] & letters[1]  # as good as each other
        assert not letters[0] & letters[2]
        assert sum(row.best[question] for row in made.rows) == pytest.approx(1)
        assert last.best[question] == 0
    assert last.places == [3, 3, 3]
    assert sorted([top[0].places[0], top[1].places[0]]) == [1, 2]
    assert [(pair.first, pair.second) for pair in made.pairs if pair.figure == RANKS] == [
        (top[0].label, top[1].label),
        (top[0].label, "bad"),
        (top[1].label, "bad"),
    ]
    against_bad = next(p for p in made.pairs if p.figure == RANKS and p.second == "bad")
    assert (against_bad.n, against_bad.flips) == (8, 0)
    assert against_bad.here.p <= against_bad.here.corrected < 0.001
    assert 0.05 < against_bad.here.low < against_bad.difference < against_bad.here.high
    means = [row.mean_auc_pauc.mean for row in made.rows]
    assert against_bad.difference == pytest.approx(means[0] - means[2])


def test_intervals_hold_the_figure_and_other_ids_are_less_sure(three_rows: Folder) -> None:
    for row in three_rows.board.rows:
        for spread in (row.auc, row.machines["fan"].auc):
            assert spread.here.low < spread.mean < spread.here.high
            assert spread.elsewhere.low <= spread.here.low
            assert spread.elsewhere.high >= spread.here.high
        assert row.machines["fan"].ids["00"].auc.here is not None
        assert row.machines["fan"].ids["00"].auc.elsewhere is None  # one ID tells of no others
        assert row.mauc.here.low < row.mauc.mean < row.mauc.here.high
        assert row.mauc.elsewhere is None


def test_a_row_has_the_same_interval_in_any_company(three_rows: Folder) -> None:
    before = {row.label: row.auc for row in three_rows.board.rows}
    (three_rows.path / "rows" / "also.json").unlink()
    after = {row.label: row.auc for row in three_rows.board.rows}
    assert after == {label: before[label] for label in ("good", "bad")}


def test_rows_that_scored_other_sound_under_the_same_names_are_named(folder: Folder) -> None:
    """Of rows of older versions, and of imports, it isn't known."""
    for label, sound in {"knn": "abc", "wide": "def", "old": None}.items():
        test = {} if sound is None else {"test": {DEV: sound}}
        folder.row(label, [[f"{label}-0"]], **test)
        folder.cell(f"{label}-0", {("fan", "00", DEV): area(3)})
    [note] = [note for note in folder.board.notes if "sound" in note]
    assert note == (
        "rows differ in the sound of development test clips with the same names (by hash), so "
        "they can't be compared: abc (knn); def (wide)"
    )


def test_a_promise_to_be_deterministic_that_scores_break_is_named(folder: Folder) -> None:
    for label in ("liar", "honest"):
        folder.row(label, [[f"{label}-0"], [f"{label}-1"]])
        path = folder.path / "rows" / f"{label}.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"deterministic": True}))
    for name, wins in {"liar-0": 3, "liar-1": 2, "honest-0": 3, "honest-1": 3}.items():
        folder.cell(name, {("fan", "00", DEV): area(wins)})
    assert folder.board.notes == [
        "liar: its method declares to be deterministic, and its repeats differ"
    ]


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
        "development": {"hash": official_test_set(2020, "development"), "description": ""},
        "evaluation": {"hash": official_test_set(2020, "development"), "description": ""},
    }
    (folder.path / "test-sets.json").write_text(json.dumps(marks))
    assert folder.board.known == {"development": "DCASE 2020 Task 2"}


def test_rows_of_other_recipes_are_noted_but_not_for_their_repeats(folder: Folder) -> None:
    folder.row("a", [["a0"]])
    folder.row("b", [["a0"], ["b1"]])
    folder.cell("a0", {("fan", "00", DEV): area(3)})
    assert folder.board.notes == []
    folder.row("c", [["a0"]], seed=7)
    assert folder.board.notes == ["rows differ in seed: 0 (a, b); 7 (c)"]


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
        return made_from(folder.store)

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


def test_an_import_that_is_replaced_meanwhile_is_read_again(
    three_rows: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, replaced = Store.scores, []

    def once_gone(store: Store, name: str) -> list[Score]:
        if name == "also-1" and not replaced:
            replaced.append(name)
            raise FileNotFoundError(name)
        return read(store, name)

    monkeypatch.setattr(Store, "scores", once_gone)
    assert {row.label for row in three_rows.board.rows} == {"good", "also", "bad"}
    assert replaced
