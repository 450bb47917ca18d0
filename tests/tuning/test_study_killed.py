"""A study on a real SQLite file: killed anywhere, it goes on as if it had not been."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from optuna.trial import Trial
from small_spaces import SPACE, Comparable, comparable, opened, value_of

from asdbench.tuning.instances import Instance
from asdbench.tuning.study import STARTUP, Study

TRIALS = STARTUP + 4  # the last ones are drawn by what the sampler learned
TONE = Instance("fan", "tone")


def steps(study: Study) -> Iterator[None]:
    """A search of one job, in steps that a kill may come between."""
    batch = study.orphans()
    while batch or (batch := study.ask(1, TRIALS)):
        yield
        (trial,) = batch
        value = value_of(trial)
        for step in range(3):
            study.report(trial, value + step, step)
            yield
        if trial.number and trial.should_prune():
            study.prune(trial)
        else:
            study.tell(trial, value, {TONE: value})
        batch = []
        yield


def to_its_end(study: Study) -> list[Comparable]:
    for _ in steps(study):
        pass
    return comparable(study)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Comparable]:
    """The study that nobody stopped."""
    return to_its_end(opened(tmp_path_factory.mktemp("whole")))


def test_a_study_killed_after_every_single_step_is_the_same_study(
    tmp_path: Path, whole: list[Comparable], recwarn: pytest.WarningsRecorder
) -> None:
    assert [number for number, *_ in whole] == list(range(TRIALS))
    assert len({str(params) for _, _, params, *_ in whole}) == TRIALS
    folder, kills = tmp_path / "killed", 0
    for survived in cycle((1, 6, 2, 7, 3, 8, 4, 9, 5)):  # steps; a trial takes five
        walk = steps(opened(folder))
        if "over" in [next(walk, "over") for _ in range(survived)]:
            break
        kills += 1
        assert kills < 10 * TRIALS
    assert kills > TRIALS / 2
    assert comparable(opened(folder)) == whole
    assert [str(warning.message) for warning in recwarn] == []  # no figure is reported twice


class _KilledError(BaseException):
    """Stands for SIGKILL: nothing is caught, nothing is tidied up."""


def dying(real: Callable[..., Any], victim: int, *, after: bool) -> Callable[..., Any]:
    """A drawing of a parameter that doesn't outlive that of one trial."""

    def draw(trial: Trial, *args: Any, **options: Any) -> Any:
        if trial.number == victim and not after:
            raise _KilledError
        drawn = real(trial, *args, **options)
        if trial.number == victim:
            raise _KilledError
        return drawn

    return draw


def test_killed_while_parameters_are_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: list[Comparable]
) -> None:
    kinds = ("suggest_float", "suggest_int", "suggest_categorical")
    kills = [(method, after) for method in kinds for after in (False, True)]
    for victim, (method, after) in zip((0, 1, 4, 9, TRIALS - 2, TRIALS - 1), kills, strict=True):
        with monkeypatch.context() as patched:
            patched.setattr(Trial, method, dying(getattr(Trial, method), victim, after=after))
            with pytest.raises(_KilledError):
                to_its_end(opened(tmp_path))
        (orphan,) = opened(tmp_path).orphans()
        assert orphan.number == victim
        assert set(orphan.params) == set(SPACE)
    assert to_its_end(opened(tmp_path)) == whole
