"""What the mirror is told of a study: plain data, no word of Optuna's or MLflow's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StudyName:
    """Which study: the benchmark that it belongs to, its own name, and the method that it tunes.

    ``shared`` says that other output folders run trials of it too: then it is one for all of them.
    """

    benchmark: str
    study: str
    method: str
    shared: bool = False


@dataclass(frozen=True)
class TrialRecord:
    """A trial that is over: number, state in capitals, objective, parameters, figures by name."""

    number: int
    state: str
    value: float | None
    params: Mapping[str, Any]
    figures: Mapping[str, float]
