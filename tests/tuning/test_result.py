"""A finished study: what its files and its row are called."""

from __future__ import annotations

from pathlib import Path

from tuned_results import DEFAULTS, PARAMS, result

from asdbench.tuning.result import Result
from asdbench.tuning.verdict import Verdict


def test_an_oracle_has_names_of_its_own_so_that_both_can_be_had(tmp_path: Path) -> None:
    proxy, oracle = (result(tmp_path, objective=name) for name in ("proxy", "oracle"))
    assert (proxy.label, proxy.recipe) == ("mine-tuned", tmp_path / "tuned" / "mine.toml")
    assert oracle.label == "mine-tuned-oracle"
    assert oracle.recipe == tmp_path / "tuned" / "mine-oracle.toml"


def test_the_fields_are_those_of_the_pick_only_where_it_is_better(tmp_path: Path) -> None:
    better: Result = result(tmp_path)
    assert better.fields["lr"] == PARAMS["lr"]
    assert result(tmp_path, verdict=Verdict(0.25, 0.125, 0.3)).fields == DEFAULTS
    assert better.is_default({"lr": 0.01, "stage.width": 8})
    assert not better.is_default({"lr": 0.01, "stage.width": 16})
