"""The commands that make detectors, and those that use them."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import asdbench
from asdbench.cli import complete
from asdbench.cli.made import check_onnx, report_made
from asdbench.cli.options import USE, Method, Set
from asdbench.cli.results import say
from asdbench.cli.words import echo, plain
from asdbench.config.defaults import DEMO, INTERRUPTED, RUNS
from asdbench.config.schema import settings_of

detector = typer.Typer(no_args_is_help=True, help="Make detectors that score new recordings.")
using = typer.Typer()

To = Annotated[Path, typer.Option(help="The folder to make, of the detector.")]
Threshold = Annotated[
    str,
    typer.Option(
        help="When to alarm: gamma (as the challenge), quantile:0.99, or alarms:1 (a day at most)."
    ),
]
Other = Annotated[
    str | None, typer.Option(help="gamma, quantile:0.99 or alarms:1.", show_default="its own")
]
Folder = Annotated[Path, typer.Argument(help="A detector's folder.", metavar="DETECTOR")]
Machine = Annotated[
    str | None, typer.Option(help="The machine type, where the path doesn't say it.")
]
Id = Annotated[str | None, typer.Option(help="The machine ID, where the path doesn't say it.")]
Onnx = Annotated[bool, typer.Option("--onnx", metavar="", help="Write it as ONNX too.")]


@detector.command()
def make(
    row: Annotated[
        str, typer.Argument(help="A row's label, as knn.", autocompletion=complete.rows)
    ],
    to: To,
    out: Annotated[
        Path,
        typer.Option(
            "--from", help="The output folder that has the row.", autocompletion=complete.folders
        ),
    ] = RUNS / DEMO,
    repeats: Annotated[
        str,
        typer.Option(
            help="Which fits: first, all (averaged), a number from 0, or best (by test figures)."
        ),
    ] = "first",
    threshold: Threshold = "gamma",
    data: Annotated[
        Path | None, typer.Option(help="Where the training clips are, if they were moved.")
    ] = None,
    onnx: Onnx = False,
) -> None:
    """Make a detector of a row of the leaderboard: its fits, kept, with thresholds."""
    from asdbench.cli.terminal import Terminal

    check_onnx(onnx)
    with Terminal() as terminal:
        made = asdbench.make_detector(
            row,
            out,
            to=to,
            repeats=repeats,
            threshold=threshold,
            data=data,
            progress=terminal.listening,
        )
    report_made(made, onnx)


@detector.command()
def fit(
    method: Method,
    data: Annotated[Path, typer.Option(help="A folder of normal recordings.")],
    to: To,
    experiment: Annotated[str, typer.Option(help="Whose recipe is taken.")] = DEMO,
    repeats: Annotated[int, typer.Option(help="Fits of other seeds that are put together.")] = 1,
    threshold: Threshold = "gamma",
    jobs: Annotated[int | None, typer.Option(help="Fits at once.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu or cuda.")] = None,
    settings: Set = None,
    onnx: Onnx = False,
) -> None:
    """Fit a method on normal recordings alone, and make a detector of it."""
    from asdbench.cli.terminal import Terminal

    check_onnx(onnx)
    note = f"the recipe is {experiment!r}; the papers' own are in `paper`"
    with Terminal(note if experiment != "paper" else "") as terminal:
        made = asdbench.fit_detector(
            method,
            data,
            to=to,
            experiment=experiment,
            repeats=repeats,
            threshold=threshold,
            jobs=jobs,
            device=device,
            settings=settings_of(settings),
            on_event=terminal,
        )
    report_made(made, onnx)


@using.command(rich_help_panel=USE)
def score(
    folder: Folder,
    recordings: Annotated[list[Path], typer.Argument(help="Sound files, or folders of them.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write a line a file.", show_default="printed")
    ] = None,
    windows: Annotated[
        Path | None, typer.Option(help="Where to write a line a window, of long recordings.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="An HTML page of the most anomalous clips, with sound.")
    ] = None,
    top: Annotated[int, typer.Option(help="How many clips are in the report.")] = 10,
    machine: Machine = None,
    id: Id = None,
    threshold: Other = None,
    overlap: Annotated[
        float, typer.Option(help="By which share windows of a long recording overlap.")
    ] = 0.5,
    jobs: Annotated[
        int | None, typer.Option(help="Processes.", show_default="a core each, if many files")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda.")] = None,
) -> None:
    """Score new recordings; exit code 1 where some could not be scored."""
    from asdbench.cli.scored import Shown

    _check_asked(top, jobs, [place for place in (out, windows, report) if place])
    loaded = asdbench.load_detector(folder, device=device, threshold=threshold)
    loaded.cut(overlap)  # a wrong one is said before anything is written
    shown = Shown(loaded, recordings, out=out, windows=windows, top=top if report else 0)
    with contextlib.closing(shown):
        try:
            failed = shown.run(machine=machine, id=id, overlap=overlap, jobs=jobs)
        except KeyboardInterrupt:
            say(f"asdbench: stopped{shown.unfinished()}")
            sys.exit(INTERRUPTED)
    if report:
        from asdbench.detector.report import write_report

        write_report(loaded, shown.worst, report, said=shown.summary)
        say(f"the {len(shown.worst)} most anomalous clips: {report}")
    raise typer.Exit(int(bool(failed)))


@using.command(rich_help_panel=USE)
def explain(
    folder: Folder,
    recording: Annotated[Path, typer.Argument(help="A sound file.")],
    to: Annotated[Path, typer.Option(help="The picture: .png, .svg or .pdf.")],
    machine: Machine = None,
    id: Id = None,
    threshold: Other = None,
) -> None:
    """Draw what made a recording's score high, beside the nearest normal clip."""
    from asdbench.detector.explain import explain_file

    loaded = asdbench.load_detector(folder, threshold=threshold)
    found = explain_file(loaded, recording, machine=machine, id=id)
    found.save(to)
    echo(found.text)


@using.command(rich_help_panel=USE)
def watch(
    folder: Folder,
    incoming: Annotated[Path, typer.Argument(help="The folder that recordings come into.")],
    log: Annotated[Path, typer.Option(help="Where to write a line a file.")],
    machine: Machine = None,
    id: Id = None,
    threshold: Other = None,
    overlap: Annotated[float, typer.Option(help="Of the windows of a long recording.")] = 0.5,
    every: Annotated[float, typer.Option(help="Seconds between two looks at the folder.")] = 1.0,
    settle: Annotated[
        float, typer.Option(help="A file is complete when it hasn't changed for so many seconds.")
    ] = 5.0,
    device: Annotated[str | None, typer.Option(help="cpu or cuda.")] = None,
) -> None:
    """Follow a folder, and score each recording once when it is complete; Ctrl-C ends it."""
    from asdbench.detector.watch import watch as follow

    def show(text: str) -> None:
        sys.stderr.write(f"{plain(text)}\n")
        sys.stderr.flush()

    loaded = asdbench.load_detector(folder, device=device, threshold=threshold)
    options: dict[str, Any] = {"machine": machine, "id": id, "overlap": overlap, "settle": settle}
    with contextlib.suppress(KeyboardInterrupt):
        follow(loaded, incoming, log, every=every, show=show, **options)
    say(f"stopped; what was scored is in {log}")


def _check_asked(top: int, jobs: int | None, places: list[Path]) -> None:
    if top < 1 or (jobs is not None and jobs < 1):
        raise ValueError(f"--top {top}, --jobs {jobs}: at least one is needed")
    if len({place.resolve() for place in places}) < len(places):
        raise ValueError("--out, --windows and --report name one file; give each its own")
