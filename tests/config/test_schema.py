"""From plain values to dataclasses, strictly; settings, and how they are merged."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asdbench import tunable
from asdbench.config.keys import key, plain
from asdbench.config.schema import build, merge, setting


@dataclass(frozen=True)
class Stage:
    epochs: int = 10
    lr: float = 0.1
    kind: Literal["long", "short"] = "long"


@dataclass
class Recipe:
    scope: ClassVar[str] = "machine"

    width: int = tunable(4, low=1, high=8)
    rate: float | None = None
    name: str = "plain"
    names: tuple[str, ...] = ()
    first: Stage = Stage(epochs=7, kind="short")
    second: Stage | None = None
    made: Stage = field(default_factory=lambda: Stage(lr=0.5))

    def __post_init__(self) -> None:
        if self.width > 99:
            raise ValueError(f"width = {self.width}; at most 99")


@dataclass(frozen=True)
class Needy:
    path: str


@dataclass(frozen=True)
class Lost:
    x: Nowhere = 1  # type: ignore[name-defined]  # noqa: F821


def test_nothing_given_is_the_defaults() -> None:
    assert build(Recipe, {}, "recipe") == Recipe()


def test_values_are_laid_over_the_defaults() -> None:
    built = build(Recipe, {"width": 2, "rate": 1.5, "names": ["a", "b"]}, "recipe")
    assert built == Recipe(width=2, rate=1.5, names=("a", "b"))


def test_a_whole_number_may_stand_for_a_float_but_not_the_other_way_round() -> None:
    assert build(Stage, {"lr": 1}, "stage").lr == 1.0
    with pytest.raises(ValueError, match=r"stage\.epochs = 1\.5"):
        build(Stage, {"epochs": 1.5}, "stage")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"widht": 2}, r"recipe: no field 'widht'; did you mean width\?"),
        ({"zzz": 2}, "recipe: no field 'zzz'; there are first, made, name"),
        ({"scope": "dataset"}, "recipe: no field 'scope'"),
        ({"first": {"epoch": 2}}, r"recipe\.first: no field 'epoch'; did you mean epochs\?"),
        ({"second": {"epoch": 2}}, r"recipe\.second: no field 'epoch'; did you mean epochs\?"),
        ({"width": "2"}, r"recipe\.width = '2': .*integer"),
        ({"width": True}, r"recipe\.width = True: .*integer"),
        ({"width": None}, r"recipe\.width = None: .*integer"),
        ({"rate": math.nan}, r"recipe\.rate = nan: .*finite"),
        ({"rate": math.inf}, r"recipe\.rate = inf: .*finite"),
        ({"rate": "fast"}, r"recipe\.rate = 'fast'"),
        ({"name": 3}, r"recipe\.name = 3: .*string"),
        ({"names": "fan"}, r"recipe\.names = 'fan'"),
        ({"names": [1]}, r"recipe\.names = \[1\]"),
        ({"first": {"kind": "middling"}}, r"recipe\.first\.kind = 'middling': .*'long' or 'short'"),
        ({"first": {"lr": math.nan}}, r"recipe\.first\.lr = nan: .*finite"),
        ({"first": 3}, r"recipe\.first = 3: give the fields of Stage, as a table"),
        ({"first": None}, r"recipe\.first = None: give the fields of Stage, as a table"),
        ({"second": 3}, r"recipe\.second = 3: give the fields of Stage, as a table"),
        ({"width": 100}, "recipe: width = 100; at most 99"),
    ],
)
def test_what_does_not_fit_is_named(values: dict, expected: str) -> None:
    with pytest.raises(ValueError, match=expected) as caught:
        build(Recipe, values, "recipe")
    assert "\n" not in str(caught.value)


def test_a_field_without_default_must_be_given() -> None:
    assert build(Needy, {"path": "x"}, "needy") == Needy("x")
    with pytest.raises(ValueError, match="needy: field 'path' is missing"):
        build(Needy, {}, "needy")


def test_a_type_that_is_not_imported_is_named() -> None:
    with pytest.raises(ValueError, match=r"lost: import what its fields' types name: .*Nowhere"):
        build(Lost, {}, "lost")


def test_a_nested_part_is_laid_over_the_fields_own_default() -> None:
    # Not over the nested class's defaults: epochs stays 7 and lr of `made` 0.5.
    built = build(Recipe, {"first": {"lr": 0.2}, "made": {"epochs": 3}}, "recipe")
    assert built.first == Stage(epochs=7, lr=0.2, kind="short")
    assert built.made == Stage(epochs=3, lr=0.5)


def test_an_optional_stage_is_nothing_or_a_stage() -> None:
    assert build(Recipe, {"second": None}, "recipe").second is None
    assert build(Recipe, {"second": {"epochs": 2}}, "recipe").second == Stage(epochs=2)
    assert build(Recipe, {"second": {}}, "recipe").second == Stage()


@settings(max_examples=40)
@given(
    st.builds(
        Recipe,
        width=st.integers(-5, 99),
        rate=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        name=st.text(),
        names=st.lists(st.text()).map(tuple),
        first=st.builds(Stage, epochs=st.integers(), kind=st.sampled_from(["long", "short"])),
        second=st.none() | st.builds(Stage, lr=st.floats(0, 1)),
    )
)
def test_plain_and_build_are_each_others_inverse(recipe: Recipe) -> None:
    values = json.loads(json.dumps(plain(recipe)))
    assert build(Recipe, values, "recipe") == recipe
    assert key(build(Recipe, values, "recipe")) == key(recipe)


@pytest.mark.parametrize(
    ("text", "method", "fields"),
    [
        ("autoencoder.epochs=50", "autoencoder", {"epochs": 50}),
        ("autoencoder.lr=1e-3", "autoencoder", {"lr": 1e-3}),
        (" a.b = true ", "a", {"b": True}),
        ('a.b="5"', "a", {"b": "5"}),
        ("a.kind=short", "a", {"kind": "short"}),
        ("a.names=['x', 'y']", "a", {"names": ["x", "y"]}),
        ("a.first.second.lr=2", "a", {"first": {"second": {"lr": 2}}}),
        ("a.text=x=y", "a", {"text": "x=y"}),
        ("a.path=C:\\dir", "a", {"path": "C:\\dir"}),
    ],
)
def test_settings(text: str, method: str, fields: dict) -> None:
    assert setting(text) == (method, fields)


@pytest.mark.parametrize("text", ["", "a", "a.b", "a=1", ".b=1", "a.=1", "a..b=1", "=1"])
def test_a_setting_that_is_none_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"write method\.field=value"):
        setting(text)


def test_merge_goes_deep_and_the_second_wins() -> None:
    below = {"a": {"x": 1, "y": 2}, "b": 1, "c": {"z": 1}}
    above = {"a": {"y": 3}, "b": {"new": 1}, "c": 5}
    assert merge(below, above) == {"a": {"x": 1, "y": 3}, "b": {"new": 1}, "c": 5}
    assert below == {"a": {"x": 1, "y": 2}, "b": 1, "c": {"z": 1}}
