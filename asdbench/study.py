"""An Optuna study that can be killed at any moment and goes on as if it had not been."""

from __future__ import annotations

import json
import platform
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
import sqlalchemy.exc
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from asdbench.search_space import Field
from asdbench.seeds import derive

optuna.logging.set_verbosity(optuna.logging.WARNING)
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
# A trial that was killed reports its first figures again when it goes on.
warnings.filterwarnings("ignore", message="The reported value is ignored")

STARTUP = 10  # trials at random before the sampler learns from them
Figures = Mapping[str, float]  # instance -> figure

_OVERTAKEN = (sqlalchemy.exc.IntegrityError, sqlalchemy.exc.ProgrammingError)


@dataclass(frozen=True)
class Finished:
    """A trial that ran to its end: number, parameters by dotted name, objective, figures."""

    number: int
    params: Mapping[str, Any]
    value: float
    figures: Figures


class Study:
    """Trials in a storage that other processes may share.

    ``folder`` marks the trials of one output folder: who holds its lock knows that nobody else
    runs them. Without ``storage``, it is a file in that folder, and all trials are of it.
    """

    def __init__(
        self, name: str, folder: Path, space: Mapping[str, Field], seed: int, storage: str | None
    ) -> None:
        self._study = optuna.create_study(
            study_name=name,
            storage=_opened(storage or f"sqlite:///{folder.resolve()}/study.db"),
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.WilcoxonPruner(p_threshold=0.05),
        )
        self._shared = storage is not None
        self._here = f"{platform.node()}:{folder.resolve()}"
        self._space, self._seed = space, seed
        self._first: Mapping[str, Any] = {}

    @property
    def name(self) -> str:
        """The study's name in its storage."""
        return str(self._study.study_name)

    @property
    def optuna(self) -> optuna.Study:
        """The study itself, for plots."""
        return self._study

    def begin_with(self, params: Mapping[str, Any]) -> None:
        """Let the first trial have these parameters, where they lie within the space."""
        self._first = params

    def orphans(self) -> list[Trial]:
        """Trials that were begun here and never finished, with all their parameters."""
        running = self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        mine = [
            trial
            for trial in running
            if not self._shared or trial.user_attrs.get("folder") == self._here
        ]
        return [self._with_parameters(Trial(self._study, trial._trial_id)) for trial in mine]

    def ask(self, most: int, trials: int) -> list[Trial]:
        """Up to ``most`` new trials, while there are fewer than ``trials`` in all."""
        asked: list[Trial] = []
        while len(asked) < most and (trial := self._claimed(trials)):
            asked.append(self._with_parameters(trial))
        return asked

    def tell(self, trial: Trial, value: float, figures: Figures) -> None:
        """A trial ran to its end."""
        trial.set_user_attr("figures", json.dumps(figures, sort_keys=True))
        self._study.tell(trial.number, value)

    def prune(self, trial: Trial) -> None:
        """A trial is worse than the best one so far on nearly all that it did: it stops."""
        self._study.tell(trial.number, state=TrialState.PRUNED)

    def fail(self, trial: Trial, reason: str) -> None:
        """A trial's cell failed."""
        trial.set_user_attr("failed", reason)
        self._study.tell(trial.number, state=TrialState.FAIL)

    def all(self) -> list[FrozenTrial]:
        """Every trial that was begun, in order of number."""
        begun = (t for t in self._study.get_trials() if t.state != TrialState.WAITING)
        return sorted(begun, key=lambda trial: trial.number)

    def finished(self) -> list[Finished]:
        """The trials that ran to their end, in order of number."""
        return [
            Finished(t.number, t.params, t.value, json.loads(t.user_attrs["figures"]))
            for t in self.all()
            if t.state == TrialState.COMPLETE and t.value is not None
        ]

    def stopped(self) -> list[tuple[int, Mapping[str, Any]]]:
        """Number and parameters of the trials that were stopped early."""
        return [(t.number, t.params) for t in self.all() if t.state == TrialState.PRUNED]

    def _claimed(self, trials: int) -> Trial | None:
        """A trial that is marked as ours from its first moment; None where there are enough.

        ``Study.ask`` marks nothing: a trial of a process that is killed right after it is nobody's.
        """
        storage, known = self._study._storage, self._study.get_trials(deepcopy=False)
        for waiting in known:
            if waiting.state == TrialState.WAITING and waiting.number < trials:
                if not storage.set_trial_state_values(waiting._trial_id, TrialState.RUNNING):
                    continue  # another process was quicker
                trial = Trial(self._study, waiting._trial_id)
                trial.set_user_attr("folder", self._here)
                return trial
        if len(known) >= trials:
            return None
        ours = create_trial(state=TrialState.RUNNING, user_attrs={"folder": self._here})
        trial = Trial(self._study, storage.create_new_trial(self._study._study_id, ours))
        if trial.number < trials:
            return trial
        # Another process was quicker to begin the last one: this one waits for --trials to grow.
        storage.set_trial_state_values(trial._trial_id, TrialState.WAITING)
        return None

    def _with_parameters(self, trial: Trial) -> Trial:
        """Draw what it hasn't got yet; a draw depends on number, name and finished trials alone."""
        for name, field in self._space.items():
            sampler: optuna.samplers.BaseSampler = optuna.samplers.TPESampler(
                seed=derive(self._seed, trial.number, name),
                n_startup_trials=STARTUP,
                multivariate=False,
                constant_liar=False,
            )
            if trial.number == 0 and name in self._first and _within(field, self._first[name]):
                fixed = {name: self._first[name]}
                sampler = optuna.samplers.PartialFixedSampler(fixed, sampler)
            self._study.sampler = sampler
            _suggest(trial, name, field)
        return trial


def _opened(url: str) -> optuna.storages.BaseStorage:
    """The storage at a URL, its tables made if need be.

    Another process may be making them at this very moment: then they are there a moment later.
    """
    for pause in (0.2, 0.5, 1.0, 2.0, None):
        try:
            return optuna.storages.get_storage(url)
        except (sqlalchemy.exc.SQLAlchemyError, ImportError, ValueError) as error:
            overtaken = isinstance(error, _OVERTAKEN) or "already exists" in str(error)
            if pause is None or not overtaken:
                first = str(error).strip().partition("\n")[0]
                raise ValueError(f"cannot open the storage of the study: {first}") from error
            time.sleep(pause)
    raise AssertionError


def _within(field: Field, value: Any) -> bool:
    space = field.space
    if space.choices is not None:
        return value in space.choices
    assert space.low is not None
    assert space.high is not None
    return isinstance(value, int | float) and space.low <= value <= space.high


def _suggest(trial: Trial, name: str, field: Field) -> None:
    space = field.space
    if space.choices is not None:
        trial.suggest_categorical(name, list(space.choices))
        return
    assert space.low is not None
    assert space.high is not None
    if field.kind is int:
        trial.suggest_int(name, int(space.low), int(space.high), log=space.log)
    else:
        trial.suggest_float(name, space.low, space.high, log=space.log)
