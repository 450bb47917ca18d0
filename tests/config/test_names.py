"""Names: suggestions, natural order, and dotted names there and back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asdbench.config.names import at, check_utf8, did_you_mean, flat, natural, near_path, nested


def test_did_you_mean() -> None:
    assert did_you_mean("autoencodr", ["knn", "autoencoder"]) == "; did you mean autoencoder?"
    assert did_you_mean("xyz", ["knn", "autoencoder"]) == "; there are autoencoder, knn"
    assert did_you_mean("xyz", []) == ""


def test_the_nearest_path_ends_as_the_one_that_is_not_there(tmp_path: Path) -> None:
    for name in ("fans.toml", "fans.py", "far.toml"):
        (tmp_path / name).touch()
    assert near_path(tmp_path / "fnas.toml") == f"; did you mean {tmp_path / 'fans.toml'}?"
    assert near_path(tmp_path / "demoo.toml", ["demo"]) == "; did you mean demo?"
    for far in (tmp_path / "zzz.toml", tmp_path / "fnas.zip", tmp_path / "gone" / "fnas.toml"):
        assert near_path(far) == ""


def test_numbers_within_names_are_ordered_as_numbers() -> None:
    names = ["repeat_10", "id_00_b", "repeat_2", "repeat", "10", "9", "id_00_a2", "id_00_a10"]
    assert sorted(names, key=natural) == [
        "9",
        "10",
        "id_00_a2",
        "id_00_a10",
        "id_00_b",
        "repeat",
        "repeat_2",
        "repeat_10",
    ]


FIELDS = {
    "k": 1,
    "classifier": {"margin": 0.5, "batch": {"size": 8, "kinds": ["a", "b"]}},
    "weights": None,
}
DOTTED = {
    "k": 1,
    "classifier.margin": 0.5,
    "classifier.batch.size": 8,
    "classifier.batch.kinds": ["a", "b"],
    "weights": None,
}


def test_dotted_names_there_and_back() -> None:
    assert dict(flat(FIELDS)) == DOTTED
    assert nested(DOTTED) == FIELDS
    assert [at(FIELDS, name) for name in DOTTED] == list(DOTTED.values())
    assert at(FIELDS, "classifier.batch") == {"size": 8, "kinds": ["a", "b"]}


def test_a_dotted_name_of_nothing_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="size"):
        at(FIELDS, "classifier.size")


@pytest.mark.parametrize("name", ["fan", "Lüfter 1", "a\nb\x01", "風扇"])
def test_any_letters_are_a_name_in_utf8(name: str) -> None:
    check_utf8(name)


def test_a_name_of_other_bytes_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValueError, match=r"the name of .*caf.* isn't UTF-8; rename"):
        check_utf8(Path("music") / os.fsdecode(b"caf\xe9.wav"))
