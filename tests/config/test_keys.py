"""Canonical JSON and keys: bytes that never change, since results are found by them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest

from asdbench.config.keys import canonical, digest, key, plain


@dataclass(frozen=True)
class Inner:
    epochs: int = 10
    lr: float = 0.1
    kind: str = "long"


@dataclass(frozen=True)
class Outer:
    width: int = 4
    rate: float | None = None
    names: tuple[str, ...] = ()
    first: Inner = Inner(epochs=7)
    parts: tuple[Inner, ...] = (Inner(), Inner(lr=0.5))


def test_canonical_json_has_one_spelling() -> None:
    assert canonical({"b": (1, 2), "a": Inner()}) == (
        '{"a":{"epochs":10,"kind":"long","lr":0.1},"b":[1,2]}'
    )
    assert canonical(Inner()) == '{"epochs":10,"kind":"long","lr":0.1}'
    assert canonical("é") == '"\\u00e9"'


@pytest.mark.parametrize("value", [math.nan, math.inf, {"deep": [-math.inf]}])
def test_canonical_json_has_no_nan(value: object) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(value)


@pytest.mark.parametrize("value", [{"a": object()}, {1, 2}])
def test_what_is_no_json_is_an_error(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be written as JSON"):
        canonical(value)


def test_plain_is_fields_as_json_knows_them() -> None:
    assert plain(Outer(names=("a",))) == {
        "width": 4,
        "rate": None,
        "names": ["a"],
        "first": {"epochs": 7, "lr": 0.1, "kind": "long"},
        "parts": [
            {"epochs": 10, "lr": 0.1, "kind": "long"},
            {"epochs": 10, "lr": 0.5, "kind": "long"},
        ],
    }


def test_a_key_is_sixteen_hexadecimal_digits_that_never_change() -> None:
    assert key({"b": 1, "a": [1.5, None, "é"]}) == "4fa79d67d7df922b"


def test_a_key_ignores_order_and_changes_with_every_field() -> None:
    assert key({"a": 1, "b": {"c": 2, "d": 3}}) == key({"b": {"d": 3, "c": 2}, "a": 1})
    outer = Outer()
    variants = [
        outer,
        replace(outer, width=5),
        replace(outer, rate=0.0),
        replace(outer, names=("plain",)),
        replace(outer, names=("plain", "")),
        replace(outer, first=Inner(epochs=8)),
        replace(outer, first=Inner(epochs=7, lr=0.2)),
        replace(outer, parts=(Inner(lr=0.5), Inner())),
        replace(outer, parts=()),
    ]
    assert len({key(variant) for variant in variants}) == len(variants)


def test_a_digest_of_lines_never_changes_and_tells_their_ends() -> None:
    assert digest(["fan/a.wav 1", "fan/b.wav 2"]) == "be013e0bc883bc9bc70d98e5"
    assert digest(["ab"]) != digest(["a", "b"])
    assert len(digest([], size=8)) == 16
