"""The commands on an output folder: its leaderboard, scores in and out, MLflow's page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import asdbench
from asdbench.cli import complete
from asdbench.cli.options import COMPARE, YOURS, Of
from asdbench.cli.words import at_words, echo, many, plain, put
from asdbench.config import plugins
from asdbench.config.defaults import DEMO, PORT, RUNS

if TYPE_CHECKING:
    from asdbench.evaluation import Board

results = typer.Typer()
Question = Annotated[
    str | None,
    typer.Option(
        help="What letters, P(best) and intervals answer: here (other seeds and clips), "
        "elsewhere (other machine IDs too) or clips.",
        show_default="here, if the repeats allow",
        autocompletion=complete.among("here", "elsewhere", "clips"),
    ),
]


@results.command(rich_help_panel=COMPARE)
def leaderboard(
    out: Of = RUNS / DEMO,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="md, html, tex, csv, json, or a plugin.",
            show_default="md; on a terminal, a table that fits it",
            autocompletion=complete.formats,
        ),
    ] = None,
    question: Question = None,
    figures: Annotated[
        str | None,
        typer.Option(
            help="Figures to show, as official,auc,f1; rows are ranked by the first.",
            show_default="those of the year's challenge",
        ),
    ] = None,
    clips: Annotated[
        bool,
        typer.Option(
            "--clips",
            metavar="",
            help="Make a page of the clips that rows get most wrong, to hear.",
        ),
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(help="Where the recordings are, for --clips, if not where they were."),
    ] = None,
) -> None:
    """Print the leaderboard of an output folder."""
    if data and not clips:
        raise ValueError("--data says where the recordings are for --clips; add --clips")
    if clips:
        _make_clips(out, data)
    names = None if figures is None else [name.strip() for name in figures.split(",")]
    if form is None and sys.stdout.isatty():
        from asdbench.cli.ending import say_ending
        from asdbench.cli.terminal import console

        say_ending(console, out, show_board(out, question, names or ()))
        return
    put(asdbench.render(out, form=form or "md", question=question, figures=names))


def _make_clips(out: Path, data: Path | None) -> None:
    from asdbench.cli.terminal import Terminal
    from asdbench.execution.progress import Reading

    with Terminal() as terminal:

        def show(done: int, total: int) -> None:
            terminal(Reading("drawing clips", done, total))

        made = asdbench.make_clips(out, data=data, progress=show)
    say(f"clips to hear: {made.page}, {made.clips} clips, {made.megabytes:.1f} MB")
    if made.silent:
        say(
            f"{made.silent} of them without sound: {made.why_not or 'they cannot be read any more'}"
        )
    for problem in made.broken:
        complain(f"broken: {problem}")


@results.command("import", rich_help_panel=YOURS)
def import_scores(
    name: Annotated[str, typer.Argument(help="What to call the system: its row's label.")],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Its score files, or a folder of them a repeat.")
    ],
    dataset: Annotated[
        str | None, typer.Option(help="dcase2020 to dcase2025, whose test clips are built in.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Output folder.", show_default="runs/<dataset>, runs/demo")
    ] = None,
) -> None:
    """Add a system that was run elsewhere to the leaderboard, by its score files."""
    done = asdbench.import_scores(name, folder, dataset=dataset, out=out)
    say(f"{name}: {many(done.repeats, 'repeat')}, {' and '.join(done.subsets)}, in {done.folder}")
    broken = [*done.broken, *print_board(done.folder)]
    for problem in dict.fromkeys(broken):
        complain(f"broken: {problem}")
    raise typer.Exit(int(bool(broken)))


@results.command(rich_help_panel=YOURS)
def export(
    rows: Annotated[
        list[str] | None,
        typer.Argument(help="Rows by label.", show_default="all", autocompletion=complete.rows),
    ] = None,
    out: Of = RUNS / DEMO,
    challenge: Annotated[
        int | None,
        typer.Option(help="A year: scores and decisions as its official evaluator takes them."),
    ] = None,
) -> None:
    """Write scores in the form of the DCASE challenge."""

    def show(row: Any) -> None:
        counted = f"{many(row.repeats, 'repeat')}, {many(row.files, 'file')}"
        echo(f"{row.label}: {counted} in {row.folder}")

    asdbench.export_scores(out, rows=rows, challenge=challenge, on_row=show)


@results.command(rich_help_panel=COMPARE)
def ui(
    out: Of = RUNS / DEMO,
    port: Annotated[int, typer.Option(help="The port of the page.")] = PORT,
) -> None:
    """Open MLflow on an output folder, brought up to date."""
    import signal

    from asdbench.cli.terminal import Terminal

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as Ctrl-C: the server ends too
    with Terminal():
        asdbench.serve(out, port=port)


def show_board(folder: Path, question: str | None = None, figures: Sequence[str] = ()) -> Board:
    """The leaderboard as a table that fits the terminal; the board that it shows."""
    from asdbench.cli.board import shown
    from asdbench.cli.terminal import PlainConsole
    from asdbench.results.files import board_of
    from asdbench.results.store import Store

    console = PlainConsole(highlight=False)
    board = board_of(Store.existing(folder), question, figures)
    console.print(shown(board, console.width))
    return board


def print_board(folder: Path) -> list[str]:
    """Print a folder's leaderboard; what is broken, if that can't be done."""
    if sys.stdout.isatty():
        show_board(folder)
        return []
    try:
        put(asdbench.render(folder))
    except plugins.BrokenPluginError as error:
        return [str(error)]
    return []


def say(text: str) -> None:
    """A line on standard error."""
    sys.stderr.write(f"{plain(text)}\n")


def complain(text: str) -> None:
    """One line on standard error, whatever breaks the text has."""
    line = " ".join(text.split())
    sys.stderr.write(f"{at_words(f'asdbench: {plain(line)}')}\n")
