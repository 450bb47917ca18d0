"""A study on a real SQLite file: its trials, how they are drawn, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

from optuna.trial import TrialState
from small_spaces import opened

from asdbench.training.method import Space
from asdbench.tuning.instances import Instance
from asdbench.tuning.space import Field
from asdbench.tuning.study import FinishedTrial, figures_of

TONE, WARP = Instance("fan", "tone"), Instance("fan", "warp")


def test_the_first_trial_is_the_default(tmp_path: Path) -> None:
    (trial,) = opened(tmp_path).ask(1, 5)
    assert trial.params == {"lr": 1e-2, "stage.width": 8, "stage.kind": "small"}


def test_a_default_outside_of_the_narrowed_space_is_drawn_inside(tmp_path: Path) -> None:
    space = {
        "lr": Field(Space(1e-4, 1e-3), float, 1e-2),
        "kind": Field(Space(choices=("a", "b")), str, "c"),
        "width": Field(Space(1, 9), int, 4),
    }
    (trial,) = opened(tmp_path, space=space).ask(1, 5)
    assert 1e-4 <= trial.params["lr"] <= 1e-3
    assert trial.params["kind"] in {"a", "b"}
    assert trial.params["width"] == 4


def test_never_more_trials_than_asked_for_and_more_can_be_asked_for_later(tmp_path: Path) -> None:
    study = opened(tmp_path)
    assert len(study.ask(8, 5)) == 5
    assert study.ask(8, 5) == []
    assert opened(tmp_path).ask(8, 5) == []
    assert [trial.number for trial in study.ask(8, 7)] == [5, 6]


def test_a_draw_depends_on_no_trial_beside_it(tmp_path: Path) -> None:
    beside = [trial.params for trial in opened(tmp_path / "a").ask(4, 4)]
    alone = opened(tmp_path / "b")
    one_by_one = []
    for _ in range(4):
        one_by_one += [trial.params for trial in alone.ask(1, 4)]
    assert beside == one_by_one


def test_a_hopeless_trial_is_stopped_and_a_good_one_is_not(tmp_path: Path) -> None:
    study = opened(tmp_path)
    best, hopeless, good, mixed = study.ask(4, 4)
    offsets = {
        best.number: [0.0] * 8,
        hopeless.number: [-0.2 - 0.01 * i for i in range(8)],
        good.number: [0.1 + 0.01 * i for i in range(8)],
        mixed.number: [0.1 * (-1) ** i for i in range(8)],
    }
    stopped = {}
    for trial in (best, hopeless, good, mixed):
        for step, offset in enumerate(offsets[trial.number]):
            study.report(trial, 0.6 + 0.01 * step + offset, step)
        stopped[trial.number] = trial.should_prune()
        if trial is best:
            study.tell(best, 0.635, {TONE: 0.635})
    assert stopped == {
        best.number: False,
        hopeless.number: True,
        good.number: False,
        mixed.number: False,
    }
    study.prune(hopeless)
    assert study.stopped() == [(hopeless.number, hopeless.params)]
    assert [trial.number for trial in study.finished()] == [best.number]


def test_a_failed_trial_says_why_and_is_no_orphan(tmp_path: Path) -> None:
    study = opened(tmp_path)
    failing, fine = study.ask(2, 2)
    study.fail(failing, "exit code 3")
    study.tell(fine, 0.5, {TONE: 0.5, WARP: 0.75})
    states = {trial.number: trial.state for trial in opened(tmp_path).all()}
    assert states == {failing.number: TrialState.FAIL, fine.number: TrialState.COMPLETE}
    assert study.all()[failing.number].user_attrs["failed"] == "exit code 3"
    assert opened(tmp_path).orphans() == []
    figures = {TONE: 0.5, WARP: 0.75}
    assert study.finished() == [FinishedTrial(fine.number, fine.params, 0.5, figures)]
    told = study.all()[fine.number]
    assert json.loads(told.user_attrs["figures"]) == {"fan/tone": 0.5, "fan/warp": 0.75}
    assert figures_of(told) == figures
    assert figures_of(study.all()[failing.number]) == {}


def test_trials_of_other_code_are_counted_whoever_ran_them(tmp_path: Path) -> None:
    before = opened(tmp_path, source="before")
    begun, ended = before.ask(2, 9)
    before.tell(ended, 0.5, {TONE: 0.5})
    assert before.of_other_code() == 0
    now = opened(tmp_path, source="now")
    now.ask(1, 9)
    assert now.of_other_code() == 2
    assert [trial.number for trial in now.orphans()] == [begun.number, 2]
    assert before.of_other_code() == 1


def test_who_opens_it_elsewhere_reads_names_and_figures(tmp_path: Path) -> None:
    study = opened(tmp_path)
    (trial,) = study.ask(1, 5)
    study.tell(trial, 0.5, {TONE: 0.73219, WARP: 0.5})
    assert study.optuna.metric_names == ["objective"]
    (known,) = study.optuna.get_trials()
    assert known.user_attrs["figure of fan/tone"] == 0.7322
    assert figures_of(known) == {TONE: 0.73219, WARP: 0.5}
