"""The command line and Python take the same where nothing is said."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import asdbench
from asdbench.cli import app, results
from asdbench.cli.run import run
from asdbench.cli.tune import tune
from asdbench.config import defaults
from asdbench.config.experiment import experiments

SHARED = [
    (run, asdbench.run),
    (tune, asdbench.tune),
    (results.leaderboard, asdbench.render),
    (results.export, asdbench.export_scores),
    (results.ui, asdbench.serve),
    (results.import_scores, asdbench.import_scores),
    (app.check, asdbench.check),
]


@pytest.mark.parametrize(("command", "verb"), SHARED, ids=lambda one: one.__name__)
def test_a_command_holds_no_default_of_its_own(
    command: Callable[..., Any], verb: Callable[..., Any]
) -> None:
    asked = inspect.signature(command).parameters
    taken = inspect.signature(verb).parameters
    shared = asked.keys() & taken.keys() - {"form"}  # a terminal gets a table of its own
    assert shared
    assert {name: asked[name].default for name in shared} == {
        name: taken[name].default for name in shared
    }


def test_results_are_below_the_working_folder() -> None:
    assert not defaults.RUNS.is_absolute()
    assert defaults.DEMO in experiments()
