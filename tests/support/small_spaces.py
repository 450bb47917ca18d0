"""Studies on a small space, as a process that was just started sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from optuna.trial import Trial, TrialState

from asdbench.training.method import Space
from asdbench.tuning.space import Field
from asdbench.tuning.study import Study

SPACE = {
    "lr": Field(Space(1e-4, 1e-1, log=True), float, 1e-2),
    "stage.width": Field(Space(1, 64, log=True), int, 8),
    "stage.kind": Field(Space(choices=("small", "large")), str, "small"),
}
Comparable = tuple[int, TrialState, dict[str, Any], float | None, str | None, dict[int, float]]


def opened(
    folder: Path,
    url: str | None = None,
    space: dict[str, Field] = SPACE,
    source: str = "code",
    about: str = "",
) -> Study:
    """The study of a folder."""
    folder.mkdir(exist_ok=True)
    study = Study("study", folder, space, seed=7, url=url, source=source, about=about)
    study.begin_with({name: field.default for name, field in space.items()})
    return study


def value_of(trial: Trial) -> float:
    """An objective that the space's best corner has most of."""
    penalty = {"small": 0.0, "large": 0.3}[trial.params["stage.kind"]]
    return -abs(trial.params["lr"] - 0.03) - trial.params["stage.width"] / 100 - penalty


def comparable(study: Study) -> list[Comparable]:
    """All that there is to know of its trials, but when they ran."""
    return [
        (t.number, t.state, t.params, t.value, t.user_attrs.get("figures"), t.intermediate_values)
        for t in study.all()
    ]
