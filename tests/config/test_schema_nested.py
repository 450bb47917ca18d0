"""Dataclasses within unions, tuples, lists and dicts: as strict as at the top, as well named."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asdbench.config.keys import plain
from asdbench.config.schema import build


@dataclass(frozen=True)
class Stage:
    epochs: int = 10
    lr: float = 0.1

    def __post_init__(self) -> None:
        if self.epochs > 99:
            raise ValueError(f"epochs = {self.epochs}; at most 99")


@dataclass(frozen=True)
class Noise:
    kind: Literal["white", "pink"] = "white"
    snr: float = 6.0


@dataclass(frozen=True)
class File:
    path: str
    snr: float = 0.0


@dataclass(frozen=True)
class Deep:
    stages: tuple[Stage, ...] = (Stage(lr=0.7),)
    name: str = "deep"


EARLY, LATE = Stage(epochs=1, lr=0.5), Stage(epochs=2, lr=0.25)


@dataclass(frozen=True)
class Holder:
    """Every default differs from its class's own, which would else hide a default that is lost."""

    maybe: Stage | None = EARLY
    optional: Optional[Stage] = EARLY  # noqa: UP045
    many: tuple[Stage, ...] = (EARLY, LATE)
    listed: list[Stage] = field(default_factory=lambda: [EARLY, LATE])
    sequence: Sequence[Stage] = (EARLY,)
    pair: tuple[Stage, int, Noise] = (EARLY, 3, Noise("pink"))
    named: dict[str, Stage] = field(default_factory=lambda: {"a": EARLY, "b": LATE})
    mapped: Mapping[str, Stage] = field(default_factory=lambda: {"a": EARLY})
    numbered: dict[int, Stage] = field(default_factory=dict)
    either: Noise | File = File("hum.wav", snr=3.0)
    either_or_none: Noise | File | None = None
    words: tuple[Stage, ...] | list[str] | None = ("a", "b")  # type: ignore[assignment]
    depth: int | Stage = 3
    groups: dict[str, tuple[Noise | File, ...]] = field(
        default_factory=lambda: {"a": (Noise("pink"), File("x"))}
    )
    grid: tuple[tuple[Stage, ...], ...] = ((EARLY,), (LATE, EARLY))
    deep: Deep | None = Deep(name="own")


@dataclass(frozen=True)
class Odd:
    files: tuple[File, ...] = ()
    unordered: set[Stage] = field(default_factory=set)


def built(**values: Any) -> Holder:
    return build(Holder, values, "m")


def test_nothing_given_is_the_defaults() -> None:
    assert built() == Holder()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("maybe", {"lr": 2}, Stage(epochs=1, lr=2.0)),
        ("maybe", {}, EARLY),
        ("maybe", None, None),
        ("optional", {"epochs": 3}, Stage(epochs=3, lr=0.5)),
        ("optional", None, None),
        ("many", [{}, {"lr": 1.0}, {"epochs": 4}], (EARLY, Stage(2, 1.0), Stage(epochs=4))),
        ("many", [{"lr": 1.0}], (Stage(1, 1.0),)),
        ("many", [], ()),
        ("many", ({"epochs": 3},), (Stage(3, 0.5),)),
        ("listed", [{"lr": 1.0}, {}, {}], [Stage(1, 1.0), LATE, Stage()]),
        ("sequence", [{"lr": 1.0}], (Stage(1, 1.0),)),
        ("pair", [{"lr": 1.0}, 4, {"snr": 1}], (Stage(1, 1.0), 4, Noise("pink", 1.0))),
        ("named", {"b": {"lr": 1.0}, "c": {}}, {"b": Stage(2, 1.0), "c": Stage()}),
        ("named", {}, {}),
        ("mapped", {"a": {"lr": 1.0}}, {"a": Stage(1, 1.0)}),
        ("numbered", {"7": {"lr": 1.0}}, {7: Stage(lr=1.0)}),
        ("depth", 5, 5),
        ("depth", {"lr": 1.0}, Stage(lr=1.0)),
        ("words", ["x"], ["x"]),
        ("words", [], []),
        ("words", [{"lr": 1.0}], (Stage(lr=1.0),)),
        ("words", None, None),
        ("grid", [[{"lr": 1.0}], [{}, {"lr": 2.0}], [{}]],
         ((Stage(1, 1.0),), (LATE, Stage(1, 2.0)), (Stage(),))),
        ("deep", {"stages": [{"epochs": 3}, {}]}, Deep((Stage(3, 0.7), Stage()), "own")),
    ],
)  # fmt: skip
def test_what_is_given_is_laid_over_the_default_at_its_place(
    name: str, value: Any, expected: Any
) -> None:
    found = getattr(built(**{name: value}), name)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"path": "y"}, File("y", snr=3.0)),  # over the default, whose class it is
        ({"snr": 1.0}, File("hum.wav", snr=1.0)),  # of both: the default's class
        ({}, File("hum.wav", snr=3.0)),
        ({"kind": "pink"}, Noise("pink")),
        ({"kind": "pink", "snr": 1.0}, Noise("pink", 1.0)),
    ],
)
def test_of_several_dataclasses_it_is_the_one_with_these_names(value: Any, expected: Any) -> None:
    assert built(either=value).either == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ({"snr": 1.0}, Noise(snr=1.0)),  # of both, but a file needs a path
        ({"path": "y", "snr": 1.0}, File("y", 1.0)),
        ({}, Noise()),
    ],
)
def test_without_a_default_it_is_the_first_with_these_names(value: Any, expected: Any) -> None:
    assert built(either_or_none=value).either_or_none == expected


