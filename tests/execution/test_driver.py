"""The driver: what a worker gets, what becomes of what it returns, and of what it doesn't."""

from __future__ import annotations

import pickle
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from inline import inline_engine
from plugin_files import written
from small_runs import planned, ran

from asdbench.config.frontend import Frontend
from asdbench.config.seeds import derive
from asdbench.data.clips import Clips, Recording
from asdbench.data.loading import load
from asdbench.engines.engine import Engine
from asdbench.engines.events import CellEvent, CellWork, Done, Epoch, Failed, Started, Task
from asdbench.execution.driver import recipe_of, run
from asdbench.results.records import Outcome
from asdbench.results.store import Store

KEPT = {Done: "cell.json", Failed: "error.txt"}
ODD = """
    from dataclasses import dataclass
    from typing import ClassVar

    @dataclass
    class Odd:
        '''Fails in its second repeat.'''
        scope: ClassVar[str] = "machine"

        def fit(self, train, context):
            context.log("fit", 1, 1.0, loss=0.5)
            if context.seed != {first}:
                raise KeyError("odd")

        def score(self, test):
            return [float(place) for place in range(len(test))]
"""


def engine_of(tasks_seen: list[Task], scores: Sequence[float]) -> Engine:
    """An engine that shows its tasks, and returns these scores for each."""

    def answer(tasks: Sequence[Task], work: CellWork) -> Generator[CellEvent]:
        tasks_seen.extend(tasks)
        for task in tasks:
            yield Started(task.cell)
            yield Done(task.cell, Outcome(scores, [], b"", 1.0, {"source": "s"}))

    return replace(inline_engine(), run=answer, gpu_share=0.25)


def test_no_tag_of_a_clip_gets_to_a_worker(
    tmp_path: Path, small_recordings: list[Recording]
) -> None:
    tagged = [r._replace(tags={"fault": "canary", "canary": "leak"}) for r in small_recordings]
    loaded, store, tasks = load(tagged, Frontend()), Store(tmp_path), []
    made = planned(loaded.clips, "knn", repeats=1)
    with store.opened(loaded.clips.test_sets, "small", loaded.tags):
        engine = engine_of(tasks, [float(n) for n in range(8)])
        run(made.cells, made.plugins, loaded.clips, store, engine=engine)
    assert len(tasks) == 2
    for task in tasks:
        assert b"canary" not in pickle.dumps(task)
        assert not hasattr(task.test[0], "tags")
    assert "canary" in (tmp_path / "tags.json").read_text()
    written = [file for file in tmp_path.rglob("*") if file.is_file() and file.name != "tags.json"]
    assert len(written) > 4
    assert not any(b"canary" in file.read_bytes() for file in written)


def test_labels_and_names_stay_with_the_driver_and_meet_their_scores_there(
    tmp_path: Path, small_clips: Clips
) -> None:
    made, store, tasks = planned(small_clips, "knn", repeats=1), Store(tmp_path), []
    engine = engine_of(tasks, [float(n) for n in range(8)])
    with store.opened(small_clips.test_sets, "small"):
        assert run(made.cells, made.plugins, small_clips, store, engine=engine) == ()
    assert [task.cell.machine for task in tasks] == ["fan", "valve"]
    for task in tasks:
        assert len(task.train) == len(task.test) == 8
        for clip in [*task.train, *task.test]:
            assert (clip.anomalous, clip.name) == (None, None)
            assert clip.machine == task.cell.machine
        assert task.scratch == store.scratch(task.cell)
        assert task.stages == tmp_path / "stages"
        assert task.gpu_share == 0.25
        test = small_clips.where(machine=task.cell.machine, split="test")
        by_name = {score.clip: score for score in store.scores(task.cell.name)}
        assert len(by_name) == 8
        for place, clip in enumerate(test):
            found = by_name[str(clip.name)]
            assert (found.score, found.anomalous, found.id) == (place, clip.anomalous, clip.id)


def test_as_many_scores_as_clips(tmp_path: Path, small_clips: Clips) -> None:
    made, store = planned(small_clips, "knn", repeats=1), Store(tmp_path)
    engine = engine_of([], [0.0] * 7)
    with (
        store.opened(small_clips.test_sets, "small"),
        pytest.raises(ValueError, match=r"(shorter|longer) than"),
    ):
        run(made.cells, made.plugins, small_clips, store, engine=engine)
    assert not store.done(made.cells[0].name)


