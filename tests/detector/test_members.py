"""Fits are restored once, and by the code that they are of."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from small_detectors import detector

from asdbench.data.clips import Clips
from asdbench.data.threads import threads
from asdbench.detector.members import Members, lent
from asdbench.results.store import Store


def test_a_part_is_restored_when_it_is_needed_and_once(
    store: Store, small_clips: Clips, made: Path
) -> None:
    members = detector(store, None, "autoencoder", made).members
    assert members.of(0, "fan") is members.of(0, "fan")
    assert members.of(0, "fan") is not members.of(0, "valve")
    every = detector(store, None, "id_classifier", made).members
    assert every.of(0, "fan") is every.of(0, "valve")  # it was fitted to both


def test_other_code_is_said_once(
    store: Store, made: Path, caplog: pytest.LogCaptureFixture
) -> None:
    loaded = detector(store, None, "autoencoder", made)
    changed = replace(loaded.about.members[0], source="another")
    about = replace(loaded.about, members=[changed])
    members = Members(made, about, loaded.numerics)
    with caplog.at_level(logging.WARNING):
        members.of(0, "fan")
        members.of(0, "valve")
    assert len(caplog.records) == 1
    gone = replace(about, members=[replace(changed, method="gone")])
    with pytest.raises(ValueError, match=r"no method 'gone'.*install it here"):
        Members(made, gone, loaded.numerics).of(0, "fan")


def test_what_is_made_of_clips_is_made_each_time(
    store: Store, made: Path, small_clips: Clips
) -> None:
    loaded = detector(store, None, "knn", made)
    context = lent(made, loaded.numerics)
    asked: list[int] = []

    def make(clips: Clips) -> torch.Tensor:
        asked.append(len(clips))
        return torch.zeros(len(clips))

    for _ in range(2):
        context.kept("x", None, small_clips, make)
    assert asked == [32, 32]
    assert context.stage("y", 1, lambda *_: {"a": torch.ones(1)})["a"] == 1
    assert not (made / "scratch").exists()


def test_threads_are_set_for_a_while() -> None:
    with threads(3):
        assert torch.get_num_threads() == 3
    assert torch.get_num_threads() == 1
