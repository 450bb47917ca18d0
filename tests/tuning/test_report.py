"""The report of a study: what was found, how far to trust it, and a command to paste."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from studies import TRIALS, chosen
from tuned_results import result

from asdbench.tuning.instances import Instance
from asdbench.tuning.report import report
from asdbench.tuning.trust import Correlation, Trust
from asdbench.tuning.verdict import Verdict


def test_the_report_and_the_header_say_how_it_was_found(place: Path) -> None:
    said = (place / "whole.txt").read_text()
    header = [line for line in chosen(place / "whole").splitlines() if line.startswith("#")]
    assert f"{TRIALS} trials" in header[2]
    assert "without labels" in header[2]
    assert "Fewer than 20 trials" in said
    assert "Regret" in said
    assert "| unseen_id" in said
    assert said == (place / "whole" / "tuned" / "bands.md").read_text()


def test_it_says_whether_the_pick_replaces_the_default(tmp_path: Path) -> None:
    text = report(result(tmp_path))
    assert "Trial 3 replaces the default: it is ahead by 0.250 in the objective" in text
    assert "mean over 5 fresh proxy tasks that it wasn't chosen on (standard error 0.125, " in text
    assert "| lr          | 0.01      | 0.03125   |" in text
    text = report(result(tmp_path, verdict=Verdict(-0.25, 0.125, 0.97)))
    assert "Trial 3 does not replace the default: it is behind by 0.250" in text
    text = report(result(tmp_path, params={"lr": 0.01, "stage.width": 8}))
    assert "The default did best, so it is kept." in text


def test_it_ends_with_a_command_that_a_shell_takes_as_it_is(tmp_path: Path) -> None:
    out = tmp_path / "it's $HOME"
    last = report(result(tmp_path, out=out, file="./my methods/mine.py")).rstrip().splitlines()[-1]
    assert shlex.split(last) == [
        *("asdbench", "run", str(out / "tuned" / "mine.toml")),
        *("--methods", "./my methods/mine.py,mine-tuned", "--out", str(out)),
    ]


def test_an_oracle_says_so(tmp_path: Path) -> None:
    text = report(result(tmp_path, objective="oracle"))
    assert "only the evaluation subset may be reported" in text
    assert "in mean AUC/pAUC, mean over 5 fresh seeds; p counts the clips" in text


def test_what_was_left_out_and_who_ran_it_is_said(tmp_path: Path) -> None:
    dropped = [Instance("fan", "tone"), Instance("valve", "warp")]
    text = report(result(tmp_path, dropped=dropped, old=1))
    assert "Saturated, so dropped: fan/tone, valve/warp." in text
    assert "1 trial of other code of mine than today's." in text


@pytest.mark.parametrize(
    ("low", "high", "n", "pick", "expected"),
    [
        (0.1, 0.9, 19, 0.6, "Fewer than 20 trials: too few to say whether"),
        (
            0.1,
            0.9,
            20,
            0.6,
            "The objective goes with the truth here. Seen after the choice, with",
        ),
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
    text = report(result(tmp_path, trust=trust))
    assert expected in text
    assert f"({low:+.2f} to {high:+.2f}, n = {n})" in text
    assert f"none: one of them is the same in {n} trials" in text
    assert f"Regret: {100 * (0.75 - pick):.1f} points. The pick beats 40 %" in text
