"""What is needed of Optuna's private names, by the Optuna that is installed."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest
import sqlalchemy.exc
from optuna.distributions import FloatDistribution
from optuna.trial import FrozenTrial, TrialState

from asdbench.tuning import storage

Open = Callable[[], optuna.Study]
MARKS = {"folder": "here", "source": "code"}


@pytest.fixture
def process(tmp_path: Path) -> Open:
    """The study as one more process sees it: a connection and a cache of its own."""
    url = f"sqlite:///{tmp_path}/study.db"

    def open_() -> optuna.Study:
        with storage.quiet():
            return optuna.create_study(
                study_name="study",
                storage=storage.opened(url),
                direction="maximize",
                load_if_exists=True,
            )

    return open_


def trials(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials()


def test_a_claimed_trial_is_marked_from_its_first_moment(
    process: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One write to the storage: there is no moment at which it runs and is nobody's."""
    study = process()
    writes: list[str] = []
    real = study._storage
    for name in ("create_new_trial", "set_trial_state_values", "set_trial_user_attr"):
        method = getattr(real, name)
        monkeypatch.setattr(
            real,
            name,
            lambda *a, _name=name, _do=method, **k: (writes.append(_name), _do(*a, **k))[1],
        )
    trial = storage.claimed(study, 5, MARKS)
    assert trial is not None
    assert writes == ["create_new_trial"]
    (seen,) = trials(process())
    assert (seen.number, seen.state, seen.user_attrs) == (0, TrialState.RUNNING, MARKS)


def test_a_claimed_trial_is_one_that_optuna_draws_for_and_is_told_of(process: Open) -> None:
    study = process()
    trial = storage.claimed(study, 5, MARKS)
    assert trial is not None
    value = trial.suggest_float("x", 0.0, 1.0)
    study.tell(trial.number, 0.25)
    (seen,) = trials(process())
    assert (seen.state, seen.value, seen.params) == (TrialState.COMPLETE, 0.25, {"x": value})
    assert seen.distributions == {"x": FloatDistribution(0.0, 1.0)}
    assert process().best_trial.number == 0


def test_there_are_never_more_than_asked_for(process: Open) -> None:
    numbers = [
        trial.number if trial else None
        for trial in (storage.claimed(process(), 2, MARKS) for _ in range(3))
    ]
    assert numbers == [0, 1, None]
    assert len(trials(process())) == 2


def test_one_too_many_is_given_back_and_taken_when_there_are_to_be_more(
    process: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process begins the last one between a look at the trials and a new one."""
    study, other = process(), process()
    create = study._storage.create_new_trial

    def overtaken(*arguments: Any) -> int:
        monkeypatch.setattr(study._storage, "create_new_trial", create)
        assert storage.claimed(other, 1, {"folder": "there"})
        return int(create(*arguments))

    monkeypatch.setattr(study._storage, "create_new_trial", overtaken)
    assert storage.claimed(study, 1, MARKS) is None
    states = [trial.state for trial in trials(process())]
    assert states == [TrialState.RUNNING, TrialState.WAITING]
    taken = storage.claimed(process(), 2, {"folder": "third"})
    assert taken is not None
    assert taken.number == 1
    assert [trial.user_attrs["folder"] for trial in trials(process())] == ["there", "third"]


def test_of_two_that_want_a_waiting_trial_one_gets_it(
    process: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    process().enqueue_trial({})
    study, other = process(), process()
    take = study._storage.set_trial_state_values

    def overtaken(*arguments: Any) -> bool:
        monkeypatch.setattr(study._storage, "set_trial_state_values", take)
        assert storage.claimed(other, 1, {"folder": "there"})
        return bool(take(*arguments))

    monkeypatch.setattr(study._storage, "set_trial_state_values", overtaken)
    assert storage.claimed(study, 1, MARKS) is None
    (seen,) = trials(process())
    assert (seen.state, seen.user_attrs["folder"]) == (TrialState.RUNNING, "there")


def test_an_orphan_is_found_with_what_was_drawn_for_it_and_goes_on(process: Open) -> None:
    study = process()
    begun, ended = (storage.claimed(study, 5, MARKS) for _ in range(2))
    assert begun is not None
    assert ended is not None
    drawn = begun.suggest_float("x", 0.0, 1.0)
    study.tell(ended.number, 1.0)
    later = process()
    ((orphan, known),) = storage.running(later)
    assert (orphan.number, known.number, known.user_attrs) == (0, 0, MARKS)
    assert orphan.params == {"x": drawn}
    assert orphan.suggest_float("x", 0.0, 1.0) == drawn  # not anew
    later.tell(orphan.number, 0.5)
    assert storage.running(process()) == []


def test_a_figure_is_reported_once(process: Open) -> None:
    study = process()
    trial = storage.claimed(study, 5, MARKS)
    assert trial is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        storage.report(study, trial, 0.5, 3)
        storage.report(study, trial, 0.9, 3)
        later = process()
        ((again, _),) = storage.running(later)
        storage.report(later, again, 0.9, 3)
        storage.report(later, again, 0.7, 4)
    (seen,) = trials(process())
    assert seen.intermediate_values == {3: 0.5, 4: 0.7}


def test_quiet_is_over_when_it_is_over() -> None:
    levels = [logging.getLogger(name).level for name in ("optuna", "alembic")]
    filters = list(warnings.filters)
    with storage.quiet():
        assert optuna.logging.get_verbosity() == optuna.logging.WARNING
    with pytest.raises(ValueError, match="no trial"), storage.quiet():
        raise ValueError("no trial")
    assert [logging.getLogger(name).level for name in ("optuna", "alembic")] == levels
    assert warnings.filters == filters


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:////nowhere/at/all/study.db", "unable to open database file"),
        ("nonsense://", "nonsense"),
        ("no url", "Could not parse"),
    ],
)
def test_a_storage_that_cannot_be_opened_is_said_in_one_line(url: str, expected: str) -> None:
    with pytest.raises(ValueError, match="cannot open the storage of the study: ") as raised:
        storage.opened(url)
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_tables_that_another_process_is_making_are_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    get = optuna.storages.get_storage

    def overtaken(url: str) -> Any:
        if len(pauses) < 2:
            raise sqlalchemy.exc.OperationalError("CREATE TABLE", {}, Exception("already exists"))
        return get(url)

    monkeypatch.setattr(optuna.storages, "get_storage", overtaken)
    monkeypatch.setattr(time, "sleep", pauses.append)
    assert storage.opened(f"sqlite:///{tmp_path}/study.db")
    assert pauses == [0.2, 0.5]


def test_a_folder_where_the_study_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "study.db").mkdir()
    with pytest.raises(ValueError, match=f"^{tmp_path}/study.db is a folder where a file"):
        storage.opened(f"sqlite:///{tmp_path}/study.db")
