"""A choice among known names: what is said of one that is none of them."""

from __future__ import annotations

import pytest

from asdbench.data.choices import check_choice, check_known

KNOWN = ("fan", "pump", "ToyCar")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ((), "machines is empty; choose from fan, pump, ToyCar"),
        (("fan", "gearbox"), "machines names 'gearbox'; choose from fan, pump, ToyCar"),
        (("fan", "punp"), "machines names 'punp'; did you mean pump?"),
        (("toycar",), "machines names 'toycar'; did you mean ToyCar?"),
        (("fan", "pump", "fan"), "machines is fan, pump, fan; name each one once"),
    ],
)
def test_a_field_names_some_of_the_known_each_once(chosen: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        check_choice("machines", chosen, KNOWN)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("gearbox", "no machine type 'gearbox' in /data; there is: ToyCar, fan, pump"),
        (
            "TOYCAR",
            "no machine type 'TOYCAR' in /data; did you mean ToyCar? there is: ToyCar, fan, pump",
        ),
    ],
)
def test_what_is_asked_for_must_be_there(asked: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        check_known("machine type", ["fan", asked], KNOWN, "in /data")
    assert str(caught.value) == said


def test_what_is_known_passes() -> None:
    check_choice("machines", ("pump", "fan"), KNOWN)
    check_known("machine type", [], KNOWN, "in /data")
    check_known("machine type", ["fan", "fan"], KNOWN, "in /data")
