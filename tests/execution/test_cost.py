"""What a cell took: sizes counted against arithmetic on paper."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asdbench.execution.cost import cost, multiply_adds, parameters


class Attends(nn.Module):
    def forward(self, x_NHTD: Tensor) -> Tensor:
        return nn.functional.scaled_dot_product_attention(x_NHTD, x_NHTD, x_NHTD)


class Convolves:
    """One convolution of 8 filters of 3 x 3 over 6 x 6 places, and ten outputs of 288 numbers."""

    def __init__(self) -> None:
        self.network_ = nn.Sequential(nn.Conv2d(1, 8, 3), nn.Flatten(), nn.Linear(288, 10))
        self.same_ = self.network_
        self.heard: list[int] = []

    def score(self, test: list[int]) -> Any:
        self.heard.append(len(test))
        outside = torch.ones(50, 50) @ torch.ones(50, 50)  # a front end's, no network's
        with torch.inference_mode():
            return self.network_(torch.ones(len(test), 1, 8, 8)).sum(dim=1) + outside[0, 0]


class Picked(list[int]):
    def pick(self, rows: list[int]) -> Picked:
        return Picked(self[row] for row in rows)


def test_networks_are_counted_once_and_by_hand() -> None:
    method: Any = Convolves()
    clips: Any = Picked(range(7))
    found = cost(method, clips, fit_seconds=3.0, score_seconds=0.5)
    assert found == {
        "fit_seconds": 3.0,
        "score_seconds": 0.5,
        "clips": 7,
        "parameters": 8 * 9 + 8 + 288 * 10 + 10,
        "multiply_adds": 8 * 9 * 36 + 288 * 10,
    }
    assert method.heard == [1]


def test_attention_counts() -> None:
    x_NHTD = torch.ones(1, 2, 5, 4)
    assert multiply_adds(lambda: Attends().eval()(x_NHTD)) == 2 * 2 * 5 * 5 * 4


def test_what_has_no_networks_has_no_size() -> None:
    class Counts:
        mean_ = np.ones(3)

    assert parameters(Counts()) is None  # type: ignore[arg-type]
    assert multiply_adds(lambda: torch.ones(3, 3) @ torch.ones(3, 3)) is None


def test_a_method_that_refuses_one_clip_has_no_count() -> None:
    def refuse() -> None:
        raise ValueError("one clip is too few")

    assert multiply_adds(refuse) is None


@pytest.mark.parametrize("times", [1, 3])
def test_counting_leaves_nothing_behind(times: int) -> None:
    layer = nn.Linear(4, 4)
    counts = [multiply_adds(lambda: layer(torch.ones(2, 4))) for _ in range(times)]
    assert counts == [32] * times