def test_unions_within_a_tuple_within_a_dict() -> None:
    found = built(groups={"a": [{"snr": 1.0}, {"snr": 2.0}, {"path": "y"}], "b": [{}]}).groups
    assert found == {"a": (Noise("pink", 1.0), File("x", 2.0), File("y")), "b": (Noise(),)}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # Misspelt names, wherever they are.
        ({"maybe": {"epoch": 1}}, r"m\.maybe: no field 'epoch'; did you mean epochs\?"),
        ({"optional": {"epoch": 1}}, r"m\.optional: no field 'epoch'; did you mean epochs\?"),
        ({"many": [{}, {"epoch": 1}]}, r"m\.many\[1\]: no field 'epoch'; did you mean epochs\?"),
        ({"listed": [{"epoch": 1}]}, r"m\.listed\[0\]: no field 'epoch'; did you mean epochs\?"),
        ({"sequence": [{"epoch": 1}]}, r"m\.sequence\[0\]: no field 'epoch'"),
        ({"named": {"a": {"epoch": 1}}}, r"m\.named\.a: no field 'epoch'; did you mean epochs\?"),
        ({"mapped": {"z": {"epoch": 1}}}, r"m\.mapped\.z: no field 'epoch'"),
        ({"pair": [{}, 1, {"snrr": 1}]}, r"m\.pair\[2\]: no field 'snrr'; did you mean snr\?"),
        ({"grid": [[], [{}, {"epoch": 1}]]}, r"m\.grid\[1\]\[1\]: no field 'epoch'"),
        ({"groups": {"a": [{"pth": "x"}]}}, r"m\.groups\.a\[0\]: no field 'pth'"),
        ({"deep": {"stages": [{"epoch": 1}]}}, r"m\.deep\.stages\[0\]: no field 'epoch'"),
        ({"depth": {"epoch": 1}}, r"m\.depth: no field 'epoch'; did you mean epochs\?"),
        ({"words": [{"epoch": 1}]}, r"m\.words\[0\]: no field 'epoch'; did you mean epochs\?"),
        # Wrong values, missing ones, and what the class itself refuses.
        ({"many": [{"epochs": 1.5}]}, r"m\.many\[0\]\.epochs = 1\.5: .*integer"),
        ({"named": {"a": {"lr": "x"}}}, r"m\.named\.a\.lr = 'x': .*number"),
        ({"deep": {"stages": [{"lr": None}]}}, r"m\.deep\.stages\[0\]\.lr = None: .*number"),
        ({"pair": [{}, "3", {}]}, r"m\.pair\[1\] = '3': .*integer"),
        ({"numbered": {"x": {}}}, r"m\.numbered = .*'x'.*: .*integer"),
        ({"either_or_none": {"path": 3}}, r"m\.either_or_none\.path = 3: .*string"),
        ({"groups": {"b": [{"path": "x", "kind": "pink"}]}}, r"m\.groups\.b\[0\]: no field"),
        ({"many": [{"epochs": 100}]}, r"m\.many\[0\]: epochs = 100; at most 99"),
        # Wrong shapes, with what to give.
        ({"maybe": 3}, r"m\.maybe = 3: give the fields of Stage, as a table"),
        ({"maybe": "none"}, r"m\.maybe = 'none': give the fields of Stage, as a table"),
        ({"many": {"lr": 1}}, r"m\.many = \{'lr': 1\}: give a list of tables"),
        ({"many": "fan"}, r"m\.many = 'fan': give a list of tables"),
        ({"many": None}, r"m\.many = None: give a list of tables"),
        ({"many": [3]}, r"m\.many\[0\] = 3: give the fields of Stage, as a table"),
        ({"many": [{}, None]}, r"m\.many\[1\] = None: give the fields of Stage, as a table"),
        ({"named": [{}]}, r"m\.named = \[\{\}\]: give a table of tables"),
        ({"named": {"a": 3}}, r"m\.named\.a = 3: give the fields of Stage, as a table"),
        ({"pair": [{}, 1]}, r"m\.pair has 2 entries; give 3"),
        ({"grid": [{}]}, r"m\.grid\[0\] = \{\}: give a list of tables"),
        ({"either": 3}, r"m\.either = 3: give the fields of Noise, as a table or the fields of"),
        ({"depth": "x"}, r"m\.depth = 'x': .*integer; or give the fields of Stage, as a table"),
        ({"words": 3}, r"m\.words = 3: .*; or give a list of tables"),
        ({"words": [3]}, r"m\.words = \[3\]: .*string; or give a list of tables"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(values: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match=f"^{expected}") as caught:
        build(Holder, values, "m")
    assert "\n" not in str(caught.value)


def test_a_missing_field_is_named_by_its_place() -> None:
    with pytest.raises(ValueError, match=r"m\.files\[1\]: field 'path' is missing; it has no"):
        build(Odd, {"files": [{"path": "x"}, {"snr": 1.0}]}, "m")


def test_a_container_that_cannot_be_read_says_so() -> None:
    assert build(Odd, {}, "m") == Odd()
    with pytest.raises(ValueError, match=r"m\.unordered: set\[.*Stage\] can't hold a dataclass"):
        build(Odd, {"unordered": [{}]}, "m")


stages = st.builds(Stage, epochs=st.integers(-9, 99), lr=st.floats(0, 1))
noises = st.builds(Noise, st.sampled_from(["white", "pink"]), st.floats(-9, 9))
files = st.builds(File, st.text(), st.floats(-9, 9))
few = st.lists(stages, max_size=3)


@settings(max_examples=25)
@given(
    st.builds(
        Holder,
        maybe=st.none() | stages,
        optional=st.none() | stages,
        many=few.map(tuple),
        listed=few,
        sequence=few.map(tuple),
        pair=st.tuples(stages, st.integers(), noises),
        named=st.dictionaries(st.text(), stages, max_size=3),
        numbered=st.dictionaries(st.integers(), stages, max_size=3),
        either=noises | files,
        either_or_none=st.none() | noises | files,
        words=st.lists(st.text()) | few.filter(bool).map(tuple) | st.none(),
        depth=st.integers() | stages,
        groups=st.dictionaries(st.text(), st.lists(noises | files, max_size=3).map(tuple)),
        grid=st.lists(few.map(tuple), max_size=3).map(tuple),
        deep=st.none() | st.builds(Deep, few.map(tuple)),
    )
)
def test_plain_and_build_are_each_others_inverse(holder: Holder) -> None:
    values = json.loads(json.dumps(plain(holder)))
    assert build(Holder, values, "m") == holder
