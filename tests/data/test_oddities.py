"""What is odd about clips, counted, with an example; and what of it is a fault."""

from __future__ import annotations

import pytest

from asdbench.data.oddities import CUT, REPEATED, SHORTER, Oddity, oddities_of, refuse
from asdbench.data.recording import Clip


def fan(name: str, split: str = "train", *, id: str = "00", ill: bool = False) -> Clip:
    return Clip("fan", id, "development", split, ill, name)


def found(*clips: tuple[Clip, tuple[str, ...], str]) -> list[Oddity]:
    return oddities_of(*(list(part) for part in zip(*clips, strict=True)))


def test_a_note_is_counted_once_a_clip_with_the_first_for_example() -> None:
    [one] = found(
        (fan("a"), ("silent", "silent"), "1"), (fan("b"), (), "2"), (fan("c"), ("silent",), "3")
    )
    assert str(one) == "2 of 3 clips: silent (fan/train/a)"
    assert one.fault


@pytest.mark.parametrize(
    "note", ["2 channels: averaged", "resampled from 44100 Hz to 16000 Hz",
             "compressed with loss (VORBIS)"],
)  # fmt: skip
def test_what_all_clips_of_an_id_have_is_how_they_were_recorded(note: str) -> None:
    usual = found((fan("a"), (note,), "1"), (fan("b"), (note,), "2"), (fan("c", id="01"), (), "3"))
    assert [one.fault for one in usual] == [False]
    mixed = found((fan("a"), (note,), "1"), (fan("b"), (), "2"))
    assert [one.fault for one in mixed] == [True]


def test_other_lengths_are_usual_and_hardly_any_length_is_not() -> None:
    every = found(
        (fan("a"), (CUT,), "1"), (fan("b"), (REPEATED,), "2"), (fan("c"), (SHORTER,), "3")
    )
    assert {one.what: one.fault for one in every} == {CUT: False, REPEATED: False, SHORTER: True}


def test_copies_are_found_within_splits_and_across() -> None:
    every = found(
        (fan("a"), (), "one"),
        (fan("b"), (), "one"),
        (fan("c", "test"), (), "one"),
        (fan("d", "test"), (), "two"),
        (fan("e", "test", ill=True), (), "two"),
        (fan("f", "supplemental"), (), "two"),
    )
    assert [str(one) for one in every] == [
        "1 of 2 training clips: the sound of another training clip (fan/train/b = fan/train/a)",
        "1 of 3 test clips: the sound of a training clip, so that any method that remembers knows "
        "it (fan/test/c = fan/train/a)",
        "1 of 3 test clips: the sound of another test clip (fan/test/e = fan/test/d)",
        "1 of 3 test clips: the sound of a test clip with another label (fan/test/e = fan/test/d)",
    ]
    assert all(one.fault for one in every)


def test_clips_with_nothing_odd_are_not_spoken_of() -> None:
    assert found((fan("a"), (), "1"), (fan("b", "test"), (), "2")) == []


def test_faults_are_refused_all_at_once_and_what_is_only_told_is_not() -> None:
    told = found((fan("a"), (CUT,), "1"), (fan("b"), (REPEATED,), "2"))
    refuse(told)
    with pytest.raises(ValueError, match=r"1 of 2 clips: silent \(a\); 2 of 2 clips: clipped"):
        refuse([Oddity("silent", 1, 2, "clips", "a"), *told, Oddity("clipped", 2, 2, "clips", "b")])
