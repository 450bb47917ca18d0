"""Finished studies, made by hand: trials of every end, a pick, and what is true of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState, create_trial

from asdbench.config.experiment import Experiment
from asdbench.tuning.finalists import Picked
from asdbench.tuning.result import Result
from asdbench.tuning.study import FinishedTrial
from asdbench.tuning.verdict import Verdict

DEFAULTS = {"lr": 0.01, "stage": {"width": 8, "kind": "small"}, "other": 3, "none": None}
PARAMS = {"lr": 0.03125, "stage.width": 16}
SPACES = {
    "lr": FloatDistribution(1e-4, 1e-1, log=True),
    "stage.width": IntDistribution(1, 64),
    "stage.kind": CategoricalDistribution(["small", "<b>large"]),
}
ENDS = {4: TrialState.PRUNED, 6: TrialState.FAIL}


def result(tmp_path: Path, **changed: Any) -> Result:
    """A finished study whose trial 3 beat the default, unless something else is said."""
    picked = Picked(
        trial=FinishedTrial(3, changed.pop("params", PARAMS), 0.5, {}),
        fields={"lr": 0.03125, "stage": {"width": 16, "kind": "small"}, "other": 3, "none": None},
        verdict=changed.pop("verdict", Verdict(0.25, 0.125, 0.01)),
        kept=0.96,
        dropped=changed.pop("dropped", []),
        tested=changed.pop("tested", [(0.5, 0.25), (0.125, 0.25)]),
    )
    whole: dict[str, Any] = {
        "method": "mine",
        "file": "./mine.py",
        "experiment": Experiment(methods={"mine": {"other": 3, "none": None}}),
        "base": "demo",
        "objective": "proxy",
        "trials": [],
        "picked": picked,
        "defaults": DEFAULTS,
        "old": 0,
        "out": tmp_path,
    }
    return Result(**(whole | changed))


def study_of(trials: int) -> optuna.Study:
    """A study whose first trial is the default; the fifth was stopped, the seventh failed.

    Every third has no ``stage.width``. The objective is mostly that of ``lr``.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize")
    for number in range(trials):
        study.add_trial(_trial(number))
    return study


def _trial(number: int) -> FrozenTrial:
    lr = 0.01 if number == 0 else 10 ** -(1 + (number * 7 % 11) / 4)
    kind = ("small", "<b>large")[number % 2]
    params = {"lr": lr, "stage.width": 8 + number, "stage.kind": kind}
    if number % 3 == 2:
        del params["stage.width"]
    end = ENDS.get(number, TrialState.COMPLETE)
    return create_trial(
        state=end,
        params=params,
        distributions={name: SPACES[name] for name in params},
        value=-abs(lr - 0.03) * 10 if end == TrialState.COMPLETE else None,
        user_attrs={"failed": "ValueError: <too> wide"} if end == TrialState.FAIL else {},
    )
