"""A method's bones, with whatever it is to have learned, and types that it may hold."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import nn


@dataclass
class Learner:
    """A method's bones."""

    lr: float = 0.1
    rest: Any = field(default=None, repr=False)


def learner(**learned: Any) -> Learner:
    made = Learner()
    vars(made).update(learned)
    return made


class Shade(enum.Enum):
    DARK = 1


class Pair(NamedTuple):
    left: int
    right: int


def twice(x: float) -> float:
    return 2 * x


class Odd(nn.Module):
    """Tied weights, a buffer that isn't saved, None for a parameter, and a plain attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 2, 3, bias=False), nn.BatchNorm2d(2), nn.PReLU())
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3)
        self.second.weight = self.first.weight
        self.rnn = nn.GRU(3, 2, batch_first=True)
        self.register_buffer("shift", torch.ones(3), persistent=False)
        self.register_parameter("none", None)
        self.act = torch.nn.functional.relu
        self.scale = 0.5

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.body(x[:, None]).flatten(1)[:, :3] + self.shift
        z, _ = self.rnn(self.act(self.second(self.first(y)))[:, None])
        return self.scale * z
