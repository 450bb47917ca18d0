"""What a board tells its reader beside figures; more of it in test_build_beside.py."""

from __future__ import annotations

from typing import Any

import pytest
from sections import entry, sections

from asdbench.evaluation.entries import MachineId, Scored
from asdbench.evaluation.ranking import compared
from asdbench.results.notes import (
    choices,
    crowded_tags,
    differing,
    not_official,
    turned_round,
    unranked,
)


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ({"objective": "proxy", "subset": "development"}, "by the normal training clips of dev"),
        ({"objective": "oracle", "subset": "development"}, "by the labels of development"),
    ],
)
def test_the_subset_that_chose_a_row_s_fields_is_said(origin: dict[str, Any], said: str) -> None:
    [note] = choices([{"label": "knn-tuned", "origin": {"kind": "tuned", **origin}}])
    assert note.startswith("knn-tuned: its fields were chosen ")
    assert said in note


def test_nothing_chose_a_row_that_was_simply_run() -> None:
    assert list(choices([{"label": "knn", "origin": {"kind": "run"}}])) == []


def test_ids_that_the_official_score_leaves_out_are_named() -> None:
    ids = sections(0.5)
    fan = MachineId("fan", "00")
    part = {**ids, fan: Scored(ids[fan].anomalous, ids[fan].scores)}
    rows, _ = compared("development", [entry("knn", part)], "2022")
    [note] = not_official("development", "2022", rows)
    assert "for want of normal test clips of both domains" in note
    assert note.endswith(": fan id_00")
    assert list(not_official("development", "2020", rows)) == []


def test_a_tag_with_many_values_and_recipes_that_differ_are_told() -> None:
    clips = {f"{n}.wav": {"minute": str(n)} for n in range(31)}
    [note] = crowded_tags("development", {"development": {"fan": {"00": clips}}})
    assert "the tag minute has more than 30 values" in note
    records = [{"label": label, "recipe": {"seed": seed}} for label, seed in (("a", 0), ("b", 1))]
    assert list(differing(records)) == ["rows differ in seed: 0 (a); 1 (b)"]


def test_of_recipes_only_the_fields_that_differ_are_told() -> None:
    frontend = {"clip_seconds": 2.0, "n_mels": 96}
    knn: dict[str, Any] = {"dataset": {"name": "folder"}, "frontend": frontend}
    wide = knn | {"frontend": {**frontend, "n_mels": 128}}
    both = knn | {"dataset": {"name": "folder", "domains": True}}
    knn["test"] = wide["test"] = {"development": "0123"}
    both["test"] = {"development": "0123", "evaluation": "4567"}  # that is no other sound
    recipes = {"knn": knn, "wide": wide, "both": both, "theirs": {}}
    assert list(differing([{"label": of, "recipe": recipes[of]} for of in recipes])) == [
        "rows differ in dataset.domains: not set (knn, wide); true (both)",
        "rows differ in frontend.n_mels: 96 (knn, both); 128 (wide)",
    ]


@pytest.mark.parametrize(
    ("quality", "n", "told"), [(-1.5, 50, True), (-1.5, 2, False), (0.0, 50, False), (1, 50, False)]
)
def test_scores_that_are_the_wrong_way_round_are_told_where_it_is_sure(
    quality: float, n: int, told: bool
) -> None:
    rows, _ = compared("development", [entry("knn", sections(quality, n=n))], "2020")
    notes = list(turned_round(rows))
    assert len(notes) == told
    if told:
        assert notes[0].startswith("knn: AUC ")
        assert notes[0].endswith("are its scores the wrong way round?")


def test_rows_that_lack_what_ranks_are_named() -> None:
    rows, _ = compared("development", [entry("knn", sections(0.5))])
    [note] = unranked("development", ["knn", "mine"], rows, "f1")
    assert note == "mine: not ranked on development, since it has no F1"
    assert list(unranked("development", ["knn", "mine"], rows, None)) == []
