"""Runs on the 32 clips that all tests share, in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from inline import NUMERICS, inline_engine

from asdbench.config.experiment import Experiment, Resolved, resolve
from asdbench.config.frontend import Frontend
from asdbench.config.selection import choose
from asdbench.data.clips import Clips
from asdbench.engines.events import CellEvent, Failed
from asdbench.execution.driver import recipe_of, run
from asdbench.execution.plan import Plan, plan
from asdbench.results.rows import keep_rows
from asdbench.results.store import Store

SECOND = Frontend(clip_seconds=1.0)


def resolved(**changed: Any) -> tuple[Experiment, Resolved]:
    """An experiment of two repeats, and what it is on the shared clips."""
    experiment = Experiment(**{"repeats": 2, "numerics": NUMERICS, **changed})
    return experiment, resolve(experiment, "small", frontend=SECOND, numerics=NUMERICS)


def planned(clips: Clips, *methods: str, **changed: Any) -> Plan:
    """The plan of such an experiment."""
    experiment, recipe = resolved(**changed)
    return plan(recipe, choose(experiment, methods), clips)


def ran(
    folder: Path, clips: Clips, made: Plan, watch: Callable[[CellEvent], None] = lambda _: None
) -> tuple[Store, tuple[Failed, ...]]:
    """The store in which all of a plan was run, and what failed."""
    store = Store(folder)
    with store.opened(clips.test_sets, "small"):
        keep_rows(store, made.rows, made.recipe.benchmark, recipe_of(made, clips))
        engine = inline_engine()
        failed = run(made.cells, made.plugins, clips, store, engine=engine, watch=watch)
    return store, failed
