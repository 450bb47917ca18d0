"""One cell: whose code it was, what it may reuse, and what it says when a GPU is too small."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asdbench import Clips
from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.engines.events import Task
from asdbench.execution.worker import run_cell
from asdbench.results.records import Cell
from asdbench.training import code

METHOD = """
    from dataclasses import dataclass
    from pathlib import Path
    from typing import ClassVar

    import torch

    from asdbench import Clips, Context, Scope


    @dataclass
    class Mine:
        scope: ClassVar[Scope] = "dataset"

        def fit(self, train: Clips, context: Context) -> None:
            found = context.scratch / "checkpoint"
            context.log("fit", 1, 1.0, resumed=found.exists())
            found.touch()
            {}

        def score(self, test: Clips) -> list[float]:
            return [0.0] * len(test)
"""


@pytest.fixture
def task(tmp_path: Path, small_clips: Clips) -> Callable[..., Task]:
    """Makes a cell of a method whose ``fit`` also does this."""

    def make(also: str = "pass", gpu_share: float = 1.0) -> Task:
        file = tmp_path / "mine.py"
        file.write_text(textwrap.dedent(METHOD).format(also))
        plugin, blind = plugins.find(plugins.METHODS, str(file)), small_clips.blind()
        numerics = Numerics(device="cpu", precision="float32")
        cell = Cell("mine", {}, None, blind.fingerprint, Frontend(), numerics, 0, 0)
        scratch, stages = tmp_path / "scratch", tmp_path / "stages"
        return Task(cell, plugin, blind, blind, scratch, stages, gpu_share=gpu_share)

    return make


def unwatched(*_: Any) -> None:
    pass


@pytest.mark.parametrize("change", ["write_text('0 = 1')", "unlink()"])
def test_a_cells_code_is_that_which_ran_whatever_becomes_of_its_file(
    task: Callable[..., Task], change: str
) -> None:
    edited = task(f"Path(__file__).{change}")
    source = edited.plugin.source
    assert run_cell(edited, unwatched).facts["source"] == source


def test_a_checkpoint_of_other_code_of_the_harness_is_none(
    task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    def resumed() -> bool:
        return bool(run_cell(task(), unwatched).history[0]["resumed"])

    assert [resumed(), resumed()] == [False, True]
    monkeypatch.setattr(code, "CODE", ["of another day"])
    assert not resumed()


def test_a_share_of_a_gpu_that_is_too_small_says_what_to_change(task: Callable[..., Task]) -> None:
    too_much = "raise torch.OutOfMemoryError('CUDA out of memory.')"
    with pytest.raises(MemoryError, match=r"has 0\.25 of a GPU.*cells_per_gpu or --jobs"):
        run_cell(task(too_much, gpu_share=0.25), unwatched)
