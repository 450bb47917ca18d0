"""The command line: parse, call what Python calls, print, exit code."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import asdbench
from asdbench import ahead
from asdbench.cli.cache import cache
from asdbench.cli.data import data
from asdbench.cli.detector import detector, using
from asdbench.cli.options import (
    COMPARE,
    DATA,
    USE,
    YOURS,
    Data,
    Experiment,
    Method,
    Methods,
    Repeats,
    Set,
    defaults,
)
from asdbench.cli.results import complain, results
from asdbench.cli.run import running
from asdbench.cli.site import field
from asdbench.cli.streams import print_anything
from asdbench.cli.tune import tuning
from asdbench.cli.words import document, echo
from asdbench.config import plugins
from asdbench.config.defaults import INTERRUPTED
from asdbench.config.files import told
from asdbench.config.names import did_you_mean
from asdbench.config.schema import settings_of

_USAGE_ERROR: Any = typer.BadParameter.__mro__[2]  # ClickException, wherever typer keeps click
EXAMPLES = """Examples:
  asdbench run                               the demo; nothing to download
  asdbench run --data FOLDER --methods all   your own recordings
  asdbench run paper --data DIR --dry-run    what it would take
  asdbench leaderboard --out runs/demo       the board of a run
  asdbench tune knn --trials 20              better fields, without anomalies
  asdbench detector make knn --to DETECTOR   the demo's best as a detector
  asdbench score DETECTOR FOLDER             new recordings, scored
"""


class _WithExamples(TyperGroup):
    """Commands whose help ends in examples, a line each."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        super().format_help(ctx, formatter)
        typer.echo(EXAMPLES)


app = typer.Typer(
    cls=_WithExamples,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Compare anomalous sound detection methods under one pipeline and one set of seeds.",
)
others = typer.Typer()
PLAN = defaults(ahead.plan)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"asdbench {version('asdbench')}")
        raise typer.Exit


@app.callback(no_args_is_help=True)
def _every_command(
    _: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", help="Show the version.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None: ...


@others.command(rich_help_panel=COMPARE)
def plan(
    experiment: Experiment = PLAN["experiment"],
    methods: Methods = PLAN["methods"],
    data: Data = PLAN["data"],
    repeats: Repeats = PLAN["repeats"],
    out: Annotated[
        Path | None,
        typer.Option(help="Results to learn from.", show_default="runs/<experiment>, if there"),
    ] = PLAN["out"],
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
        document(f"{shown(outlook)}\n")


@others.command("list", rich_help_panel=YOURS)
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


@others.command(rich_help_panel=YOURS)
def check(method: Method, settings: Set = None) -> None:
    """Check that a method keeps the contract; the ID methods in a small size."""

    def show(finding: Any) -> None:
        mark = "ok  " if finding.passed else "FAIL"
        echo(f"{mark} {finding.rule}{'' if finding.passed else ': ' + finding.detail}")

    findings = asdbench.check(method, settings=settings_of(settings), on_finding=show)
    raise typer.Exit(int(not all(finding.passed for finding in findings)))


app.add_typer(running)
app.add_typer(results)
app.add_typer(tuning)
app.add_typer(others)
app.add_typer(data, name="data", rich_help_panel=DATA)
app.add_typer(cache, name="cache", rich_help_panel=DATA)
app.add_typer(detector, name="detector", rich_help_panel=USE)
app.add_typer(using)
app.add_typer(field)


def main() -> None:
    """The entry point: exit code 2 and one line on stderr for what the user can mend."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what it began ends too
    print_anything()
    try:
        code = _called()
    except _USAGE_ERROR as error:
        code = _misused(error)
    except BrokenPipeError:  # as in `asdbench leaderboard | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except (ValueError, OSError) as error:
        if os.environ.get("ASDBENCH_TRACEBACK"):
            raise
        complain(told(error) if isinstance(error, OSError) else str(error))
        code = 2
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        complain("stopped; nothing that is done is lost: run the same command again to go on")
    sys.exit(code or 0)


def _called() -> Any:
    """What the command ends with, once all that it printed is read, or refused."""
    try:
        code = app(standalone_mode=False)
    except SystemExit as ended:  # what click makes of a pipe that nobody reads any more
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        raise
    sys.stdout.flush()
    return code


def _misused(error: Any) -> int:
    """Say what is wrong with a command's words; a command without any has shown its help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return 0
    said, context = error.format_message(), getattr(error, "ctx", None)
    options = {name for one in context.command.params for name in one.opts} if context else set()
    if type(error).__name__ == "NoSuchOption" and context:
        known = {name for name in options if name.startswith("-")} | {*context.help_option_names}
        said = f"no option {error.option_name}{did_you_mean(error.option_name, known)}"
    elif "No such command" in said and "Did you mean" not in said and context:
        said += f" There are {', '.join(context.command.list_commands(context))}."
    elif "unexpected extra argument" in said and "--out" in options:
        said += ". A folder of results goes behind --out."
    complain(said)
    return 2


def _print_listed(title: str, lines: dict[str, str]) -> None:
    echo(f"{title}:")
    width = max(map(len, lines), default=0)
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    behind = " " * (width + 4)
    for name, summary in lines.items():
        first, *more = textwrap.wrap(summary, max(20, room - len(behind))) or [""]
        echo("\n".join([f"  {name:{width}}  {first}", *(behind + line for line in more)]))


def _said(plugin: plugins.Plugin) -> str:
    return f"{plugin.summary} Needs {plugin.needs}." if plugin.needs else plugin.summary


def _header(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
