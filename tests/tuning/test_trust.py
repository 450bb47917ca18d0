"""How far a choice can be trusted: figures by hand, and against SciPy."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score
from studies import ONE_MACHINE, cells, changed, study_in, tuned, written

from asdbench.tuning.instances import Instance
from asdbench.tuning.trust import correlation, trust

FAN_TONE, FAN_WARP = Instance("fan", "tone"), Instance("fan", "warp")
VALVE_TONE = Instance("valve", "tone")


@pytest.mark.parametrize("ties", [False, True])
def test_the_correlation_is_spearmans(ties: bool) -> None:
    rng = np.random.default_rng(3)
    for n in (3, 8, 20, 100):
        first = rng.integers(0, 5, n).astype(float) if ties else rng.normal(size=n)
        second = first + rng.normal(size=n) * 2
        found = correlation(list(first), list(second))
        distinct = sorted(set(zip(first, second, strict=True)))
        expected = stats.spearmanr(*zip(*distinct, strict=True)).statistic
        assert found.rho == pytest.approx(expected, abs=1e-12)
        assert found.n == len(distinct)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    for n in (6, 12, 40):
        covered = 0
        for _ in range(400):
            first, second = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=n).T
            found = correlation(list(first), list(second))
            covered += found.low < 0.582 < found.high  # Spearman's of normal ones with 0.6
        assert covered / 400 > 0.92


def test_the_same_setting_again_says_nothing_new() -> None:
    first, second = [1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 3.0, 2.0, 5.0, 4.0]
    found = correlation(first, second)
    assert correlation(first * 4, second * 4) == found
    assert found.low < found.rho < found.high


def test_few_different_trials_have_no_interval() -> None:
    found = correlation([1.0, 2.0, 1.0, 2.0], [0.5, 0.7, 0.5, 0.7])
    assert (found.rho, found.low, found.high, found.n) == (pytest.approx(1), None, None, 2)


def test_what_does_not_vary_has_no_correlation() -> None:
    for first, second in (([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]), ([2.0], [3.0])):
        found = correlation(first, second)
        assert math.isnan(found.rho)
        assert (found.low, found.high) == (None, None)


def test_a_machine_id_is_another_on_each_type() -> None:
    fan, valve = Instance("fan", "id_00"), Instance("valve", "id_00")
    figures = [{fan: 0.1 * n, valve: 0.9 - 0.1 * n} for n in range(1, 6)]
    values = [float(n) for n in range(5)]
    found = trust(values, figures, values, pick=0, default=0.0)
    assert found.families["fan id_00"].rho == pytest.approx(1)
    assert found.families["valve id_00"].rho == pytest.approx(-1)


def test_the_report_by_hand() -> None:
    aucs = [
        {FAN_TONE: 0.6, VALVE_TONE: 0.8, FAN_WARP: 0.9},
        {FAN_TONE: 0.5, VALVE_TONE: 0.7, FAN_WARP: 0.9},
        {FAN_TONE: 0.9, VALVE_TONE: 0.5, FAN_WARP: 0.9},
        {FAN_TONE: 0.4, VALVE_TONE: 0.4, FAN_WARP: 0.9},
    ]
    found = trust([3.0, 2.0, 4.0, 1.0], aucs, [0.70, 0.60, 0.65, 0.45], pick=2, default=0.60)
    assert (found.pick, found.default, found.best) == (0.65, 0.60, 0.70)
    assert found.random == pytest.approx(0.60)
    assert found.regret == pytest.approx(0.05)
    assert found.beaten == pytest.approx(2 / 3)
    assert found.correlation.rho == pytest.approx(0.8)  # ranks 3 2 4 1 and 4 2 3 1
    # Tone's means are 0.7, 0.6, 0.7 and 0.4: ranks 3.5, 2, 3.5, 1.
    expected = stats.spearmanr([3.5, 2, 3.5, 1], [4, 2, 3, 1]).statistic
    assert found.families["tone"].rho == pytest.approx(expected)
    assert math.isnan(found.families["warp"].rho)


def test_the_report_on_a_single_trial() -> None:
    found = trust([1.0], [{FAN_TONE: 0.6}], [0.7], pick=0, default=0.7)
    assert (found.regret, found.beaten, found.random) == (0.0, 0.0, 0.7)
    assert math.isnan(found.correlation.rho)


def test_without_labels_there_is_no_report(tmp_path: Path, wav_tree: Callable[..., Path]) -> None:
    data = wav_tree(test=1)
    for path in data.glob("dev_data/*/test/anomaly*"):
        path.unlink()
    found = tuned(written(tmp_path, recipe=ONE_MACHINE), trials=2, data=data)
    assert found.trust is None
    assert "No true figures, so nothing can be said of how far to trust this." in found.report
    assert "How far to trust it" not in found.report
    assert cells(tmp_path / "o") == {
        cell: written for cell, written in cells(tmp_path / "o").items() if "tuning/" in cell
    }  # on the real clips, nothing was run


def test_a_pick_that_fails_on_the_real_clips_has_no_report_and_stays_the_choice(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fails = changed(fit="assert len(train) < 12, 'all of them'")  # three IDs with four clips each
    with caplog.at_level(logging.WARNING, "asdbench"):
        found = tuned(written(tmp_path, fails, ONE_MACHINE), trials=2)
    assert found.trust is None
    assert "the pick or the default failed on the real clips: no report of trust" in caplog.text
    assert found.recipe.name == "bands.toml"
    assert "No true figures" in found.report


def test_the_report_of_a_study_has_the_figures_of_each_trial(place: Path) -> None:
    """By the scores of the cells on the real clips, with scikit-learn."""
    trials = {tuple(params.values()): n for n, _, params, *_ in study_in(place / "whole")}
    true: dict[int, float] = {}
    for path in (place / "whole").glob("cells/*"):
        fields = json.loads((path / "cell.json").read_text())["cell"]["fields"]
        number = trials[fields["first"], fields["power"]]
        table = pd.read_csv(path / "scores.csv", dtype={"id": str})
        figures = [
            roc_auc_score(of_id.anomalous, of_id.score, max_fpr=most)
            for _, of_id in table.groupby("id")
            for most in (None, 0.1)
        ]
        true[number] = true.get(number, 0.0) + float(np.mean(figures)) / 2  # two machine types
    assert len(true) == len(trials)
    text = (place / "whole.txt").read_text()
    default, best, blind = true[0], max(true.values()), np.mean(list(true.values()))
    assert f"of the default: {100 * default:.1f} %" in text
    assert f"of a trial picked blindly, on average: {100 * blind:.1f} %" in text
    assert f"of the best trial: {100 * best:.1f} %" in text
    values = [value for _, _, _, value, *_ in study_in(place / "whole")]
    rho = stats.spearmanr(values, [true[n] for n in range(len(values))]).statistic
    assert f"Rank correlation of objective and truth: {rho:+.2f} (" in text
