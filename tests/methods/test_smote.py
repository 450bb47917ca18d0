"""SMOTE on points in a plane."""

from __future__ import annotations

import torch
from asdbench_methods._smote import smote

FEW = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [9.0, 9.0]])


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_new_points_lie_between_neighbours() -> None:
    made = smote(FEW, 200, generator(), neighbours=1)
    # The nearest of 0,0 and of 0,1 and 1,0 are each other; that of 9,9 is the first with 1 in it.
    on_lines = [
        bool((x == 0 and 0 <= y <= 1) or (y == 0 and 0 <= x <= 1) or (y == 9 * (x - 1) / 8))
        or bool(torch.isclose(y, 9 * (x - 1) / 8, atol=1e-4))
        for x, y in made
    ]
    assert all(on_lines)
    assert len({tuple(point) for point in made.tolist()}) > 190


def test_two_examples_are_each_others_neighbour() -> None:
    made = smote(FEW[:2], 50, generator())
    assert (made[:, 1] == 0).all()
    assert 0 <= made[:, 0].min() < 0.2
    assert 0.8 < made[:, 0].max() <= 1


def test_the_same_generator_the_same_examples() -> None:
    assert torch.equal(smote(FEW, 5, generator()), smote(FEW, 5, generator()))
    assert not torch.equal(smote(FEW, 5, generator()), smote(FEW, 5, generator(1)))
