"""Which cells there are to run, in which order, and on which clips."""

from __future__ import annotations

import pytest
from recorded import recordings
from small_runs import planned, resolved

from asdbench.config.frontend import Frontend
from asdbench.config.selection import ChosenRow, choose
from asdbench.data.clips import Clips
from asdbench.data.loading import load
from asdbench.execution.plan import Ground, plan


def test_a_method_of_scope_machine_has_a_cell_a_type_and_repeat(small_clips: Clips) -> None:
    made = planned(small_clips, "knn", repeats=3)
    [row] = made.rows
    assert (row.label, row.method, row.origin) == ("knn", "knn", {"kind": "run"})
    assert row.summary
    assert [[c.machine for c in cells] for cells in row.cells] == [["fan", "valve"]] * 3
    assert [[c.repeat for c in cells] for cells in row.cells] == [[0, 0], [1, 1], [2, 2]]
    fans = {cells[0].clips for cells in row.cells}
    assert fans == {small_clips.where(machine="fan").fingerprint}


def test_a_method_of_scope_dataset_has_one_cell_a_repeat(small_clips: Clips) -> None:
    [row] = planned(small_clips, "simclr").rows
    assert row.sources["code"] == "https://github.com/google-research/simclr"
    assert [[c.machine for c in cells] for cells in row.cells] == [[None], [None]]
    assert row.cells[0][0].clips == small_clips.fingerprint


def test_repeats_come_one_after_the_other_and_in_each_the_longer_fits_first(
    small_clips: Clips,
) -> None:
    made = planned(small_clips, "knn", "simclr")
    assert [(c.method, c.machine, c.repeat) for c in made.cells] == [
        ("simclr", None, 0),
        ("knn", "fan", 0),
        ("knn", "valve", 0),
        ("simclr", None, 1),
        ("knn", "fan", 1),
        ("knn", "valve", 1),
    ]


def test_rows_with_the_same_fields_share_their_cells(small_clips: Clips) -> None:
    variants = {"same": {"method": "knn"}, "other": {"method": "knn", "k": 3}}
    made = planned(small_clips, "knn", "same", "other", variants=variants, repeats=1)
    assert [row.label for row in made.rows] == ["knn", "same", "other"]
    assert len(made.cells) == 4
    assert made.rows[0].cells == made.rows[1].cells


def test_a_tuned_row_says_where_its_fields_come_from(small_clips: Clips) -> None:
    variants, tuned = {"mine": {"method": "knn", "k": 3}}, {"mine": {"objective": "proxy"}}
    [row] = planned(small_clips, "mine", variants=variants, tuned=tuned).rows
    assert row.origin == {"kind": "tuned", "objective": "proxy"}


def test_a_cell_has_all_of_what_it_is_run_with(small_clips: Clips) -> None:
    experiment, recipe = resolved(seed=7)
    ground = Ground.of(recipe, small_clips)
    [fan, _] = ground.cells(ChosenRow("mine", "knn", "machine", {"k": 3}), 1)
    assert (fan.method, fan.fields, fan.repeat, fan.seed) == ("knn", {"k": 3}, 1, 7)
    assert (fan.frontend, fan.numerics) == (recipe.frontend, recipe.numerics)
    assert plan(recipe, choose(experiment, ["knn"]), small_clips).recipe == recipe


def test_another_types_clips_make_no_other_cell(small_clips: Clips) -> None:
    _, recipe = resolved()
    row = ChosenRow("knn", "knn", "machine", {"k": 1})
    both, alone = (
        Ground.of(recipe, clips).cells(row, 0)
        for clips in (small_clips, small_clips.where(machine="fan"))
    )
    assert alone == both[:1]


def test_clips_that_nothing_can_be_learned_or_shown_on_are_an_error() -> None:
    _, recipe = resolved()
    every = load(recordings(("fan", "pump", "valve"), train=1, test=1), Frontend())[0]
    with pytest.raises(ValueError, match="the dataset has no test clips; add a test folder"):
        Ground.of(recipe, every.where(split="train"))
    some = [i for i, c in enumerate(every) if c.split == "test" or c.machine == "pump"]
    with pytest.raises(ValueError, match=r"no training clips for fan, valve; add them, or leave"):
        Ground.of(recipe, every.pick(some))


def test_a_type_that_is_only_trained_on_has_no_cell_of_its_own(small_clips: Clips) -> None:
    _, recipe = resolved()
    some = [i for i, c in enumerate(small_clips) if c.split == "train" or c.machine == "fan"]
    ground = Ground.of(recipe, small_clips.pick(some))
    assert [c.machine for c in ground.cells(ChosenRow("a", "a", "machine", {}), 0)] == ["fan"]
