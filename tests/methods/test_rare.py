"""Mixtures of target and source clips, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from asdbench_methods._rare import MixedWithSource
from asdbench_methods._references import Made
from told import telling

from asdbench import Clips

DOMAINS = ["source", "source", "source", "target"]
AT = np.array([[0.0], [1.0], [5.0], [2.0]])  # of the four clips of one machine ID


def mixed_with_source(embeddings: np.ndarray, train: Clips, count: int) -> Made | None:
    ids, domains = [(c.machine, c.id) for c in train], [c.domain for c in train]
    return MixedWithSource(count).of(embeddings, ids, domains)


@pytest.fixture
def fan(train: Clips) -> Clips:
    one_id = train.where(machine="fan", id="00")
    return telling(one_id, lambda place, clip: replace(clip, domain=DOMAINS[place]))


def test_a_target_clip_is_mixed_with_its_nearest_source_clips(fan: Clips) -> None:
    made = mixed_with_source(AT, fan, 2)
    assert made is not None
    np.testing.assert_allclose(made.embeddings, [[0.9 * 2 + 0.1 * 1], [0.9 * 2 + 0.1 * 0]])
    assert made.ids == [("fan", "00")] * 2
    assert made.domains == ["target"] * 2


def test_more_than_there_are_is_all(fan: Clips) -> None:
    made = mixed_with_source(AT, fan, 990)
    assert made is not None
    assert len(made.embeddings) == 3


def test_without_two_domains_nothing_is_mixed(fan: Clips, train: Clips) -> None:
    assert mixed_with_source(AT, fan, 0) is None
    assert mixed_with_source(np.zeros((len(train), 1)), train, 5) is None
    alike = telling(fan, lambda _, clip: replace(clip, domain="source"))
    assert mixed_with_source(AT, alike, 5) is None


def test_machine_ids_keep_to_themselves(train: Clips) -> None:
    told = telling(
        train, lambda _, clip: replace(clip, domain="target" if clip.id == "00" else "source")
    )
    assert mixed_with_source(np.zeros((len(train), 1)), told, 5) is None
