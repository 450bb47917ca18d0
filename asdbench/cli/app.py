"""The command line: parse, call what Python calls, print, exit code."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import asdbench
from asdbench import api
from asdbench.cli.data import data
from asdbench.cli.detector import detector, using
from asdbench.cli.results import complain, print_board, results, say
from asdbench.config import plugins
from asdbench.config.defaults import INTERRUPTED
from asdbench.config.schema import settings_of

if TYPE_CHECKING:
    from asdbench.execution.run import Run

_USAGE_ERROR: Any = typer.BadParameter.__mro__[2]  # ClickException, wherever typer keeps click
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Compare anomalous sound detection methods under one pipeline and one set of seeds.",
)
app.add_typer(results)
app.add_typer(data, name="data")
app.add_typer(detector, name="detector")
app.add_typer(using)


def _defaults(verb: Callable[..., Any]) -> dict[str, Any]:
    """What a verb takes where nothing is said: the command line holds no default of its own."""
    return {name: one.default for name, one in inspect.signature(verb).parameters.items()}


RUN, TUNE = _defaults(api.run), _defaults(api.tune)
Experiment = Annotated[str, typer.Argument(help="A name, or a TOML file.")]
Methods = Annotated[str, typer.Option(help="all, or names and files: a,b,./mine.py")]
Repeats = Annotated[int | None, typer.Option(help="Repeats of each method.")]
Data = Annotated[Path | None, typer.Option(help="A folder of recordings, instead of its dataset.")]
Seed = Annotated[int | None, typer.Option(help="The base seed of all repeats.")]
Jobs = Annotated[
    int | None, typer.Option(help="Cells at once; by default all that there is room for.")
]
Engine = Annotated[str, typer.Option(help="local: this machine. ray: a Ray cluster.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu or cuda.")]
Out = Annotated[Path | None, typer.Option(help="Output folder.", show_default="runs/<experiment>")]
Set = Annotated[list[str] | None, typer.Option("--set", help="method.field=value; repeatable.")]


@app.command()
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
    force: Annotated[bool, typer.Option("--force", help="Run cells that are done again.")] = RUN[
        "force"
    ],
) -> None:
    """Run an experiment: what is missing of it, then the leaderboard."""
    from asdbench.cli.terminal import Terminal

    note = f"the recipe is {experiment!r}, not the paper's" if data else ""
    with Terminal(note if experiment != "paper" else "") as terminal:
        done = asdbench.run(
            experiment,
            methods=methods,
            data=data,
            repeats=repeats,
            seed=seed,
            jobs=jobs,
            engine=engine,
            device=device,
            out=out,
            settings=settings_of(settings),
            force=force,
            on_event=terminal,
        )
    raise typer.Exit(_report(done))


@app.command()
def tune(
    method: Annotated[str, typer.Argument(help="A method's name, or its file.")],
    experiment: Experiment = TUNE["experiment"],
    trials: Annotated[int, typer.Option(help="Trials in all, those done before included.")] = TUNE[
        "trials"
    ],
    objective: Annotated[
        str, typer.Option(help="proxy: normal training clips only. oracle: with labels.")
    ] = TUNE["objective"],
    data: Data = TUNE["data"],
    repeats: Annotated[int, typer.Option(help="Repeats of each trial.")] = TUNE["repeats"],
    jobs: Jobs = TUNE["jobs"],
    engine: Engine = TUNE["engine"],
    device: Device = TUNE["device"],
    out: Out = TUNE["out"],
    settings: Set = None,
) -> None:
    """Tune a method without anomalies, and say how far to trust it."""
    from asdbench.cli.terminal import Terminal

    with Terminal() as terminal:
        best = asdbench.tune(
            method,
            experiment,
            trials=trials,
            objective=objective,
            data=data,
            repeats=repeats,
            jobs=jobs,
            engine=engine,
            device=device,
            out=out,
            settings=settings_of(settings),
            on_event=terminal,
        )
    sys.stdout.write(best.report)


@app.command()
def plan(
    experiment: Experiment = RUN["experiment"],
    methods: Methods = RUN["methods"],
    data: Data = RUN["data"],
    repeats: Repeats = RUN["repeats"],
    out: Annotated[
        Path | None,
        typer.Option(help="Results to learn from.", show_default="runs/<experiment>, if there"),
    ] = RUN["out"],
    settings: Set = None,
) -> None:
    """Say which differences a run could tell, before it is run."""
    from asdbench.cli.outlook import shown

    found = asdbench.plan(
        experiment,
        methods=methods,
        data=data,
        repeats=repeats,
        out=out,
        settings=settings_of(settings),
    )
    for outlook in found:
        typer.echo(shown(outlook))


@app.command("list")
def list_all() -> None:
    """List methods, datasets, leaderboard formats and experiments."""
    from asdbench.config.experiment import experiments

    for title, group in (
        ("methods", plugins.METHODS),
        ("datasets", plugins.DATASETS),
        ("leaderboards", plugins.LEADERBOARDS),
    ):
        _print_listed(title, {n: _said(p) for n, p in plugins.available(group).items()})
    _print_listed("experiments", {n: _header(path) for n, path in experiments().items()})


@app.command()
def check(
    method: Annotated[str, typer.Argument(help="A method's name, or its file.")],
    settings: Set = None,
) -> None:
    """Check that a method keeps the contract; the ID methods in a small size."""

    def show(finding: Any) -> None:
        mark = "ok  " if finding.passed else "FAIL"
        typer.echo(f"{mark} {finding.rule}{'' if finding.passed else ': ' + finding.detail}")

    findings = asdbench.check(method, settings=settings_of(settings), on_finding=show)
    raise typer.Exit(int(not all(finding.passed for finding in findings)))


def main() -> None:
    """The entry point: exit code 2 and one line on stderr for what the user can mend."""
    try:
        code = app(standalone_mode=False)
    except _USAGE_ERROR as error:
        complain(error.format_message())
        code = 2
    except BrokenPipeError:  # as in `asdbench leaderboard | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (ValueError, OSError) as error:
        if os.environ.get("ASDBENCH_TRACEBACK"):
            raise
        complain(str(error))
        code = 2
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        complain("stopped; nothing that is done is lost: run the same command again to go on")
    sys.exit(code or 0)


def _report(done: Run) -> int:
    """Print the board and say what came of the run; the exit code."""
    broken = dict.fromkeys([*done.broken, *print_board(done.folder)])
    for failed in done.failed:
        where = done.folder / "cells" / failed.cell.name / "error.txt"
        say(f"failed: {failed.cell.name}: {failed.reason} (see {where})")
    for problem in broken:
        say(f"broken: {problem}")
    say(f"{done.ran} cells run, {done.kept} kept from before; in {done.folder}")
    return int(bool(done.failed or broken))


def _print_listed(title: str, lines: dict[str, str]) -> None:
    typer.echo(f"{title}:")
    width = max(map(len, lines), default=0)
    for name, summary in lines.items():
        typer.echo(f"  {name:{width}}  {summary}")


def _said(plugin: plugins.Plugin) -> str:
    return f"{plugin.summary} Needs {plugin.needs}." if plugin.needs else plugin.summary


def _header(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
