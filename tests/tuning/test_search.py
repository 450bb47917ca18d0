"""The trials of a study: what stops one, what doesn't, and what is said of them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from optuna.trial import TrialState
from small_spaces import opened
from studies import BANDS, ONE_MACHINE, changed, chosen, study_in, tuned, written

from asdbench.tuning.instances import Instance
from asdbench.tuning.objective import Objective
from asdbench.tuning.search import Search


def test_no_trial_is_stopped_before_half_of_its_cells_are_done(tmp_path: Path) -> None:
    """Worse on each of four machine types from the first on; but one type is not the objective."""
    ran: Counter[Any] = Counter()

    def run(cells: list[Any]) -> dict[str, str]:
        ran.update(cell.setting for cell in cells)
        return {}

    def cells(settings: list[Any], repeats: int) -> list[list[list[Any]]]:
        return [
            [[SimpleNamespace(name="", repeat=0, setting=s, machine=m) for m in range(4)]]
            for s in settings
        ]

    def figures(scored: Iterable[Any]) -> dict[Instance, float]:
        return {
            Instance(f"type {c.machine}", f"family {i}"): 0.6 + 0.01 * i - 0.3 * c.setting
            for c in scored
            for i in range(6)
        }

    bench: Any = SimpleNamespace(
        engine=SimpleNamespace(jobs=1), run=run, cells=cells, scores=list, say=lambda _: None
    )
    fresh: Any = None
    search = Search(
        opened(tmp_path),
        Objective("oracle", bench, figures, fresh),
        lambda params: params["lr"] != 1e-2,  # the first trial is the better one
        repeats=1,
    )
    search.run(3)
    assert [trial.state.name for trial in search.study.all()] == ["COMPLETE", "PRUNED", "PRUNED"]
    assert ran == {False: 4, True: 2 + 2}
    # A step a figure, one cell after the other: as Optuna's dashboard draws them.
    steps = [sorted(trial.intermediate_values) for trial in search.study.all()]
    assert steps == [[*range(24)], [*range(12)], [*range(12)]]


REFUSES = """\
    def __post_init__(self):
        if self.first > 60:
            raise ValueError("first is above 60")

"""


def test_a_trial_that_fails_stops_no_other(tmp_path: Path) -> None:
    """Neither one whose cell fails, nor one with fields that the method refuses together."""
    brittle = changed(fit="assert self.power < 1.2, 'power is above 1.2'", method=REFUSES)
    tuned(written(tmp_path, brittle, ONE_MACHINE), trials=8)
    expected = []
    for _, state, params, *_ in study_in(tmp_path / "o"):
        refused, failing = params["first"] > 60, params["power"] > 1.2
        assert (state == TrialState.FAIL) == (refused or failing)
        expected.append("refused" if refused else "failing" if failing else "fine")
    assert len(expected) == 8
    assert set(expected) == {"refused", "failing", "fine"}


def test_trials_of_other_code_are_said_when_the_search_begins_and_in_what_it_leaves(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = written(tmp_path, recipe=ONE_MACHINE)
    with caplog.at_level(logging.WARNING, "asdbench"):
        report = tuned(folder, trials=2).report
        assert "other code" not in report + caplog.text
        written(folder, BANDS + "\n# another one\n", ONE_MACHINE)
        report = tuned(folder, trials=3).report
    (said,) = caplog.messages
    assert said == (
        "2 of the study's trials were run by other code of bands than today's; to search anew, use "
        "another --out"
    )
    assert "\n2 trials of other code of bands than today's.\n" in report
    assert "\n# 2 trials of other code of bands than today's.\n" in chosen(tmp_path / "o")


def test_trials_that_run_elsewhere_are_not_waited_for_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path}/shared.db"
    opened(tmp_path / "there", url).ask(2, 3)
    nothing: Any = SimpleNamespace(
        engine=SimpleNamespace(jobs=1),
        run=lambda _: {},
        cells=lambda settings, _: [[[]] for _ in settings],
        say=lambda _: None,
        scores=lambda _: [],
    )
    figures: Any = SimpleNamespace(value=lambda _: 1.0, mean_figures=lambda _: {}, bench=nothing)
    search = Search(opened(tmp_path / "here", url), figures, lambda params: params, repeats=1)
    with caplog.at_level(logging.INFO, "asdbench"):
        search.run(3)
    assert [trial.number for trial in search.study.finished()] == [2]
    (said,) = caplog.messages
    assert said.startswith("this choice is without 2 of the trials, which another process is")


def test_what_was_stopped_early_is_run_to_its_end_for_the_report(tmp_path: Path) -> None:
    ran: list[Any] = []

    def run(cells: list[Any], what: str) -> dict[str, str]:
        ran.extend(cells)
        return {"fails": "a reason"}

    study = opened(tmp_path)
    fine, fails, _ = study.ask(3, 3)
    study.prune(fine)
    study.prune(fails)
    names = {fine.params["lr"]: "fine", fails.params["lr"]: "fails"}
    bench = SimpleNamespace(
        run=run, cells=lambda settings, _: [[[SimpleNamespace(name=name)]] for name in settings]
    )
    figures = {Instance("fan", "tone"): 0.75}
    objective: Any = SimpleNamespace(
        bench=bench, mean_figures=lambda _: figures, value=lambda _: 0.75
    )
    search = Search(study, objective, lambda params: names[params["lr"]], repeats=1)  # type: ignore[arg-type, return-value]
    (found,) = search.to_their_end()
    assert (found.number, found.value, found.figures) == (fine.number, 0.75, figures)
    assert [cell.name for cell in ran] == ["fine", "fails"]
