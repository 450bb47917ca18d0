"""The recipe of a study: it runs, and its row says where it comes from."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from inline import inline
from studies import TRIALS, at_home
from tuned_results import result

import asdbench
from asdbench.tuning.recipe import recipe
from asdbench.tuning.result import Result
from asdbench.tuning.verdict import Verdict


def read(found: Result) -> dict[str, Any]:
    return tomllib.loads(recipe(found))


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
    assert "| bands-tuned† (tuned: proxy) |" in text
    assert "bands (tuned" not in text
    assert "tuned: proxy" in (place / "board" / "leaderboard.html").read_text()


def test_the_tuned_row_has_the_fields_of_the_pick_or_else_of_the_default(tmp_path: Path) -> None:
    found = read(result(tmp_path))
    row = {"method": "mine", "lr": 0.03125, "stage": {"width": 16}}
    assert found["variants"] == {"mine-tuned": row}
    assert found["tuned"] == {
        "mine-tuned": {"objective": "proxy", "trials": 0, "subset": "development"}
    }
    assert found["methods"] == {"mine": {"other": 3}}  # TOML has no null
    found = read(result(tmp_path, verdict=Verdict(-0.25, 0.125, 0.97)))
    row = {"method": "mine", "lr": 0.01, "stage": {"width": 8}}
    assert found["variants"] == {"mine-tuned": row}


def test_an_oracles_row_says_so(tmp_path: Path) -> None:
    origin = {"objective": "oracle", "trials": 0, "subset": "development"}
    assert read(result(tmp_path, objective="oracle"))["tuned"] == {"mine-tuned-oracle": origin}
