"""The commands of a board for the field: a site of many folders, and submissions to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import asdbench
from asdbench.cli import complete
from asdbench.cli.options import FIELD
from asdbench.cli.results import say
from asdbench.cli.words import echo
from asdbench.config.defaults import DEMO, REPEATS_ASKED, RUNS, SITE

field = typer.Typer()
submission = typer.Typer(no_args_is_help=True, help="Submissions to a board: make one, check one.")
field.add_typer(submission, name="submission", rich_help_panel=FIELD)


@field.command(rich_help_panel=FIELD)
def site(
    results: Annotated[
        list[Path],
        typer.Argument(
            metavar="RESULTS...",
            help="Output folders and submissions.",
            autocompletion=complete.folders,
        ),
    ],
    to: Annotated[Path, typer.Option(help="The folder of the site.")] = SITE,
) -> None:
    """Write a static site of many output folders: rankings, histories, a page a method."""
    from asdbench.cli.terminal import Terminal

    with Terminal():
        done = asdbench.write_site(results, to=to)
    for line in done.twice:
        say(f"note: {line}")
    for fault in done.faults:
        say(f"broken: {fault}")
    echo(
        f"{_many(done.test_sets, 'test set')}, {_many(done.methods, 'method')}, "
        f"{_many(done.rows, 'row')}; open {done.folder / 'index.html'}"
    )
    raise typer.Exit(int(bool(done.faults)))


@submission.command()
def check(
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER...", help="Submissions.", show_default=False)
    ],
    repeats: Annotated[
        int, typer.Option(help="Repeats that a row has at least, if seeds change it.")
    ] = REPEATS_ASKED,
) -> None:
    """Say what a submission lacks, a line each; nothing that it brings is run."""
    missing = 0
    for folder in folders:
        faults = asdbench.check_submission(folder, repeats=repeats)
        for fault in faults:
            echo(f"{folder}: {fault}")
        echo(f"{folder}: {_many(len(faults), 'thing')} missing" if faults else f"{folder}: ok")
        missing += len(faults)
    raise typer.Exit(int(bool(missing)))


@submission.command()
def make(
    rows: Annotated[
        list[str],
        typer.Argument(metavar="ROW...", help="Rows by label.", autocompletion=complete.rows),
    ],
    out: Annotated[
        Path,
        typer.Option("--from", help="Output folder.", autocompletion=complete.folders),
    ] = RUNS / DEMO,
    to: Annotated[Path, typer.Option(help="The folder of the submission.")] = Path("submission"),
) -> None:
    """Make a submission of rows: scores, what they were run with, and the source."""
    made = asdbench.make_submission(rows, out=out, to=to)
    for method in made.unsourced:
        say(
            f"note: the source of {method} that made the scores isn't there any more; put it into "
            f"{made.folder / 'source'}, or give a link to it"
        )
    echo(
        f"{', '.join(made.rows)}: {made.files} files, {made.bytes / 1024:,.0f} KiB in {made.folder}"
    )
    echo(f"now fill in {made.folder / 'submission.toml'}, and then:")
    echo(f"  asdbench submission check {made.folder}")


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'s' * (count != 1)}"
