"""What asdbench needs of Optuna that Optuna keeps to itself: trials that can be claimed.

``Study.ask`` marks nothing: a trial of a process that is killed right after it is nobody's. Here a
trial bears a mark from its first moment. This is the only file that uses private names of Optuna.
"""

from __future__ import annotations

import contextlib
import logging
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import optuna
import sqlalchemy.exc
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from asdbench.config.files import not_a_folder
from asdbench.config.imports import undisturbed

# As optuna_dashboard.save_note writes notes: it would be one more package for two attributes.
_NOTE_VERSION, _LONGEST_NOTE = "dashboard:note_ver", 2000
_OVERTAKEN = (sqlalchemy.exc.IntegrityError, sqlalchemy.exc.ProgrammingError)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without Optuna's log of every trial and its warnings of what is experimental."""
    with undisturbed():
        logging.getLogger("optuna").setLevel(logging.WARNING)
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield


def opened(url: str) -> optuna.storages.BaseStorage:
    """The storage at a URL, its tables made if need be; ``ValueError`` where that can't be done.

    Another process may be making them at this very moment: then they are there a moment later.
    """
    not_a_folder(Path(url.removeprefix("sqlite:///")))
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


def running(study: optuna.Study) -> list[tuple[Trial, FrozenTrial]]:
    """The trials that were begun and never finished, and what is known of each."""
    found = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    return [(Trial(study, trial._trial_id), trial) for trial in found]


def claimed(study: optuna.Study, most: int, marks: Mapping[str, Any]) -> Trial | None:
    """A trial that is marked as ours from its first moment; None where there are ``most``."""
    storage, known = study._storage, study.get_trials(deepcopy=False)
    for waiting in known:
        if waiting.state == TrialState.WAITING and waiting.number < most:
            if not storage.set_trial_state_values(waiting._trial_id, TrialState.RUNNING):
                continue  # another process was quicker
            trial = Trial(study, waiting._trial_id)
            for name, value in marks.items():
                trial.set_user_attr(name, value)
            return trial
    if len(known) >= most:
        return None
    ours = create_trial(state=TrialState.RUNNING, user_attrs=dict(marks))
    trial = Trial(study, storage.create_new_trial(study._study_id, ours))
    if trial.number < most:
        return trial
    # Another process was quicker to begin the last one: this one waits until more are asked for.
    storage.set_trial_state_values(trial._trial_id, TrialState.WAITING)
    return None


def note(study: optuna.Study, text: str) -> None:
    """What Optuna's dashboard shows as the study's note, in Markdown; one that is there stays."""
    storage, id_ = study._storage, study._study_id
    if _NOTE_VERSION not in storage.get_study_system_attrs(id_):
        storage.set_study_system_attr(id_, "dashboard:note_str:0", text[:_LONGEST_NOTE])
        storage.set_study_system_attr(id_, _NOTE_VERSION, 1)


def report(study: optuna.Study, trial: Trial, value: float, step: int) -> None:
    """An intermediate value, once: a trial that was killed comes to its first ones again."""
    if step not in study._storage.get_trial(trial._trial_id).intermediate_values:
        trial.report(value, step)
