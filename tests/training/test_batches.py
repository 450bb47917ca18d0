"""Batches: equal, never none, and drawn anew each epoch."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from torch import Tensor

from asdbench.training.batches import balanced_batches, random_batches


@pytest.mark.parametrize(
    ("examples", "batch", "shape"),
    [(20, 6, (3, 6)), (12, 6, (2, 6)), (6, 6, (1, 6)), (5, 6, (1, 5)), (1, 512, (1, 1))],
)
def test_batches_are_equal_and_there_is_always_one(
    examples: int, batch: int, shape: tuple[int, int]
) -> None:
    drawn = random_batches(examples, batch)(torch.Generator().manual_seed(0))
    assert drawn.shape == shape
    assert len(set(drawn.flatten().tolist())) == drawn.numel()  # without replacement
    assert set(drawn.flatten().tolist()) <= set(range(examples))


def test_another_remainder_is_left_out_each_epoch() -> None:
    draw = random_batches(10, 4)
    left_out = {
        frozenset(range(10)) - set(draw(torch.Generator().manual_seed(seed)).flatten().tolist())
        for seed in range(20)
    }
    assert len(left_out) > 5


def balanced(labels: list[int], batch: int, per_class: int, *, seed: int = 0) -> Tensor:
    return balanced_batches(labels, batch, per_class)(torch.Generator().manual_seed(seed))


def interleaved(classes: int, clips: int) -> list[int]:
    """Labels 10, 11, ..., 10, 11, ...: as many clips of each class, not beside each other."""
    return [10 + label for label in range(classes)] * clips


@pytest.mark.parametrize(
    ("classes", "clips", "batch", "per_class", "steps", "classes_a_batch", "clips_a_class"),
    [
        (41, 8, 24, 4, 13, 6, 4),
        (41, 8, 128, 6, 2, 21, 6),  # 126 of 128
        (3, 20, 24, 4, 5, 3, 4),  # fewer classes than a batch could hold
        (5, 20, 5, 1, 20, 5, 1),
        (4, 9, 6, 8, 6, 1, 6),  # a batch smaller than what is asked of one class
        (1, 10, 8, 4, 2, 1, 4),
    ],
)
def test_balanced_batches_hold_so_many_classes_and_clips_of_each(
    classes: int,
    clips: int,
    batch: int,
    per_class: int,
    steps: int,
    classes_a_batch: int,
    clips_a_class: int,
) -> None:
    labels = interleaved(classes, clips)
    drawn = balanced(labels, batch, per_class)
    assert drawn.shape == (steps, classes_a_batch * clips_a_class)
    for one in drawn.tolist():
        counts = Counter(labels[row] for row in one)
        assert list(counts.values()) == [clips_a_class] * classes_a_batch
        assert len(set(one)) == len(one)  # clips enough: none of them twice


def test_a_class_with_few_clips_gives_each_of_them_about_as_often() -> None:
    labels = [7] * 30 + [3] * 2 + [5]
    for seed in range(10):
        drawn = balanced(labels, 15, 5, seed=seed)
        assert drawn.shape == (2, 15)
        for one in drawn.tolist():
            counts = Counter(one)
            assert sorted(counts[row] for row in (30, 31)) == [2, 3]
            assert counts[32] == 5
            assert sorted(counts.values())[:5] == [1] * 5  # of class 7, none twice
    # Neither of the two clips is always the one that comes more often.
    often = {Counter(balanced(labels, 15, 5, seed=s)[0].tolist())[30] for s in range(10)}
    assert often == {2, 3}


@pytest.mark.parametrize(
    ("labels", "batch", "per_class", "width"),
    [([4, 4, 9], 128, 6, 12), ([0], 8, 4, 4), ([0, 1, 2], 12, 4, 12)],
)
def test_balanced_batches_are_at_least_one(
    labels: list[int], batch: int, per_class: int, width: int
) -> None:
    drawn = balanced(labels, batch, per_class)
    assert drawn.shape == (1, width)
    assert set(drawn.flatten().tolist()) == set(range(len(labels)))


def test_balanced_batches_depend_on_the_generator_alone() -> None:
    labels = interleaved(9, 6)
    draw = balanced_batches(labels, 12, 3)
    one, again, other = (draw(torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(one, balanced(labels, 12, 3, seed=1))  # whatever was drawn before


def test_balanced_batches_draw_every_class_and_every_clip_in_time() -> None:
    labels = interleaved(9, 6)
    draw = balanced_batches(labels, 12, 3)
    generator = torch.Generator().manual_seed(0)
    epochs = [draw(generator) for _ in range(30)]
    counts = Counter(row for epoch in epochs for row in epoch.flatten().tolist())
    assert set(counts) == set(range(len(labels)))
    first = {tuple(labels[row] for row in batch[::3]) for epoch in epochs for batch in epoch}
    assert len(first) > 50  # the classes of a batch, too, are drawn anew
