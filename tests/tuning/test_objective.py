"""What trials are measured by: without labels, or with those of one subset."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from inline import inline
from sklearn.metrics import roc_auc_score
from studies import ONE_MACHINE, SEED, at_home, study_in, tuned, written

import asdbench
from asdbench.config.experiment import Experiment, resolve
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.config.seeds import derive
from asdbench.tuning.instances import Instance
from asdbench.tuning.objective import Objective, oracle_objective
from asdbench.tuning.trials import Bench

BOTH = ONE_MACHINE.replace('["development"]', '["development", "evaluation"]')
FAN_TONE, UNSEEN = Instance("fan", "tone"), Instance("fan", "unseen_id")


def objective(kind: str, bench: Any = None, figures: Any = None) -> Objective:
    unused: Any = None
    return Objective(kind, bench, figures, unused)


def test_a_trial_is_worth_the_mean_of_what_counts() -> None:
    figures = {FAN_TONE: 0.5, Instance("fan", "warp"): 0.8, UNSEEN: 0.1}
    proxy, oracle = objective("proxy"), objective("oracle")
    assert proxy.value(figures) == pytest.approx(np.log(4) / 2)
    assert proxy.value(figures, [FAN_TONE]) == pytest.approx(np.log(4))
    assert oracle.value(figures) == pytest.approx(0.65)
    assert (proxy.report_on, oracle.report_on) == (None, "evaluation")


def test_a_figure_is_the_mean_over_repeats() -> None:
    """First within a repeat, over its cells: an AUC of two repeats' scores would be another."""
    cells = [SimpleNamespace(repeat=repeat, auc=auc) for repeat, auc in ((0, 0.5), (1, 0.9))]
    bench = SimpleNamespace(scores=lambda cells: cells)
    found = objective("proxy", bench, lambda scores: {FAN_TONE: fmean(c.auc for c in scores)})
    assert found.mean_figures(cells) == {FAN_TONE: pytest.approx(0.7)}


def test_the_oracle_is_ranked_only_on_what_it_was_not_tuned_on(tmp_path: Path) -> None:
    folder = written(tmp_path, recipe=BOTH)
    report = tuned(folder, trials=3, objective="oracle", out="oracle").report
    assert "with the labels of the development subset" in report
    on_evaluation = true_figure(folder / "oracle", {"first": 40, "power": 1.0}, "evaluation")
    assert f"of the default: {100 * on_evaluation:.1f} %" in report
    trials = study_in(folder / "oracle")
    seen = {name for *_, figures, _ in trials for name in json.loads(figures or "{}")}
    assert seen == {f"fan/id_{id}" for id in ("00", "02", "04")}
    left = {path.name for path in folder.glob("oracle/tuned/*")}
    assert left == {"bands-oracle.toml", "bands-oracle.md", "bands-oracle.html"}  # not the proxy's
    with at_home(folder), inline():
        asdbench.run(
            "oracle/tuned/bands-oracle.toml",
            methods="./bands.py,bands-tuned-oracle",
            out="oracle-board",
        )
    board = asdbench.load_board(folder / "oracle-board")
    assert sorted((row.label, row.subset) for row in board.rows) == [
        ("bands", "development"),
        ("bands", "evaluation"),
        ("bands-tuned-oracle", "evaluation"),
    ]
    text = asdbench.render(folder / "oracle-board")
    assert "bands-tuned-oracle† (tuned with labels)" in text
    assert "tuned with the labels of development; not ranked on it" in text
    assert "tuned with labels" in (folder / "oracle-board" / "leaderboard.html").read_text()


def true_figure(out: Path, fields: dict[str, Any], subset: str) -> float:
    """The mean of AUC and pAUC of these fields' cells on a subset, by scikit-learn."""
    by_id: dict[str, list[tuple[int, float]]] = {}
    for cell in out.glob("cells/*/cell.json"):
        about = json.loads(cell.read_text())["cell"]
        if fields.items() <= about["fields"].items() and about["seed"] == SEED:
            for line in cell.with_name("scores.csv").read_text().splitlines()[1:]:
                _, id_, found, _, anomalous, score, _ = line.split(",")
                if found == subset:
                    by_id.setdefault(id_, []).append((int(anomalous), float(score)))
    assert len(by_id) == 3
    figures = []
    for scored in by_id.values():
        labels, scores = zip(*scored, strict=True)
        auc, pauc = (roc_auc_score(labels, scores, max_fpr=most) for most in (None, 0.1))
        figures.append((auc + pauc) / 2)
    return float(np.mean(figures))


def test_a_fresh_oracle_is_the_same_clips_with_another_seed() -> None:
    nothing: Any = None
    clips: Any = SimpleNamespace(test_sets={"development": "", "evaluation": ""})
    recipe = resolve(Experiment(seed=7), "some", frontend=Frontend(), numerics=Numerics())
    oracle = oracle_objective(Bench(recipe, nothing, clips, nothing, nothing, nothing))
    fresh = [oracle.fresh(number).bench for number in (0, 1, 0)]
    assert [bench.recipe.seed for bench in fresh] == [derive(7, "fresh", k) for k in (0, 1, 0)]
    assert all(bench.clips is clips for bench in fresh)
