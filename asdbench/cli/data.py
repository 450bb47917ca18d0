"""``asdbench data``: get, look at and make datasets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from asdbench.cli.words import echo
from asdbench.config.defaults import DEMO

data = typer.Typer(no_args_is_help=True, help="Get, look at and make datasets.")


@data.command()
def download(
    name: Annotated[str, typer.Argument(help="dcase2020, ..., dcase2026.")],
    to: Annotated[Path, typer.Option(help="The folder to unpack into.")],
    subsets: Annotated[
        str, typer.Option(help="development, evaluation (its training and test clips); or all.")
    ] = "all",
    machines: Annotated[str, typer.Option(help="Machine types, as fan,valve; or all.")] = "all",
    keep_archives: Annotated[
        bool, typer.Option("--keep-archives", metavar="", help="Keep the zip files too.")
    ] = False,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", metavar="", help="Go on where a checksum can't be had.")
    ] = False,
) -> None:
    """Download a year of DCASE Task 2 from Zenodo: checked, resumable, unpacked."""
    from asdbench.cli.terminal import Terminal
    from asdbench.data.dcase import download as downloading
    from asdbench.data.dcase.facts import SUBSETS

    with Terminal() as terminal:
        done = downloading.download(
            name,
            to,
            subsets=SUBSETS if subsets == "all" else _words(subsets),
            machines=() if machines == "all" else _words(machines),
            verify=not no_verify,
            keep_archives=keep_archives,
            progress=terminal.watch_download,
        )
    echo(str(done))


@data.command()
def describe(
    folder: Annotated[Path, typer.Argument(help="A dataset's folder or zip.")],
    strict: Annotated[
        bool, typer.Option("--strict", metavar="", help="Exit code 1 where something is at fault.")
    ] = False,
) -> None:
    """Say what a folder of recordings holds, and what is odd about it."""
    from asdbench.cli.described import show
    from asdbench.cli.terminal import Terminal
    from asdbench.data.folders.describe import describe

    with Terminal() as terminal:
        found = describe(folder, terminal.listening)
    show(found)
    raise typer.Exit(int(strict and found.at_fault))


@data.command()
def synthesize(
    folder: Annotated[Path, typer.Argument(help="Where to write the clips.")],
    experiment: Annotated[
        str, typer.Option(help="Write the clips of this experiment's synthetic dataset.")
    ] = DEMO,
) -> None:
    """Write synthetic clips as a folder in the DCASE 2020 layout."""
    from asdbench.cli.terminal import Terminal
    from asdbench.config.experiment import read
    from asdbench.data.loading import dataset_of
    from asdbench.data.synthetic.dataset import Synthetic
    from asdbench.data.synthetic.write import write_wavs

    _, recipe = read(experiment)
    dataset = dataset_of(recipe.dataset)
    if not isinstance(dataset, Synthetic):
        raise ValueError(f"experiment {experiment!r} does not use the synthetic dataset")
    with Terminal() as terminal:
        clips = write_wavs(dataset, folder, terminal.watch_writing)
    echo(f"{clips} clips are in {folder}")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
