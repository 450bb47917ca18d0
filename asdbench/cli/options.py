"""The options and arguments that several commands take; they hold no default of their own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from asdbench.cli import complete

# Panels of the help.
COMPARE, YOURS = "Compare methods", "Methods and scores of your own"
DATA, USE = "Recordings", "Use the winner"
FIELD = "A board for the field"


def defaults(verb: Callable[..., Any]) -> dict[str, Any]:
    """What a verb takes where nothing is said."""
    return {name: one.default for name, one in inspect.signature(verb).parameters.items()}


Experiment = Annotated[
    str,
    typer.Argument(help="A name, or a TOML file.", autocompletion=complete.experiments),
]
Method = Annotated[
    str, typer.Argument(help="A method's name, or its file.", autocompletion=complete.methods)
]
Methods = Annotated[
    str,
    typer.Option(
        help="all, or names and files: a,b,./mine.py", autocompletion=complete.several_methods
    ),
]
Repeats = Annotated[int | None, typer.Option(help="Repeats of each method.")]
Data = Annotated[Path | None, typer.Option(help="A folder of recordings, instead of its dataset.")]
Seed = Annotated[int | None, typer.Option(help="The base seed of all repeats.")]
Jobs = Annotated[
    int | None, typer.Option(help="Cells at once; by default all that there is room for.")
]
Engine = Annotated[
    str,
    typer.Option(
        help="local: this machine. ray: a Ray cluster.",
        autocompletion=complete.among("local", "ray"),
    ),
]
Device = Annotated[
    str | None,
    typer.Option(help="auto, cpu or cuda.", autocompletion=complete.among("auto", "cpu", "cuda")),
]
Out = Annotated[Path | None, typer.Option(help="Output folder.", show_default="runs/<experiment>")]
Of = Annotated[Path, typer.Option(help="Output folder.", autocompletion=complete.folders)]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD",
        help="method.field=value; repeatable.",
        autocompletion=complete.settings,
    ),
]
Force = Annotated[bool, typer.Option("--force", metavar="", help="Run cells that are done again.")]
Strict = Annotated[
    bool, typer.Option("--strict", metavar="", help="Stop first where the recordings have faults.")
]
DryRunOnly = Annotated[
    bool,
    typer.Option(
        "--dry-run", metavar="", help="Say what would run, and what time and disk it takes."
    ),
]
TimeLimit = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="Stop a cell that takes longer.")
]
MemoryLimit = Annotated[
    float | None, typer.Option(metavar="GB", help="Memory that a cell may take.")
]
Isolated = Annotated[
    bool,
    typer.Option("--isolated", metavar="", help="Keep methods from data, results and network."),
]