def test_a_cell_that_fails_is_returned_and_written_down_and_stops_no_other(
    tmp_path: Path, small_clips: Clips
) -> None:
    file = written(tmp_path / "odd.py", ODD.format(first=derive(0, 0)))
    made = planned(small_clips, str(file))
    events: list[CellEvent] = []
    on_disk: list[bool] = []

    def watch(event: CellEvent) -> None:
        events.append(event)
        folder = tmp_path / "out" / "cells" / event.cell.name
        if isinstance(event, Done | Failed):
            on_disk.append((folder / KEPT[type(event)]).exists())

    store, failed = ran(tmp_path / "out", small_clips, made, watch)
    good, bad = made.rows[0].cells
    assert [one.cell for one in failed] == list(bad)
    assert {one.reason for one in failed} == {"KeyError: 'odd'"}
    kinds = [type(event) for event in events]
    assert kinds == [Started, Epoch, Done, Started, Epoch, Done, *[Started, Failed] * 2]
    assert on_disk == [True] * 4
    assert all(store.done(cell.name) for cell in good)
    for cell in bad:
        assert not store.done(cell.name)
        text = (store.cell_folder(cell.name) / "error.txt").read_text()
        assert text.startswith("KeyError: 'odd'\n\nTraceback")
    assert store.history(good[0].name) == [{"stage": "fit", "epoch": "1", "loss": "0.5"}]


def test_a_reason_and_its_file_are_short_however_long_what_a_method_says_is(
    tmp_path: Path, small_clips: Clips
) -> None:
    def answer(tasks: Sequence[Task], work: CellWork) -> Generator[CellEvent]:
        yield Failed(tasks[0].cell, "A" * 5_000_000, "B" * 5_000_000 + " in fit")

    made, store = planned(small_clips, "knn", repeats=1), Store(tmp_path)
    with store.opened(small_clips.test_sets, "small"):
        engine = replace(inline_engine(), run=answer)
        [failed] = run(made.cells, made.plugins, small_clips, store, engine=engine)
    assert len(failed.reason) <= 500
    text = (store.cell_folder(failed.cell.name) / "error.txt").read_text()
    assert text.startswith(failed.reason)
    assert text.endswith("B in fit")
    assert len(text) < 1_001_000


def test_a_recipe_says_what_a_row_was_trained_on(small_clips: Clips) -> None:
    made = planned(small_clips, "knn", seed=3)
    assert recipe_of(made, small_clips) == {
        "dataset": {"name": "synthetic"},
        "frontend": {
            "clip_seconds": 1.0,
            "hop_length": 512,
            "n_fft": 1024,
            "n_mels": 128,
            "power": 2.0,
            "sample_rate": 16000,
            "win_length": 1024,
        },
        "numerics": {
            "channels_last": True,
            "compile": False,
            "device": "cpu",
            "precision": "float32",
            "threads": 1,
        },
        "repeats": 2,
        "seed": 3,
        "train": {"development": {"clips": 16, "ids": 4}},
        "train_sound": {"development": small_clips.where(split="train").fingerprint},
        "test": {"development": small_clips.where(split="test").fingerprint},
    }


def test_supplemental_clips_go_apart_from_training_clips_and_blind(
    tmp_path: Path, small_recordings: list[Recording]
) -> None:
    last = next(r for r in reversed(small_recordings) if r.clip.machine == "fan")
    noise = replace(
        last.clip, split="supplemental", name="noise.wav", attributes=(("supplemental", "noise"),)
    )
    recordings = [*small_recordings, last._replace(clip=noise)]
    clips, store, tasks = load(recordings, Frontend()).clips, Store(tmp_path), []
    made = planned(clips, "knn", repeats=1)
    with store.opened(clips.test_sets, "small"):
        engine = engine_of(tasks, [float(n) for n in range(8)])
        assert run(made.cells, made.plugins, clips, store, engine=engine) == ()
    by_machine = {task.cell.machine: task for task in tasks}
    fan, other = by_machine.pop("fan"), next(iter(by_machine.values()))
    assert other.supplemental is None
    [told] = fan.supplemental
    assert (told.name, told.anomalous) == (None, None)
    assert told.attributes == (("supplemental", "noise"),)
    assert "supplemental" not in {clip.split for part in (fan.train, fan.test) for clip in part}
