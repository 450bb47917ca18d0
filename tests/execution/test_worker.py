"""One cell: whose code it was, what it may reuse, and what it says when a GPU is too small."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load

from asdbench import Clip, Clips, Generated, Recording
from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.data import loading
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


def test_a_node_whose_cpu_would_imitate_the_precision_says_so(
    task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asdbench.config.numerics.cpu_flags", set)
    asked = task()
    half = replace(asked.cell, numerics=replace(asked.cell.numerics, precision="bfloat16"))
    with pytest.raises(ValueError, match="'bfloat16' is asked of a CPU that has neither"):
        run_cell(replace(asked, cell=half), unwatched)


def test_what_a_method_logs_is_told_and_kept_as_numbers(task: Callable[..., Task]) -> None:
    told: list[Any] = []
    also = "context.log('fit', 2, 0.5, loss=torch.tensor(0.25), accuracy=1, of=7)"
    outcome = run_cell(task(also), lambda *said: told.append(said))
    assert told == [
        ("fit", 1, 1.0, {"resumed": 0.0}, None),
        ("fit", 2, 0.5, {"loss": 0.25, "accuracy": 1.0}, 7),
    ]
    assert outcome.history == [
        {"stage": "fit", "epoch": 1, "resumed": 0.0},
        {"stage": "fit", "epoch": 2, "loss": 0.25, "accuracy": 1.0},
    ]
    assert all(type(value) is float for value in told[1][3].values())


def test_what_it_learned_is_its_weights(task: Callable[..., Task]) -> None:
    outcome = run_cell(task("self.mean_ = torch.arange(3.0)"), unwatched)
    assert load(outcome.weights)["mean_"].tolist() == [0.0, 1.0, 2.0]
    assert outcome.scores == [0.0] * 32
    assert outcome.seconds > 0


def test_the_global_generators_are_seeded_by_seed_and_repeat(task: Callable[..., Task]) -> None:
    also = "import random, numpy; self.drawn_ = torch.tensor([torch.rand(()), random.random(), "
    also += "numpy.random.rand()])"

    def drawn(**changed: int) -> list[float]:
        given = task(also)
        outcome = run_cell(replace(given, cell=replace(given.cell, **changed)), unwatched)
        return list(load(outcome.weights)["drawn_"].tolist())

    first = drawn()
    assert drawn() == first
    for other in (drawn(seed=1), drawn(repeat=1)):
        assert not set(other) & set(first)


def test_it_has_as_many_threads_as_it_asked_for(task: Callable[..., Task]) -> None:
    given = task("self.threads_ = torch.tensor(torch.get_num_threads())")
    two = replace(given.cell, numerics=replace(given.cell.numerics, threads=2))
    try:
        found = load(run_cell(replace(given, cell=two), unwatched).weights)["threads_"]
    finally:
        torch.set_num_threads(1)
    assert found == 2


@pytest.mark.parametrize(
    ("also", "said"),
    [
        ("self.score = lambda test: [0.0]", r"score gave shape \(1,\) for 32 clips"),
        ("self.score = lambda test: [float('nan')] * 32", "32 NaN or infinite values of 32"),
    ],
)
def test_scores_that_are_no_numbers_are_an_error(
    task: Callable[..., Task], also: str, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        run_cell(task(also), unwatched)


HEARS = """
    from dataclasses import dataclass
    from typing import ClassVar


    @dataclass
    class Hears:
        scope: ClassVar[str] = "dataset"
        {declared}

        def fit(self, train, context):
            context.log("fit", 1, 1.0, channels=train.channels, more=context.supplemental.channels)

        def score(self, test):
            last = test.channel(test.channels - 1)
            return last.waves().abs().mean(dim=1).numpy()
"""


@pytest.mark.parametrize(
    ("declared", "channels"), [("", 1), ("multichannel: ClassVar[bool] = True", 2)]
)
def test_several_channels_go_to_a_method_that_declares_that_it_takes_them(
    tmp_path: Path, declared: str, channels: int
) -> None:
    file = tmp_path / "hears.py"
    file.write_text(textwrap.dedent(HEARS).format(declared=declared))
    recordings = []
    for number in range(6):
        clip = Clip(
            "fan", "00", "development", ("train", "test", "supplemental")[number // 2], None
        )
        first, second = (
            Generated(
                f"two {number} {level}", partial(np.full, 16000, level, np.int16), 16000, 16000
            )
            for level in (100, 200 + number)
        )
        recordings.append(Recording(replace(clip, name=f"{number}.wav"), first, {}, (second,)))
    clips = loading.load(recordings, Frontend()).clips
    numerics = Numerics(device="cpu", precision="float32")
    cell = Cell("hears", {}, None, clips.fingerprint, Frontend(), numerics, 0, 0)
    parts = [clips.where(split=split).blind() for split in ("train", "test", "supplemental")]
    plugin = plugins.find(plugins.METHODS, str(file))
    scratch, stages = tmp_path / "scratch", tmp_path / "stages"
    done = run_cell(
        Task(cell, plugin, *parts[:2], scratch, stages, supplemental=parts[2]), unwatched
    )
    assert [(line["channels"], line["more"]) for line in done.history] == [(channels, channels)]
    level = 100 if channels == 1 else 202
    assert min(done.scores) == pytest.approx(level / 32768, rel=1e-6)
