"""Clips: blind, in an order that says nothing, with a fingerprint of what they are."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clip, Clips, Recording
from asdbench.data.dcase.dataset import Dcase2020
from asdbench.data.decode import Generated
from asdbench.data.loading import load


def clips_of(recordings: list[Recording]) -> Clips:
    return load(recordings, Frontend())[0]


def changed(recordings: list[Recording], index: int, **clip: object) -> list[Recording]:
    """The recordings with one clip described differently."""
    copy = list(recordings)
    copy[index] = copy[index]._replace(clip=replace(copy[index].clip, **clip))
    return copy


def test_blind_clips_have_no_label_and_no_name_and_nothing_else_is_lost(small_clips: Clips) -> None:
    blind = small_clips.blind()
    assert {clip.anomalous for clip in blind} == {None}
    assert {clip.name for clip in blind} == {None}
    for seen, clip in zip(blind, small_clips, strict=True):
        assert seen == replace(clip, anomalous=None, name=None)
    assert torch.equal(blind.waves(), small_clips.waves())


@pytest.mark.parametrize(
    "derived",
    [
        lambda clips: clips.where(split="test"),
        lambda clips: clips.filter(lambda clip: clip.id == "00"),
        lambda clips: clips.pick([3, 1]),
        lambda clips: clips.canonical(),
    ],
)
def test_what_is_made_of_blind_clips_is_blind(small_clips: Clips, derived) -> None:
    found = derived(small_clips.blind())
    assert len(found) > 0
    assert all(clip.anomalous is None and clip.name is None for clip in found)


def test_blind_clips_hold_no_label_or_name_anywhere(small_clips: Clips) -> None:
    content = pickle.dumps(small_clips.where(split="test").blind())
    assert b"anomaly" not in content
    assert b".wav" not in content
    assert b"anomaly" in pickle.dumps(small_clips)  # so the search would have found it


def test_blind_clips_of_a_folder_hold_no_path(wav_tree: Callable[..., Path]) -> None:
    root = wav_tree()
    content = pickle.dumps(clips_of(Dcase2020(str(root)).recordings()).blind())
    assert b"anomaly" not in content
    assert str(root).encode() not in content


def test_a_clip_has_these_fields_and_no_more() -> None:
    # One more could give the label away: think of blind() first.
    assert [field.name for field in fields(Clip)] == [
        "machine",
        "id",
        "subset",
        "split",
        "anomalous",
        "name",
        "domain",  # blind() takes both from test clips
        "attributes",
    ]


def test_the_fingerprint_ignores_order(small_recordings: list[Recording]) -> None:
    expected = clips_of(small_recordings).fingerprint
    assert clips_of(small_recordings[::-1]).fingerprint == expected
    assert clips_of(small_recordings).pick([*range(32)][::-1]).fingerprint == expected


def test_the_fingerprint_ignores_the_path(wav_tree: Callable[..., Path]) -> None:
    here, there = wav_tree("here"), wav_tree("there")
    one, other = (clips_of(Dcase2020(str(root)).recordings()) for root in (here, there))
    assert one.fingerprint == other.fingerprint
    assert one.test_sets == other.test_sets


def test_a_folder_and_the_same_clips_in_memory_are_the_same(
    small_recordings: list[Recording], wav_tree: Callable[..., Path]
) -> None:
    on_disk = clips_of(Dcase2020(str(wav_tree(machines=("fan",), train=4))).recordings())
    in_memory = clips_of([r for r in small_recordings if r.clip.machine == "fan"])
    assert on_disk.fingerprint == in_memory.fingerprint
    assert torch.equal(on_disk.waves(), in_memory.waves())


@pytest.mark.parametrize(
    "change",
    [
        {"anomalous": None},
        {"anomalous": True},
        {"name": "another.wav"},
        {"machine": "pump"},
        {"id": "04"},
        {"subset": "evaluation"},
        {"split": "test"},
    ],
)
def test_the_fingerprint_changes_with_every_field(
    small_recordings: list[Recording], change: dict[str, object]
) -> None:
    assert small_recordings[0].clip.anomalous is False
    other = clips_of(changed(small_recordings, 0, **change))
    assert other.fingerprint != clips_of(small_recordings).fingerprint


def test_the_fingerprint_changes_with_one_sample(small_recordings: list[Recording]) -> None:
    samples = np.array(small_recordings[0].source.read()[0])
    samples[777] += 1
    touched = Generated("touched", lambda: samples, len(samples), 16000)
    other = clips_of([small_recordings[0]._replace(source=touched), *small_recordings[1:]])
    assert other.fingerprint != clips_of(small_recordings).fingerprint


def test_the_test_set_is_the_test_clips_names_and_labels(
    small_recordings: list[Recording],
) -> None:
    expected = clips_of(small_recordings).test_sets
    splits = [recording.clip.split for recording in small_recordings]
    train, test = splits.index("train"), splits.index("test")
    assert clips_of(changed(small_recordings, train, name="other.wav")).test_sets == expected
    assert clips_of(small_recordings[1:]).test_sets == expected  # a training clip less
    assert clips_of(changed(small_recordings, test, name="other.wav")).test_sets != expected
    assert clips_of(changed(small_recordings, test, anomalous=None)).test_sets != expected
    assert clips_of(changed(small_recordings, test, id="07")).test_sets != expected


def test_each_subset_has_a_test_set_of_its_own(small_recordings: list[Recording]) -> None:
    fan = [r for r in small_recordings if r.clip.machine == "fan"]
    valve = [
        r._replace(clip=replace(r.clip, subset="evaluation"))
        for r in small_recordings
        if r.clip.machine == "valve"
    ]
    both, one = clips_of([*fan, *valve]).test_sets, clips_of(fan).test_sets
    assert list(both) == ["development", "evaluation"]
    assert list(one) == ["development"]
    assert both["development"] == one["development"]


def test_where_filter_and_pick_choose_clips_with_their_sound(small_clips: Clips) -> None:
    chosen = small_clips.where(machine="fan", id="02", split="train")
    assert len(chosen) == 4
    assert {(c.machine, c.id, c.split) for c in chosen} == {("fan", "02", "train")}
    wanted = [i for i, c in enumerate(small_clips) if c in set(chosen)]
    assert list(chosen) == [small_clips[i] for i in wanted]
    assert torch.equal(chosen.waves(), small_clips.waves(wanted))
    assert torch.equal(small_clips.filter(lambda c: c in set(chosen)).waves(), chosen.waves())
    picked = small_clips.pick([5, 0, 5])
    assert list(picked) == [small_clips[5], small_clips[0], small_clips[5]]
    assert torch.equal(picked.waves([0, 1]), small_clips.waves([5, 0]))
    assert torch.equal(chosen.pick([2]).waves(), small_clips.waves([wanted[2]]))
    assert len(small_clips.where(machine="nothing")) == 0


def test_a_misspelt_field_is_no_empty_choice(small_clips: Clips) -> None:
    with pytest.raises(AttributeError):
        small_clips.where(machin="fan")


def test_waves_are_the_files_samples_over_32768(wav_tree: Callable[..., Path]) -> None:
    root = wav_tree()
    clips = clips_of(Dcase2020(str(root)).recordings())
    waves = clips.waves()
    assert waves.shape == (len(clips), clips.samples) == (len(clips), 16000)
    assert waves.dtype == torch.float32
    for clip, wave in zip(clips, waves, strict=True):
        path = root / "dev_data" / clip.machine / clip.split / str(clip.name)
        expected = soundfile.read(path, dtype="int16")[0] / np.float32(32768)
        np.testing.assert_array_equal(wave.numpy(), expected)


def test_changing_what_was_read_changes_no_clip(small_clips: Clips) -> None:
    before = small_clips.waves([0]).clone()
    small_clips.waves([0]).zero_()
    assert torch.equal(small_clips.waves([0]), before)


def test_sizes(small_clips: Clips) -> None:
    assert (small_clips.sample_rate, small_clips.samples) == (16000, 16000)
    assert small_clips.logmel().shape == (32, small_clips.bands, small_clips.frames)


def test_a_worker_in_another_process_gets_the_same_clips(small_clips: Clips) -> None:
    copy = pickle.loads(pickle.dumps(small_clips.where(split="test").blind()))
    assert list(copy) == list(small_clips.where(split="test").blind())
    assert torch.equal(copy.waves(), small_clips.where(split="test").waves())
