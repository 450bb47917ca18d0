"""What a clip keeps when it becomes blind, and what a fingerprint is told of it."""

from __future__ import annotations

import pytest

from asdbench.data.recording import Clip, blinded, told

PAIRS = (("vel", "6"),)


@pytest.mark.parametrize("split", ["train", "supplemental"])
def test_what_is_there_to_learn_from_stays(split: str) -> None:
    clip = Clip("fan", "00", "development", split, False, "a.wav", "source", PAIRS)
    assert blinded(clip) == Clip("fan", "00", "development", split, None, None, "source", PAIRS)
    assert told(clip) == ["source", PAIRS]
    assert told(Clip("fan", "00", "development", split, False, "a.wav")) == []


def test_of_a_test_clip_nothing_is_told() -> None:
    clip = Clip("fan", "00", "development", "test", True, "a.wav", "source", PAIRS)
    assert blinded(clip) == Clip("fan", "00", "development", "test", None)
    assert told(clip) == []
