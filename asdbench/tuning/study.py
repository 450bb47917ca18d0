"""An Optuna study that can be killed at any moment and goes on as if it had not been."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.samplers import BaseSampler, PartialFixedSampler, TPESampler
from optuna.trial import FrozenTrial, Trial, TrialState

from asdbench.config.seeds import derive
from asdbench.config.sqlite import check_database, sqlite_url
from asdbench.tuning import storage
from asdbench.tuning.instances import Figures, Instance
from asdbench.tuning.space import Field

STARTUP = 10  # trials at random before the sampler learns from them
OBJECTIVE = "objective"
READING = (
    "Intermediate values are the figures that the objective is made of, a step a figure, machine "
    "type by machine type; the attributes `figure of ...` have their names. A trial that was "
    "clearly worse than the best one was stopped early. Which setting was chosen, and why, is in "
    "the report of `asdbench tune`: it need not be that of the best trial here."
)


@dataclass(frozen=True)
class FinishedTrial:
    """A trial that ran to its end: number, parameters by dotted name, objective, figures."""

    number: int
    params: Mapping[str, Any]
    value: float
    figures: Figures


class Study:
    """Trials in a storage that other processes may share.

    ``folder`` marks the trials of one output folder: who holds its lock knows that nobody else
    runs them. Without ``url``, the storage is a file in that folder, and all trials are of it; else
    it is ``shared``. ``source`` is a hash of the method's code, which trials are marked with too;
    ``about`` says in words what the study is, for who looks at it elsewhere.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        space: Mapping[str, Field],
        *,
        seed: int,
        url: str | None = None,
        source: str = "",
        about: str = "",
    ) -> None:
        file = folder.resolve() / "study.db"
        if url is None and file.exists():
            check_database(file, "move it away, and the search begins anew")
        with storage.quiet():
            self._study = optuna.create_study(
                study_name=name,
                storage=storage.opened(url or sqlite_url(file)),
                direction="maximize",
                load_if_exists=True,
                pruner=optuna.pruners.WilcoxonPruner(p_threshold=0.05),
            )
            self._study.set_metric_names([OBJECTIVE])
            if about:
                self._study.set_user_attr("about", about)
                storage.note(self._study, f"{about}.\n\n{READING}")
        self.shared = url is not None
        self._marks = {"folder": f"{platform.node()}:{folder.resolve()}", "source": source}
        self.space, self._seed = space, seed
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
        return [
            self._with_parameters(trial)
            for trial, known in storage.running(self._study)
            if not self.shared or known.user_attrs.get("folder") == self._marks["folder"]
        ]

    def ask(self, most: int, trials: int) -> list[Trial]:
        """Up to ``most`` new trials, while there are fewer than ``trials`` in all."""
        asked: list[Trial] = []
        while len(asked) < most:
            trial = storage.claimed(self._study, trials, self._marks)
            if trial is None:
                break
            asked.append(self._with_parameters(trial))
        return asked

    def report(self, trial: Trial, value: float, step: int) -> None:
        """A figure on the way to a trial's end, which tells whether it is worth going on."""
        storage.report(self._study, trial, value, step)

    def tell(self, trial: Trial, value: float, figures: Figures) -> None:
        """A trial ran to its end."""
        named = {f"{machine}/{part}": figure for (machine, part), figure in figures.items()}
        trial.set_user_attr("figures", json.dumps(named, sort_keys=True))
        for name, figure in sorted(named.items()):  # for who reads it elsewhere
            trial.set_user_attr(f"figure of {name}", round(figure, 4))
        with storage.quiet():
            self._study.tell(trial.number, value)

    def prune(self, trial: Trial) -> None:
        """A trial is worse than the best one so far on nearly all that it did: it stops."""
        with storage.quiet():
            self._study.tell(trial.number, state=TrialState.PRUNED)

    def fail(self, trial: Trial, reason: str) -> None:
        """A trial's cell failed."""
        trial.set_user_attr("failed", reason)
        with storage.quiet():
            self._study.tell(trial.number, state=TrialState.FAIL)

    def all(self) -> list[FrozenTrial]:
        """Every trial that was begun, in order of number."""
        begun = (t for t in self._study.get_trials() if t.state != TrialState.WAITING)
        return sorted(begun, key=lambda trial: trial.number)

    def finished(self) -> list[FinishedTrial]:
        """The trials that ran to their end, in order of number."""
        return [
            FinishedTrial(t.number, t.params, t.value, figures_of(t))
            for t in self.all()
            if t.state == TrialState.COMPLETE and t.value is not None
        ]

    def stopped(self) -> list[tuple[int, Mapping[str, Any]]]:
        """Number and parameters of the trials that were stopped early."""
        return [(t.number, t.params) for t in self.all() if t.state == TrialState.PRUNED]

    def settings(self) -> int:
        """How many different settings were compared, those that were stopped early included."""
        compared = TrialState.COMPLETE, TrialState.PRUNED
        return len({str(sorted(t.params.items())) for t in self.all() if t.state in compared})

    def of_other_code(self) -> int:
        """How many trials were run by other code of the method than today's."""
        known = (trial.user_attrs.get("source") for trial in self.all())
        return sum(source != self._marks["source"] for source in known)

    def _with_parameters(self, trial: Trial) -> Trial:
        """Draw what it hasn't got yet; a draw depends on number, name and finished trials alone."""
        with storage.quiet():
            for name, field in self.space.items():
                self._study.sampler = self._sampler(trial.number, name, field)
                _draw(trial, name, field.distribution)
        return trial

    def _sampler(self, number: int, name: str, field: Field) -> BaseSampler:
        sampler: BaseSampler = TPESampler(
            seed=derive(self._seed, number, name),
            n_startup_trials=STARTUP,
            multivariate=False,
            constant_liar=False,
        )
        if number == 0 and name in self._first and field.holds(self._first[name]):
            fixed = {name: self._first[name]}
            sampler = PartialFixedSampler(fixed, sampler)
        return sampler


def _draw(trial: Trial, name: str, space: BaseDistribution) -> None:
    if isinstance(space, CategoricalDistribution):
        trial.suggest_categorical(name, space.choices)
    elif isinstance(space, IntDistribution):
        trial.suggest_int(name, space.low, space.high, log=space.log)
    elif isinstance(space, FloatDistribution):
        trial.suggest_float(name, space.low, space.high, log=space.log)


def figures_of(trial: FrozenTrial) -> dict[Instance, float]:
    """The figures that a trial that ran to its end was told with."""
    named = json.loads(trial.user_attrs.get("figures", "{}"))
    return {Instance(*name.split("/", 1)): figure for name, figure in named.items()}
