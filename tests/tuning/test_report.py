"""What a study leaves: a recipe that runs, a report, and plots."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from inline import inline
from small_spaces import opened
from studies import TRIALS, at_home, chosen

import asdbench
from asdbench.config.experiment import Experiment
from asdbench.tuning import report
from asdbench.tuning.finalists import Picked
from asdbench.tuning.instances import Instance
from asdbench.tuning.report import Result
from asdbench.tuning.study import FinishedTrial
from asdbench.tuning.trust import Correlation, Trust
from asdbench.tuning.verdict import Verdict

DEFAULTS = {"lr": 0.01, "stage": {"width": 8, "kind": "small"}, "other": 3, "none": None}
PARAMS = {"lr": 0.03125, "stage.width": 16}


def result(tmp_path: Path, **changed: Any) -> Result:
    """A finished study whose trial 3 beat the default, unless something else is said."""
    picked = Picked(
        trial=FinishedTrial(3, changed.pop("params", PARAMS), 0.5, {}),
        fields={"lr": 0.03125, "stage": {"width": 16, "kind": "small"}, "other": 3, "none": None},
        verdict=changed.pop("verdict", Verdict(0.25, 0.125, 0.01)),
        kept=0.96,
        dropped=changed.pop("dropped", []),
    )
    whole: dict[str, Any] = {
        "method": "mine",
        "file": "./mine.py",
        "experiment": Experiment(methods={"mine": {"other": 3, "none": None}}),
        "base": "demo",
        "objective": "proxy",
        "trials": [],
        "picked": picked,
        "defaults": DEFAULTS,
        "old": 0,
    }
    return Result(**(whole | changed))


def left(tmp_path: Path, found: Result) -> tuple[dict[str, Any], str]:
    """The recipe, read again, and the report."""
    study = opened(tmp_path / "study")
    text = report.write(found, study.optuna, tmp_path / "tuned")
    assert text == (tmp_path / "tuned" / f"{found.name}.md").read_text()
    return tomllib.loads((tmp_path / "tuned" / f"{found.name}.toml").read_text()), text


def test_the_recipe_runs_and_its_row_says_where_it_comes_from(place: Path) -> None:
    with at_home(place), inline():
        asdbench.run("whole/tuned/bands.toml", methods=["./bands.py", "bands-tuned"], out="board")
    rows = {path.stem: json.loads(path.read_text()) for path in place.glob("board/rows/*.json")}
    assert rows["bands"]["origin"] == {"kind": "run"}
    origin = {
        "kind": "tuned",
        "objective": "proxy",
        "trials": TRIALS,
        "subset": "development",
    }
    assert rows["bands-tuned"]["origin"] == origin
    text = asdbench.render(place / "board")
    assert "| bands-tuned (tuned: proxy) |" in text
    assert "bands (tuned" not in text
    assert "tuned: proxy" in (place / "board" / "leaderboard.html").read_text()


def test_the_report_and_the_header_say_how_it_was_found(place: Path) -> None:
    said = (place / "whole.txt").read_text()
    header = [line for line in chosen(place / "whole").splitlines() if line.startswith("#")]
    assert f"{TRIALS} trials" in header[2]
    assert "without labels" in header[2]
    assert "Fewer than 20 trials" in said
    assert "Regret" in said
    assert "| unseen_id" in said
    assert said == (place / "whole" / "tuned" / "bands.md").read_text()
    page = (place / "whole" / "tuned" / "bands.html").read_text()
    assert "Optimization History" in page
    assert "Slice" in page


def test_the_tuned_row_has_the_fields_of_the_pick_or_else_of_the_default(tmp_path: Path) -> None:
    recipe, text = left(tmp_path, result(tmp_path))
    row = {"method": "mine", "lr": 0.03125, "stage": {"width": 16}}
    assert recipe["variants"] == {"mine-tuned": row}
    assert recipe["tuned"] == {
        "mine-tuned": {"objective": "proxy", "trials": 0, "subset": "development"}
    }
    assert recipe["methods"] == {"mine": {"other": 3}}  # TOML has no null
    assert "Trial 3 replaces the default: it is ahead by 0.250 in the objective" in text
    assert "mean over 5 fresh proxy tasks that it wasn't chosen on (standard error 0.125, " in text
    assert "| lr          | 0.01      | 0.03125   |" in text
    assert text.endswith("mine.toml --methods ./mine.py,mine-tuned\n")
    recipe, text = left(tmp_path, result(tmp_path, verdict=Verdict(-0.25, 0.125, 0.97)))
    row = {"method": "mine", "lr": 0.01, "stage": {"width": 8}}
    assert recipe["variants"] == {"mine-tuned": row}
    assert "Trial 3 does not replace the default: it is behind by 0.250" in text
    _, text = left(tmp_path, result(tmp_path, params={"lr": 0.01, "stage.width": 8}))
    assert "The default did best, so it is kept." in text


def test_an_oracle_says_so_in_every_place(tmp_path: Path) -> None:
    recipe, text = left(tmp_path, result(tmp_path, objective="oracle"))
    assert "only the evaluation subset may be reported" in text
    assert "in mean AUC/pAUC, mean over 5 fresh seeds; p counts the clips" in text
    origin = {"objective": "oracle", "trials": 0, "subset": "development"}
    assert recipe["tuned"] == {"mine-tuned-oracle": origin}
    assert {path.stem for path in (tmp_path / "tuned").glob("*")} == {"mine-oracle"}


def test_what_was_left_out_and_who_ran_it_is_said(tmp_path: Path) -> None:
    dropped = [Instance("fan", "tone"), Instance("valve", "warp")]
    _, text = left(tmp_path, result(tmp_path, dropped=dropped, old=1))
    assert "Saturated, so dropped: fan/tone, valve/warp." in text
    assert "1 trial of other code of mine than today's." in text


@pytest.mark.parametrize(
    ("low", "high", "n", "pick", "expected"),
    [
        (0.1, 0.9, 19, 0.6, "Fewer than 20 trials: too few to say whether"),
        (0.1, 0.9, 20, 0.6, "The objective goes with the truth here. The pick is truly better"),
        (-0.9, -0.1, 20, 0.4, "The objective misleads here: what it prefers is truly worse."),
        (-0.9, 0.1, 20, 0.5, "can't be said: the interval includes 0.\n"),
    ],
)
def test_the_verdict_is_no_bolder_than_the_interval(
    tmp_path: Path, low: float, high: float, n: int, pick: float, expected: str
) -> None:
    one = Correlation((low + high) / 2, low, high, n)
    nothing = Correlation(float("nan"), None, None, n)
    trust = Trust(one, {"tone": one, "warp": nothing}, pick, 0.5, 0.75, 0.45, 0.4)
    _, text = left(tmp_path, result(tmp_path, trust=trust))
    assert expected in text
    assert f"({low:+.2f} to {high:+.2f}, n = {n})" in text
    assert f"none: one of them is the same in {n} trials" in text
    assert f"Regret: {100 * (0.75 - pick):.1f} points. The pick beats 40 %" in text
