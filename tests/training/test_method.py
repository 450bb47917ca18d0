"""What a method is lent, how its fields are tuned, and what counts as scores."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from trainings import context_in

from asdbench.training.method import Context, Space, checked_scores, tunable


def test_a_tunable_field_has_its_default_and_its_space_in_one_place() -> None:
    @dataclass(frozen=True)
    class Method:
        lr: float = tunable(1e-3, low=1e-5, high=1e-2, log=True)
        k: int = tunable(3, low=1, high=8)
        kind: str = tunable("a", choices=["a", "b"])
        plain: int = 0

    assert Method() == Method(lr=1e-3, k=3, kind="a", plain=0)
    assert {field.name: field.metadata.get("space") for field in fields(Method)} == {
        "lr": Space(1e-5, 1e-2, log=True),
        "k": Space(1, 8),
        "kind": Space(choices=("a", "b")),
        "plain": None,
    }


@pytest.mark.parametrize(
    "space", [{}, {"low": 1}, {"high": 1}, {"low": 1, "high": 2, "choices": (1, 2)}]
)
def test_a_space_is_a_range_or_choices(space: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"tunable\(3\) needs either low and high, or choices"):
        tunable(3, **space)


@dataclass(frozen=True)
class Config:
    width: int = 2


def test_a_stage_is_asked_of_whatever_keeps_them(tmp_path: Path) -> None:
    asked: list[tuple[Any, ...]] = []

    class Kept:
        def get(self, *given: Any) -> dict[str, torch.Tensor]:
            asked.append(given)
            return {"x": torch.ones(1)}

    def train(config: Config, context: Context) -> dict[str, torch.Tensor]:
        return {}

    context = replace(context_in(tmp_path), stages=Kept())
    assert context.stage("first", Config(), train) == {"x": torch.ones(1)}
    assert asked == [(context, "first", Config(), train)]
    assert context.device == "cpu"


@pytest.mark.parametrize(
    "scores",
    [
        [1, 2.5, -3],
        np.array([1, 2.5, -3], np.float32),
        torch.tensor([1, 2.5, -3]),
        (np.float64(1), 2.5, -3),
        np.ma.masked_greater([1, 2.5, -3], 4),
    ],
)
def test_scores_are_numbers_of_any_kind(scores: Any) -> None:
    found = checked_scores(scores, 3)
    assert found.dtype == np.float64
    assert found.tolist() == [1.0, 2.5, -3.0]


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        ([1.0, 2.0], r"score gave shape \(2,\) for 3 clips; give \(3,\)"),
        ([[1.0], [2.0], [3.0]], r"score gave shape \(3, 1\) for 3 clips; give \(3,\)"),
        (1.0, r"score gave shape \(\) for 3 clips; give \(3,\)"),
        ([1.0, np.nan, np.inf], "score gave 2 NaN or infinite values of 3"),
        ([1.0, 2.0, -np.inf], "score gave 1 NaN or infinite values of 3"),
        (np.ma.masked_greater([1.0, 2.0, 3.0], 2), "score gave 1 masked values of 3; give each"),
        (np.array([1, 2**63, 2**63 + 1], np.uint64), "score gave 1 integers of 3 that float64"),
        (torch.tensor([1, 2, -(2**53) - 1]), "score gave 1 integers of 3 that float64"),
    ],
)
def test_what_is_no_score_is_named(scores: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        checked_scores(scores, 3)
