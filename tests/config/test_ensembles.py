"""What a recipe says of rows that are made of others."""

from __future__ import annotations

from typing import Any

import pytest

from asdbench.config.ensembles import Ensemble, ensembles_in
from asdbench.config.experiment import Experiment
from asdbench.config.selection import choose

TWO = {"ensemble": ["knn", "autoencoder"]}


def test_a_table_with_parts_is_a_row_of_its_own() -> None:
    found = ensembles_in({"knn": {"k": 3}, "best-two": TWO, "ranks": {**TWO, "by": "rank"}})
    parts = ("knn", "autoencoder")
    assert found == {"best-two": Ensemble(parts), "ranks": Ensemble(parts, "rank")}
    assert found["best-two"].remarks == ()
    assert "test clips" in found["ranks"].remarks[0]
    experiment = Experiment(methods={"knn": {"k": 3}, "best-two": TWO})
    assert experiment.tables == {"knn": {"k": 3}}


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (["best-two"], ["autoencoder", "knn"]),
        (["all"], ["autoencoder", "knn", "wide"]),
        (["knn"], ["knn"]),
    ],
)
def test_its_parts_are_run_with_it(asked: list[str], rows: list[str]) -> None:
    experiment = Experiment(
        methods={"knn": {}, "best-two": TWO}, variants={"wide": {"method": "knn", "k": 8}}
    )
    choice = choose(experiment, asked)
    assert sorted(row.label for row in choice.rows) == rows
    assert [*choice.ensembles] == (["best-two"] if asked != ["knn"] else [])


def test_a_variant_can_be_a_part_and_a_stored_row_too() -> None:
    experiment = Experiment(
        methods={"both": {"ensemble": ["wide", "imported"]}},
        variants={"wide": {"method": "knn", "k": 8}},
    )
    choice = choose(experiment, ["both"])
    assert [row.label for row in choice.rows] == ["wide"]
    assert choice.names == {"knn", "both"}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"ensemble": ["knn"]}, "it takes two rows or more"),
        ({"ensemble": ["knn", "knn"]}, "it takes two rows or more"),
        ({"ensemble": "knn"}, "write the rows, as in"),
        ({"ensemble": ["knn", 3]}, "write the rows, as in"),
        ({**TWO, "by": "votes"}, 'by = .votes.: write "standardised" or "rank"'),
        ({**TWO, "bi": "rank"}, "no field 'bi'"),
    ],
)
def test_what_makes_no_sense_is_named(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=rf"methods\.mine.*{says}"):
        Experiment(methods={"mine": table})


def test_an_ensemble_is_made_of_rows_alone() -> None:
    with pytest.raises(ValueError, match=r"methods\.b\.ensemble: 'a' is an ensemble itself"):
        Experiment(methods={"a": TWO, "b": {"ensemble": ["a", "knn"]}})


def test_labels_are_used_once() -> None:
    with pytest.raises(ValueError, match="have one name"):
        Experiment(methods={"a": TWO}, variants={"a": {"method": "knn"}})
    with pytest.raises(ValueError, match=r"methods\.simclr\.ensemble has the name of a method"):
        choose(Experiment(methods={"simclr": TWO}), ["simclr"])
