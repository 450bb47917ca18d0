"""What a clip keeps when it becomes blind, and what a fingerprint is told of it."""

from __future__ import annotations

import pytest

from asdbench.data.recording import Clip, blinded, told, without_auc

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


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([True, False, None], ""),
        ([True, None], "fan id_00: only anomalous test clips, so it has no AUC"),
        ([False], "fan id_00: only normal test clips, so it has no AUC"),
        ([None], "fan id_00: no labelled test clips, so it has no AUC"),
    ],
)
def test_both_labels_make_an_auc(labels: list[bool | None], said: str) -> None:
    assert without_auc("fan", "00", labels) == said
