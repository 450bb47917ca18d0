"""``asdbench run``, and what it says when it is over."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

import asdbench
from asdbench import api
from asdbench.cli.dry import dry_lines
from asdbench.cli.options import (
    COMPARE,
    Data,
    Device,
    DryRunOnly,
    Engine,
    Experiment,
    Force,
    Isolated,
    Jobs,
    MemoryLimit,
    Methods,
    Out,
    Repeats,
    Seed,
    Set,
    Strict,
    TimeLimit,
    defaults,
)
from asdbench.cli.results import print_board, say
from asdbench.cli.words import at_words, many
from asdbench.config.schema import settings_of

if TYPE_CHECKING:
    from asdbench.cli.terminal import Terminal
    from asdbench.execution.dry_run import DryRun
    from asdbench.execution.progress import Event
    from asdbench.execution.run import Run

running = typer.Typer()
RUN = defaults(api.run)
EMPTY = (
    "nothing can be compared: no machine ID has both normal and anomalous test clips with labels. "
    "The scores are kept. Add such clips to test/ and run again; "
    "`asdbench detector make` makes a detector without them"
)


@running.command(rich_help_panel=COMPARE)
def run(
    experiment: Experiment = RUN["experiment"],
    methods: Methods = RUN["methods"],
    data: Data = RUN["data"],
    repeats: Repeats = RUN["repeats"],
    seed: Seed = RUN["seed"],
    jobs: Jobs = RUN["jobs"],
    engine: Engine = RUN["engine"],
    device: Device = RUN["device"],
    out: Out = RUN["out"],
    settings: Set = None,
    time_limit: TimeLimit = None,
    memory_limit: MemoryLimit = None,
    isolated: Isolated = False,
    force: Force = RUN["force"],
    strict: Strict = RUN["strict"],
    dry_run: DryRunOnly = False,
) -> None:
    """Run an experiment: what is missing of it, then the leaderboard."""
    from asdbench.cli.terminal import Terminal

    asked: dict[str, Any] = {
        "methods": methods,
        "data": data,
        "repeats": repeats,
        "seed": seed,
        "jobs": jobs,
        "engine": engine,
        "device": device,
        "out": out,
        "settings": settings_of(settings),
        "limits": _limits(seconds=time_limit, gigabytes=memory_limit, isolated=isolated or None),
        "force": force,
        "strict": strict,
    }
    first = f"{experiment}: reading the experiment and its methods"
    with Terminal(_note(experiment, data), first) as terminal:
        if dry_run:
            _show_dry(terminal, asdbench.dry_run(experiment, **asked))
            return
        shown = _Shown(terminal)
        done = asdbench.run(experiment, **asked, on_event=shown)
    raise typer.Exit(_report(done, shown))


def _note(experiment: str, data: Path | None) -> str:
    """What is to be known of recordings of one's own under an experiment's recipe."""
    if not data or experiment == "paper":
        return ""
    return f"the recipe is {experiment!r}; the papers' own are in `paper`"


def _limits(**asked: Any) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}


class _Shown:
    """Shows events, and the board once it is there: MLflow may still take a while then."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.broken: list[str] | None = None

    def __call__(self, event: Event) -> None:
        from asdbench.execution.progress import Written

        if isinstance(event, Written):
            self._terminal.pause()
            self.broken = print_board(event.folder)
        self._terminal(event)


def _report(done: Run, shown: _Shown) -> int:
    """Say what came of a run; the exit code. The board is printed, if it isn't yet."""
    from asdbench.cli.ending import again, say_ending
    from asdbench.cli.terminal import console

    told = print_board(done.folder) if shown.broken is None else shown.broken
    broken = dict.fromkeys([*done.broken, *told])
    by_reason: dict[str, list[str]] = {}
    for failed in done.failed:
        by_reason.setdefault(failed.reason, []).append(failed.cell.name)
    for reason, (first, *others) in by_reason.items():
        where = done.folder / "cells" / first / "error.txt"
        more = f" and {many(len(others), 'more cell')}" if others else ""
        say(f"failed: {first}{more}: {reason} (see {where})")
    for problem in broken:
        say(f"broken: {problem}")
    say(f"{many(done.ran, 'cell')} run, {done.kept} kept from before; in {done.folder}")
    empty = not (done.failed or broken or done.board.rows)
    if empty:
        say(EMPTY)
    if console.is_terminal:
        if done.failed:
            say(f"what failed runs again, and nothing else: {again()}")
        if not told:
            words = () if done.failed else sys.argv[1:]
            say_ending(console, done.folder, done.board, words)
    return int(bool(done.failed or broken or empty))


def _show_dry(terminal: Terminal, found: DryRun) -> None:
    """The plan, and what it would take; nothing of it is run."""
    from asdbench.cli.terminal import show_plan

    terminal.pause()
    show_plan(found.planned, unknown="not known")
    for line in dry_lines(found):
        say(at_words(line))
