"""Waves and log-mel of clips: kept once for all that are chosen from them."""

from __future__ import annotations

import gc
import pickle

import pytest
import torch

from asdbench.data import features
from asdbench.data.clips import Clips
from asdbench.data.features import upload


@pytest.fixture
def others(small_clips: Clips) -> set[int]:
    """The tensors that there were before the test, with those of the frontend."""
    small_clips.pick([0]).blind().logmel()
    gc.collect()
    return set(_tensors())


def _tensors() -> dict[int, int]:
    """Bytes of each block of memory that a tensor is in, by its address."""
    found = [x for x in gc.get_objects() if type(x) is torch.Tensor and x.device.type == "cpu"]
    return {x.untyped_storage().data_ptr(): x.untyped_storage().nbytes() for x in found}


def held(others: set[int]) -> int:
    gc.collect()
    return sum(size for place, size in _tensors().items() if place not in others and size > 4096)


def bytes_of(clips: Clips) -> int:
    return 4 * len(clips) * clips.bands * clips.frames


def ids(clips: Clips) -> list[Clips]:
    return [clips.where(machine=m, id=i) for m in ("fan", "valve") for i in ("00", "02")]


def test_clips_chosen_from_others_share_what_is_kept_of_them(
    blind: Clips, others: set[int], computed: list[int]
) -> None:
    parts = ids(blind)
    for part in parts:
        for _ in range(3):
            part.logmel([3, 0])
            part.logmel()
    again = [blind.filter(lambda clip: clip.id == "00"), blind.pick([5, 1]), blind.canonical()]
    for part in (*again, parts[0].pick([1]), blind):
        part.logmel([0])
        part.logmel()
    assert sum(computed) == len(blind)
    assert held(others) == bytes_of(blind)


def test_asking_for_one_id_computes_no_other(blind: Clips, computed: list[int]) -> None:
    part = blind.where(machine="fan", id="02")
    first = part.logmel([0])
    assert sum(computed) == len(part) == 8
    picked = part.pick([0]).logmel()
    assert torch.equal(picked, first)
    assert sum(computed) == 8


def test_one_share_of_memory_holds_for_all_of_them(
    blind: Clips, others: set[int], computed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = blind.pick(range(32)).blind().logmel()
    computed.clear()
    monkeypatch.setattr(features, "_share_of_a_core", lambda: 2 * 20 * bytes_of(blind) / 32)
    parts = ids(blind)
    for _ in range(2):
        for part in parts:
            for start in range(0, len(part), 4):
                part.logmel(range(start, start + 4))
        assert held(others) <= 20 * bytes_of(blind) / 32 + expected.nbytes
    assert computed.count(4) == 2 * 2 * 2  # of two IDs there was no room for, with each batch
    assert sum(computed) == 16 + 2 * 16
    for part in parts:
        rows = [i for i, clip in enumerate(blind) if (clip.machine, clip.id) == _of(part)]
        assert torch.equal(part.logmel(), expected[rows])
        assert torch.equal(part.logmel([7, 2]), expected[rows][[7, 2]])
    assert torch.equal(blind.logmel(), expected)


def _of(clips: Clips) -> tuple[str, str]:
    return clips[0].machine, clips[0].id


def test_blind_clips_begin_anew(small_clips: Clips, computed: list[int]) -> None:
    part = small_clips.where(split="test")
    part.blind().logmel()
    part.blind().logmel()
    assert sum(computed) == 2 * len(part)


def test_another_process_gets_neither_what_is_kept_nor_other_clips(
    blind: Clips, computed: list[int]
) -> None:
    fresh = len(pickle.dumps(blind))
    part = blind.where(machine="fan", id="00")
    expected = part.logmel()
    blind.logmel()
    assert len(pickle.dumps(blind)) == fresh
    assert len(pickle.dumps(part)) < fresh
    copy = pickle.loads(pickle.dumps(part))
    computed.clear()
    assert torch.equal(copy.where(id="00").logmel(), expected)
    assert sum(computed) == len(part)


def test_what_is_kept_goes_with_the_last_clips_that_share_it(
    small_clips: Clips, others: set[int]
) -> None:
    clips = small_clips.blind()
    part = clips.where(id="00")
    clips.logmel()
    assert held(others) == bytes_of(clips)
    whole = bytes_of(clips)
    del clips
    assert held(others) == whole
    del part
    assert held(others) == 0


def test_waves_that_are_kept_are_those_of_the_bank(
    blind: Clips, others: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "_room_on", lambda device: (1e9, 0.0))  # as on a GPU
    part = blind.where(id="02")
    expected = torch.from_numpy(part.bank.rows(list(part._rows))) / 32768
    assert torch.equal(part.waves(), expected)
    assert torch.equal(part.waves(torch.tensor([3, 1])), expected[[3, 1]])
    assert torch.equal(blind.pick([5, 5]).waves(), blind.waves([5, 5]))
    part.waves([0]).zero_()
    assert torch.equal(part.waves(), expected)
    assert held(others) == 2 * len(blind) * blind.samples + expected.nbytes


def test_what_is_on_the_device_already_is_not_copied() -> None:
    x = torch.arange(3)
    assert upload(x, "cpu") is x
