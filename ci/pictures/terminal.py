"""The terminal: a run of the demo, its plan, its running cells and the help, at two widths.

What is drawn is what the commands print on a terminal of so many columns. One file has the colours
for light and for dark pages; it needs no font but one that the reader has.
"""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

from browser import IMAGES
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from asdbench.cli.cells import CellsShown
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.engines.events import Done, Epoch, Started
from asdbench.results.records import Cell, Outcome

WIDTHS = (80, 200)
LIGHT = TerminalTheme(
    (255, 255, 255),
    (31, 35, 40),
    [
        *((36, 41, 47), (207, 34, 46), (17, 99, 41), (125, 78, 0)),
        *((9, 105, 218), (130, 80, 223), (27, 124, 131), (110, 119, 129)),
    ],
)
DARK = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [
        *((72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34)),
        *((88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196)),
    ],
)
FORMAT = """<svg viewBox="0 0 {terminal_width} {terminal_height}" \
xmlns="http://www.w3.org/2000/svg" role="img"><title>TITLE</title>
<style>
text {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; \
font-size: {char_height}px; white-space: pre; }}
.page {{ fill: #ffffff; }}
{styles}
@media (prefers-color-scheme: dark) {{
.page {{ fill: #161b22; }}
OF_DARK
}}
</style>
<defs>{lines}</defs>
<rect class="page" width="{terminal_width}" height="{terminal_height}" rx="8"/>
<g transform="translate(9, 6)">{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def pictures(runs: Path) -> None:
    for width in WIDTHS:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            (home / "runs").symlink_to(runs.resolve())
            parts = [
                *_said(["run", "demo", "--out", "runs/next", "--dry-run"], home, width),
                *_prompt("asdbench run"),
                *_running(runs / "demo", width),
                *_said(["leaderboard"], home, width),
            ]
            _draw(f"terminal-{width}", "asdbench run, at the terminal", parts, width)
            help_ = list(_said([], home, width))
        _draw(f"terminal-help-{width}", "asdbench and its commands", help_, width)


def _said(words: list[str], home: Path, width: int) -> list[Text]:
    """The prompt, and what the command prints on a terminal."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "COLUMNS": str(width), "TERM": "xterm-256color", "COLORTERM": ""}
    command = [str(Path(sys.executable).with_name("asdbench")), *words]
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    with subprocess.Popen(command, cwd=home, env=env, **streams) as process:
        os.close(theirs)
        read = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # the command has ended
                break
            read += more
        process.wait()
    os.close(ours)
    stayed = read.decode().rsplit("\x1b[2K", 1)[-1].lstrip("\r\n")  # no spinner
    shown = [Text.from_ansi(line) for line in stayed.splitlines()]
    return [*_prompt(" ".join(["asdbench", *words])), *shown, Text()]


def _prompt(command: str) -> list[Text]:
    return [Text.assemble(("$ ", "dim"), (command, "bold"))]


def _running(out: Path, width: int) -> list[Text]:
    """The demo's cells in the middle of its run, as their own files tell."""
    console = Console(width=width, height=30, force_terminal=True, file=io.StringIO())
    cells = [_cell(path) for path in sorted(out.glob("cells/*/cell.json"))]
    over = [cell for cell in cells if cell.repeat == 0]
    long = {"simclr": 70.0, "id_classifier": 45.0}  # seconds of a cell
    now = [cell for cell in cells if cell.repeat == 1 and cell.method in long]
    passed = [0.0]
    shown = CellsShown(console, cells, {}, long, clock=lambda: passed[0])
    shown.close()
    for cell in over:
        shown.watch(Started(cell))
        passed[0] += 6.0
        shown.watch(Done(cell, Outcome([], [], b"", 1.0, {})))
    for cell in now:
        shown.watch(Started(cell))
    for cell, share in zip(now, (0.6, 0.4), strict=True):
        passed[0] += 10.0
        shown.watch(_epoch(out, cell, share))
    with console.capture() as captured:
        console.print(shown)
    return [Text.from_ansi(line) for line in captured.get().splitlines()] + [Text()]


def _epoch(out: Path, cell: Cell, share: float) -> Epoch:
    """The epoch that a cell had come to, of those that its history has."""
    with open(out / "cells" / cell.name / "history.csv", newline="") as file:
        history = list(csv.DictReader(file))
    stage = [line for line in history if line["stage"] == history[-1]["stage"]]
    line = stage[int(share * len(stage))]
    figures = {"loss": float(line["loss"])}
    return Epoch(cell, line["stage"], int(line["epoch"]), share, figures, len(stage))


def _cell(path: Path) -> Cell:
    told = json.loads(path.read_text())["cell"]
    frontend, numerics = Frontend(**told.pop("frontend")), Numerics(**told.pop("numerics"))
    return Cell(**told, frontend=frontend, numerics=numerics)


def _draw(name: str, title: str, parts: list[Text], width: int) -> None:
    with open(os.devnull, "w") as nowhere:
        console = Console(width=width + 2, record=True, file=nowhere, force_terminal=True)
        for part in parts:
            console.print(part, width=width, overflow="fold")
        dark = console.export_svg(theme=DARK, code_format="{styles}", unique_id="t", clear=False)
        form = FORMAT.replace("TITLE", title)
        light = console.export_svg(theme=LIGHT, code_format=form, unique_id="t", clear=False)
    (IMAGES / f"{name}.svg").write_text(light.replace("OF_DARK", dark))
