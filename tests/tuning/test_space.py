"""What tuning may vary: as a method declares it, and as a recipe narrows it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from asdbench import tunable
from asdbench.config import plugins
from asdbench.config.keys import plain
from asdbench.config.schema import build
from asdbench.training.method import Space
from asdbench.tuning.space import Field, fixed_values, search_space, up_to_clips

METHODS = Path(__file__).parents[2] / "methods"


@dataclass(frozen=True)
class Stage:
    epochs: int = 10
    lr: float = tunable(1e-3, low=1e-4, high=1e-2, log=True)


@dataclass
class TwoStages:
    kind: str = tunable("small", choices=("small", "large"))
    width: int = tunable(8, low=2, high=64)
    first: Stage = field(default_factory=Stage)
    second: Stage | None = None
    note: str = ""


def space_of(narrowed: dict[str, Any] | None = None, **values: Any) -> dict[str, Field]:
    defaults = plain(build(TwoStages, values, "two"))
    return search_space(TwoStages, defaults, narrowed or {}, "tune.two")


def test_fields_are_found_by_dotted_names() -> None:
    assert space_of() == {
        "kind": Field(Space(choices=("small", "large")), str, "small"),
        "width": Field(Space(2, 64), int, 8),
        "first.lr": Field(Space(1e-4, 1e-2, log=True), float, 1e-3),
    }


def test_the_default_is_what_the_recipe_sets() -> None:
    space = space_of(width=16, first={"lr": 5e-3})
    assert (space["width"].default, space["first.lr"].default) == (16, 5e-3)


def test_a_method_of_several_stages_declares_them_all() -> None:
    cls = plugins.load(plugins.METHODS, "id_contrastive")
    defaults = plain(cls())
    space = search_space(cls, defaults, {}, "tune.id_contrastive")
    stages = {name.partition(".")[0] for name in space}
    assert {"pretraining", "classifier"} <= stages
    for name, found in space.items():
        value: Any = defaults
        for part in name.split("."):
            value = value[part]
        assert found.default == value
    assert space["pretraining.lr"].kind is float
    assert space["pretraining.lr"].space.log
    assert "classifier.lr" in space


@pytest.mark.parametrize(
    ("name", "narrowed", "expected"),
    [
        ("width", {"low": 4}, Space(4, 64)),
        ("width", {"low": 4, "high": 16, "log": True}, Space(4, 16, log=True)),
        ("first.lr", {"high": 5e-3}, Space(1e-4, 5e-3, log=True)),
        ("first.lr", {"log": False}, Space(1e-4, 1e-2, log=False)),
        ("kind", {"choices": ["large"]}, Space(choices=("large",))),
        ("width", {"choices": [8, 32]}, Space(choices=(8, 32))),
    ],
)
def test_a_table_narrows(name: str, narrowed: dict[str, Any], expected: Space) -> None:
    space = space_of({name: narrowed})
    assert space[name].space == expected
    assert set(space) == set(space_of())


def test_a_field_that_is_left_out_at_its_default_has_that_default() -> None:
    cls = plugins.load(plugins.METHODS, "id_classifier")
    defaults = plain(cls())
    assert "density" not in defaults["scoring"]
    narrowed = {"scoring.density": {"low": 0, "high": 8}}
    assert search_space(cls, defaults, narrowed, "x")["scoring.density"].default == 0


def test_a_table_has_a_field_searched_that_is_not_declared_tunable() -> None:
    narrowed = {"first.epochs": {"low": 3, "high": 30}, "note": {"choices": ["a", "b"]}}
    space = space_of(narrowed)
    assert space["first.epochs"] == Field(Space(3, 30), int, 10)
    assert space["note"] == Field(Space(choices=("a", "b")), str, "")
    assert set(space) == {*space_of(), *narrowed}


def test_a_plain_value_fixes() -> None:
    narrowed = {"width": 16, "first.lr": 2e-3, "kind": {"choices": ["large"]}}
    assert set(space_of(narrowed)) == {"kind"}
    assert fixed_values(narrowed) == {"width": 16, "first": {"lr": 2e-3}}


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"widht": {"low": 3}}, "tune.two: no field 'widht' to tune; did you mean width?"),
        ({"first.epochs": {"low": 3}}, "first.epochs: low = 3.0 isn't below high = None"),
        ({"note": {"low": 3, "high": 4}}, "tune.two.note: it is no number; give choices"),
        ({"second": {"low": 3}}, "tune.two.second: it is no number; give choices"),
        ({"width": {"lo": 3}}, "tune.two.width: no field 'lo'; did you mean low?"),
        ({"width": {"low": "few"}}, "tune.two.width.low = 'few'"),
        ({"width": {"low": 64}}, "tune.two.width: low = 64"),
        ({"width": {"low": 9, "high": 3}}, "isn't below high = 3"),
        ({"width": 4, "first.lr": 1e-3, "kind": "large"}, "tune.two: nothing to tune"),
    ],
)
def test_what_cannot_be_searched_is_said(narrowed: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=r"tune\.two") as raised:
        space_of(narrowed)
    assert expected in str(raised.value)


def test_a_range_where_there_were_choices_needs_both_ends() -> None:
    with pytest.raises(ValueError, match=r"tune\.two\.kind"):
        space_of({"kind": {"low": 3}})


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"width": {"choices": []}}, "choices"),
        ({"first.lr": {"low": 0.0}}, "log"),
        ({"width": {"low": 2.5}}, "whole numbers"),
    ],
)
def test_a_space_that_cannot_be_drawn_from_is_said(narrowed: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=rf"tune\.two\..*{expected}"):
        space_of(narrowed)


def test_no_method_knows_of_optuna() -> None:
    sources = [*METHODS.glob("*.py")]
    assert len(sources) > 8
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.partition(".")[0] == "optuna" for name in names), path.name


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (Field(Space(1, 64, log=True), int, 8), IntDistribution(1, 64, log=True)),
        (Field(Space(1, 64), float, 8), FloatDistribution(1, 64)),
        (Field(Space(1e-4, 0.1, log=True), float, 1), FloatDistribution(1e-4, 0.1, log=True)),
        (Field(Space(choices=(8, 32)), int, 8), CategoricalDistribution([8, 32])),
    ],
)
def test_what_is_drawn_from(field: Field, expected: BaseDistribution) -> None:
    assert field.distribution == expected


@pytest.mark.parametrize(
    ("space", "inside", "outside"),
    [
        (Space(2, 4), (2, 3, 4), (1, 5, "3", None)),
        (Space(choices=("a", "b")), ("a", "b"), ("c", None)),
        (Space(choices=(True, False)), (True, False), ("True", 2)),
    ],
)
def test_what_lies_within(space: Space, inside: tuple[Any, ...], outside: tuple[Any, ...]) -> None:
    field = Field(space, int, 3)
    assert all(map(field.holds, inside))
    assert not any(map(field.holds, outside))


@pytest.mark.parametrize(
    ("declared", "clips", "left"),
    [
        (Space(1, 16), 40, Space(1, 16)),
        (Space(1, 16), 9, Space(1, 9)),
        (Space(1, 16), 1, None),
        (Space(choices=(1, 4, 32)), 9, Space(choices=(1, 4))),
        (Space(choices=(4, 32)), 9, None),
    ],
)
def test_a_number_of_training_clips_is_searched_up_to_those_that_there_are(
    declared: Space, clips: int, left: Space | None
) -> None:
    counting = Field(declared, int, 1, counts_clips=True)
    others = {"lr": Field(Space(1e-4, 1e-2), float, 1e-3)}
    found = up_to_clips({"k": counting, **others}, clips, "tune.knn")
    assert found == ({"k": replace(counting, space=left)} if left else {}) | others
    if left is None:
        with pytest.raises(ValueError, match=rf"tune\.knn: nothing to tune; .* {clips} training"):
            up_to_clips({"k": counting}, clips, "tune.knn")


def test_neighbours_and_components_count_clips() -> None:
    for name, counting in (("knn", "k"), ("twfr_gmm", "components")):
        cls = plugins.load(plugins.METHODS, name)
        space = search_space(cls, plain(cls()), {}, "x")
        assert [n.split(".")[-1] for n, found in space.items() if found.counts_clips] == [counting]
