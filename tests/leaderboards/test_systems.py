"""What a board's rows were run with, in words."""

from __future__ import annotations

from typing import Any

import pytest
from asdbench_leaderboards import _systems
from boards import made, system

from asdbench.evaluation import Board

RECIPE = {"seed": 0, "numerics": {"device": "cpu", "threads": 1}}


def board(**systems: Any) -> Board:
    return made([], subsets=[], systems=systems)


def test_moments_are_for_people_and_other_texts_stay() -> None:
    assert _systems.when("2026-03-01T10:20:30Z") == "2026-03-01 10:20 UTC"
    assert _systems.when("Tower") == "Tower"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        (0.001, "0.001"),
        ("2026-03-01T10:20:30Z", "2026-03-01 10:20 UTC"),
        ([], "none"),
        ((1, None), "1, none"),
        ({"torch": "2.13.0", "numpy": "2.4"}, "torch 2.13.0, numpy 2.4"),
        ([{"a": True}], "a yes"),
    ],
)
def test_values_in_words(value: Any, said: str) -> None:
    assert _systems.said(value) == said


def test_nested_fields_are_side_by_side() -> None:
    fields = {"lr": 1e-3, "classifier": {"margin": 0.7, "batch": {"size": 24}, "extra": {}}}
    assert _systems.dotted(fields) == {
        "lr": "0.001",
        "classifier.margin": "0.7",
        "classifier.batch.size": "24",
        "classifier.extra": "",
    }


def test_a_row_has_its_recipe_and_its_facts() -> None:
    facts = {
        "cpu": ["one", "another"],
        "gpu": [None],
        "finished": ["2026-03-01T10:00:00Z", "2026-03-02T11:30:00Z"],
    }
    found = _systems.facts(board(knn=system(1, recipe=RECIPE, facts=facts)), "knn")
    assert found == {
        "seed": "0",
        "numerics.device": "cpu",
        "numerics.threads": "1",
        "cpu": "one; another",
        "gpu": "none",
        "finished": "2026-03-01 10:00 UTC to 2026-03-02 11:30 UTC",
    }
    once = {"finished": ["2026-03-01T10:00:00Z", "2026-03-01T10:00:59Z"]}
    within = _systems.facts(board(knn=system(1, recipe={}, facts=once)), "knn")
    assert within == {"finished": "2026-03-01 10:00 UTC"}


def test_what_all_rows_share_that_asdbench_ran() -> None:
    def ran(cpu: str) -> Any:
        return system(1, recipe=RECIPE, facts={"cpu": [cpu], "python": ["3.11"]})

    imported = system(1, recipe={}, facts={"folder": ["x"]})
    both = board(a=ran("one"), b=ran("another"), theirs=imported)
    assert _systems.shared(both) == {
        "seed": "0",
        "numerics.device": "cpu",
        "numerics.threads": "1",
        "python": "3.11",
    }
    assert _systems.shared(board(a=ran("one"), theirs=imported)) == {}


def test_the_last_cell_ends_a_board() -> None:
    early = system(1, facts={"finished": ["2026-01-01T00:00:00Z", "2026-03-02T00:00:00Z"]})
    late = system(1, facts={"finished": ["2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"]})
    assert _systems.finished(board(a=early, b=late)) == "2026-03-02T00:00:00Z"
    assert _systems.finished(board(a=system(1, facts={}))) is None
