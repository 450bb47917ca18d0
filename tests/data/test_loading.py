"""Loading: from recordings to clips, in an order that says nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clip, Clips, Recording
from asdbench.data.dcase.dataset import Dcase2020
from asdbench.data.decode import Generated
from asdbench.data.loading import dataset_of, load
from asdbench.data.synthetic.dataset import Synthetic


def test_the_order_depends_neither_on_names_nor_on_the_order_given(
    small_recordings: list[Recording], small_clips: Clips
) -> None:
    shuffled = random.Random(0).sample(small_recordings, len(small_recordings))
    renamed = [
        recording._replace(clip=replace(recording.clip, name=f"{index:04d}.wav"))
        for index, recording in enumerate(shuffled)
    ]
    assert torch.equal(load(shuffled, Frontend()).clips.waves(), small_clips.waves())
    assert torch.equal(load(renamed, Frontend()).clips.waves(), small_clips.waves())
    assert list(load(shuffled, Frontend()).clips) == list(small_clips)


def test_the_order_does_not_sort_by_label(small_clips: Clips) -> None:
    labels = [clip.anomalous for clip in small_clips.where(split="test")]
    assert labels not in (sorted(labels), sorted(labels, reverse=True))


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.wav", "several test clips named 'a.wav'"), (None, "a test clip without a name")],
)
def test_test_clips_without_names_of_their_own_are_refused(
    small_recordings: list[Recording], name: str | None, said: str
) -> None:
    """Rows are compared clip by clip."""

    def renamed(split: str) -> list[Recording]:
        return [
            r._replace(clip=replace(r.clip, name=name)) if r.clip.split == split else r
            for r in small_recordings
        ]

    with pytest.raises(ValueError, match=rf"fan id_00 \(development\) has {said}; .* its own"):
        load(renamed("test"), Frontend())
    assert load(renamed("train"), Frontend()).clips


def test_loading_resolves_the_clip_length_and_tells_what_was_adapted() -> None:
    def make(value: int, samples: int) -> Recording:
        clip = Clip("fan", "00", "development", "train", False, f"{value}.wav")
        sound = partial(np.full, samples, value, np.int16)
        return Recording(clip, Generated(f"adapted-{value}-{samples}", sound, samples, 8000))

    recordings = [make(1, 8000), make(2, 8000), make(3, 9000), make(4, 100)]
    clips, frontend, oddities, _ = load(recordings, Frontend())
    assert frontend == replace(Frontend(), clip_seconds=1.0)
    assert clips.samples == 16000
    assert [str(one) for one in oddities if not one.fault] == [
        "1 of 4 clips: cut to the clip length (fan/train/3.wav)",
        "4 of 4 clips: resampled from 8000 Hz to 16000 Hz (fan/train/1.wav)",
    ]
    assert load(recordings, replace(Frontend(), clip_seconds=0.5))[0].samples == 8000
    same = load(recordings, frontend)[0]
    assert same.fingerprint == clips.fingerprint


def test_progress_counts_what_is_decoded() -> None:
    def make(index: int) -> Recording:
        clip = Clip("fan", "00", "development", "train", False, f"{index}.wav")
        sound = partial(np.full, 16000, index, np.int16)
        return Recording(clip, Generated(f"told-{index}", sound, 16000, 16000))

    told: list[tuple[int, int]] = []
    recordings = [make(i) for i in range(3)]
    load(recordings, Frontend(), lambda *counts: told.append(counts))
    load(recordings, Frontend(), lambda *counts: told.append(counts))  # they are decoded by now
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_table_names_a_dataset_and_its_fields() -> None:
    fields = {"name": "synthetic", "machines": ["fan"], "train": 3}
    assert dataset_of(fields) == Synthetic(machines=("fan",), train=3)
    assert dataset_of({"name": "dcase2020", "path": "there"}) == Dcase2020("there")
    assert fields["name"] == "synthetic"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "dataset has no name; add name"),
        ({"name": "synthetik"}, r"synthetik.*did you mean synthetic\?"),
        ({"name": "synthetic", "trian": 3}, r"dataset synthetic.*trian.*did you mean train\?"),
    ],
)
def test_a_table_that_names_none_is_said_to(fields: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        dataset_of(fields)
