"""What is said of a detector that was made, and its copy as ONNX."""

from __future__ import annotations

import shlex

import typer

import asdbench
from asdbench.cli.results import complain, say
from asdbench.cli.words import echo, many


def report_made(made: asdbench.Detector, onnx: bool) -> None:
    """What was made, and what to do with it."""
    about = made.about
    say(f"{made.folder}: detector of {about.label}, {about.chosen}")
    echo(f"thresholds ({made.rule}), and what to expect if it listens all day:")
    for (machine, id_), limit in made.threshold.items():
        a_day = limit.a_day(about.clips_a_day)
        echo(f"  {machine} {id_}: {limit.value:.4g}, {a_day}, {many(limit.clips, 'clip')}")
    if weak := [f"{m} {id_}" for (m, id_), limit in made.threshold.items() if not limit.kept]:
        few = "say little" if made.rule.kind == "gamma" else "can't promise fewer"
        which = "" if len(weak) == len(made.threshold) else f" for {', '.join(weak)}"
        echo(f"so few training clips {few}{which}")
    say(f"next: asdbench score {shlex.quote(str(made.folder))} RECORDINGS --out scores.csv")
    if onnx:
        _export(made)


def _export(made: asdbench.Detector) -> None:
    """Write it as ONNX; where that can't be, the detector is there all the same."""
    from asdbench.detector.onnx_export import export_onnx

    try:
        found = export_onnx(made)
    except ValueError as error:
        complain(f"{made.folder} is made, but not as ONNX: {error}")
        raise typer.Exit(1) from error
    for one in found:
        echo(
            f"onnx/{one.file}: {one.size / 1e6:.2g} MB, {one.milliseconds:.2g} ms a clip on a "
            f"core ({one.torch_milliseconds:.2g} ms with PyTorch), scores the same within "
            f"{one.difference:.0e} on {one.clips} clips"
        )


def check_onnx(asked: bool) -> None:
    """Raise ``ValueError`` where what ONNX takes isn't installed, before anything is made."""
    if asked:
        from asdbench.detector.onnx_export import check_installed

        check_installed()
