"""``asdbench tune``."""

from __future__ import annotations

from typing import Annotated

import typer

import asdbench
from asdbench import api
from asdbench.cli import complete
from asdbench.cli.options import (
    COMPARE,
    Data,
    Device,
    Engine,
    Experiment,
    Jobs,
    Method,
    Out,
    Set,
    defaults,
)
from asdbench.cli.words import document
from asdbench.config.schema import settings_of

tuning = typer.Typer()
TUNE = defaults(api.tune)


@tuning.command(rich_help_panel=COMPARE)
def tune(
    method: Method,
    experiment: Experiment = TUNE["experiment"],
    trials: Annotated[int, typer.Option(help="Trials in all, those done before included.")] = TUNE[
        "trials"
    ],
    objective: Annotated[
        str,
        typer.Option(
            help="proxy: normal training clips only. oracle: with labels.",
            autocompletion=complete.among("proxy", "oracle"),
        ),
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

    with Terminal(first=f"{method}: reading the method and its experiment") as terminal:
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
    document(best.report)
