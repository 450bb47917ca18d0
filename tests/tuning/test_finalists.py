"""The choice: which trials meet the default, on what, and when one of them replaces it."""

from __future__ import annotations

import json
import logging
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studies import (
    CHOOSING,
    FRESH,
    ONE_MACHINE,
    SEED,
    TESTING,
    changed,
    chosen,
    study_in,
    tuned,
    written,
)

from asdbench.config.seeds import derive
from asdbench.results.store import Store
from asdbench.tuning import finalists
from asdbench.tuning.finalists import best_trials
from asdbench.tuning.instances import Instance, family_aucs, mean_logit
from asdbench.tuning.objective import Objective
from asdbench.tuning.study import FinishedTrial
from asdbench.tuning.verdict import on_tasks

EASY, HARD, UNSEEN = Instance("fan", "easy"), Instance("fan", "hard"), Instance("fan", "unseen_id")


def objective(kind: str) -> Objective:
    unused: Any = None
    return Objective(kind, unused, unused, unused)


def test_the_pick_and_the_default_meet_on_fresh_tasks(place: Path) -> None:
    """By the cells alone: which tasks, which settings, and what comes of them."""
    (searched,) = place.glob("whole/tuning/*/study.db")
    folders = set(place.glob("whole/tuning/*")) - {searched.parent}
    means: dict[tuple[int, float], dict[int, float]] = {}
    for folder in folders:
        for setting, (seed, figure) in figures_in(folder).items():
            means.setdefault(setting, {})[seed] = figure
    trials = study_in(place / "whole")
    ended = [(value, params) for _, state, params, value, *_ in trials if state.name == "COMPLETE"]
    best = sorted(ended, key=lambda trial: -trial[0])[: finalists.FINALISTS]
    default = (40, 1.0)
    seeds = [derive(SEED, "fresh", number) for number in range(FRESH)]
    assert len(folders) == FRESH
    choosing, testing = seeds[:CHOOSING], seeds[CHOOSING:]
    chosen_by = {
        setting: [found[seed] for seed in choosing]
        for setting, found in means.items()
        if choosing[0] in found
    }
    assert set(chosen_by) == {(params["first"], params["power"]) for _, params in best}
    pick = max(chosen_by, key=lambda setting: np.mean(chosen_by[setting]))
    met = {setting for setting, found in means.items() if testing[0] in found}
    assert met == {pick, default}
    verdict = on_tasks(*([means[setting][seed] for seed in testing] for setting in (pick, default)))
    assert verdict.error > 0.001  # though the method has no randomness
    (number,) = [n for n, _, params, *_ in trials if tuple(params.values()) == pick]
    expected = (
        f"Trial {number} {'replaces' if verdict.better else 'does not replace'} the default: it "
        "is "
        f"{'ahead' if verdict.difference > 0 else 'behind'} by {abs(verdict.difference):.3f} in "
        f"the objective, mean over {TESTING} fresh proxy tasks that it wasn't chosen on (standard "
        f"error {verdict.error:.3f}, one-sided p {verdict.p:.3f}). Were no setting better"
    )
    assert expected in (place / "whole.txt").read_text()
    assert expected in chosen(place / "whole")


def figures_in(folder: Path) -> dict[tuple[int, float], tuple[int, float]]:
    """Seed and objective of each setting that was run on a fresh task."""
    names: dict[tuple[int, float], list[str]] = {}
    seeds: set[int] = set()
    for path in folder.glob("cells/*"):
        cell = json.loads((path / "cell.json").read_text())["cell"]
        names.setdefault((cell["fields"]["first"], cell["fields"]["power"]), []).append(path.name)
        seeds.add(cell["seed"])
    (seed,) = seeds
    found = {}
    for setting, of_setting in names.items():
        assert len(of_setting) == 2  # a cell a machine type
        scores = [score for name in of_setting for score in Store(folder).scores(name)]
        aucs = family_aucs(scores, lambda score: family_of(score.clip))
        counted = {instance: auc for instance, auc in aucs.items() if instance.part != "unseen_id"}
        found[setting] = seed, mean_logit(counted)
    return found


def family_of(clip: str) -> str | None:
    """As the proxy's file names have it; a label, which nobody but this test reads there."""
    told = re.match(r"pseudo_(.+)_(medium|ungraded)_", clip)
    return told[1] if told else None


def trials() -> list[FinishedTrial]:
    def trial(number: int, first: int, easy: float, hard: float) -> FinishedTrial:
        figures = {EASY: easy, HARD: hard, UNSEEN: 0.1 * number}
        return FinishedTrial(number, {"first": first}, hard, figures)

    return [
        trial(0, 10, 0.999, 0.5),
        trial(1, 20, 0.999, 0.6),
        trial(2, 30, 0.991, 0.8),
        trial(3, 30, 0.991, 0.8),
        trial(4, 40, 0.995, 0.7),
    ]


def test_the_best_trials_are_ranked_without_what_nearly_all_solve() -> None:
    best, dropped = best_trials(trials(), objective("proxy"))
    assert [found.number for found in best] == [2, 4, 1]
    assert dropped == {EASY}
    best, dropped = best_trials(trials(), objective("oracle"))
    assert [found.number for found in best] == [2, 4, 1]
    assert dropped == set()


def test_where_all_is_saturated_nothing_is_dropped() -> None:
    solved = [FinishedTrial(n, {"first": n}, 0.0, {EASY: 0.999 - n / 1e4}) for n in range(5)]
    best, dropped = best_trials(solved, objective("proxy"))
    assert [found.number for found in best] == [0, 1, 2]  # all alike: at most 0.995 counts
    assert dropped == set()


def test_what_fails_on_a_fresh_task_is_not_chosen(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    another = f"assert self.power == 1.0 or context.seed == {derive(SEED, 0)}, 'another seed'"
    folder = written(tmp_path, changed(fit=another), ONE_MACHINE)
    with caplog.at_level(logging.WARNING, "asdbench"):
        found = tuned(folder, trials=3)
    assert "The default did best, so it is kept." in found.report
    assert not found.better
    errors = [path.read_text() for path in folder.glob("o/tuning/*/cells/*/error.txt")]
    assert len(errors) == CHOOSING * 2  # two trials beside the default, which is chosen
    assert all("another seed" in text for text in errors)
    recipe = tomllib.loads(chosen(tmp_path / "o"))
    assert recipe["variants"]["bands-tuned"] == {"method": "bands", "first": 40, "power": 1.0}


def test_where_the_default_fails_nothing_can_be_chosen(tmp_path: Path) -> None:
    fails = f"assert self.power != 1.0 or context.seed == {derive(SEED, 0)}, 'another seed'"
    folder = written(tmp_path, changed(fit=fails), ONE_MACHINE)
    with pytest.raises(ValueError, match="the default fails on a fresh task; see above"):
        tuned(folder, trials=2)
    assert not (tmp_path / "o" / "tuned").exists()
