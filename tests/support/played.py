"""A page of the documents, run from top to bottom as its reader would, on small experiments."""

from __future__ import annotations

import contextlib
import io
import runpy
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

from command_lines import lines
from commands import asdbench
from documents import Block, blocks
from inline import inline
from warm import warm

from asdbench.config.experiment import experiments

LONG = ("demo", "small")
SHORT = """
repeats = 3

[dataset]
name = "synthetic"
machines = ["fan"]
subsets = ["development"]
seconds = 1.0
train = 4
test_normal = 3
test_anomalous = 3

[methods.autoencoder]
epochs = 2

[methods.knn]
"""


@contextlib.contextmanager
def smaller() -> Iterator[None]:
    """Here, the experiments that take minutes take seconds: one machine type, two methods."""
    with tempfile.TemporaryDirectory() as folder:
        short = {name: Path(folder, f"{name}.toml") for name in LONG}
        for path in short.values():
            path.write_text(SHORT)
        known = experiments() | short
        with mock.patch("asdbench.config.experiment.experiments", return_value=known):
            yield


def play(page: Path, folder: Path) -> str:
    """Saves the files that a page shows, runs its commands and scripts, in a folder; all output."""
    names: dict[str, Any] = {"__name__": "shown"}
    said = io.StringIO()
    with inline(), warm(), smaller(), contextlib.chdir(folder), redirect_stdout(said):
        for block in blocks(of=page):
            if block.file:
                _save(block)
            elif block.language == "python":
                exec(compile(block.text, str(block), "exec"), names)
            elif block.language == "bash":
                for words in lines(block.text):
                    _run(words, str(block))
    return said.getvalue()


def _save(block: Block) -> None:
    """Writes the file that a block is; what was loaded by its name before is forgotten."""
    Path(block.file).write_text(block.text, encoding="utf-8")
    for module in [name for name in sys.modules if name.startswith("asdbench_file_")]:
        del sys.modules[module]
    if block.language == "python":
        runpy.run_path(block.file, run_name="shown")


def _run(words: Sequence[str], where: str) -> None:
    program, *rest = words
    if program == "asdbench":
        assert asdbench(*rest) == 0, f"{where}: {' '.join(words)}"
    elif program == "mkdir":
        Path(rest[0]).mkdir()
    elif program == "python":
        assert rest[0] == "-c"
        exec(compile(rest[1], where, "exec"), {})
    else:
        assert words[:2] == ["cp", "-r"], words
        shutil.copytree(words[2], words[3])
