"""A run from end to end, in this process: what it runs, keeps, writes, and says."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from inline import NoMirror, inline
from plugin_files import written

import asdbench
from asdbench.config.frontend import Frontend
from asdbench.data.loading import dataset_of
from asdbench.engines.events import Done, Started
from asdbench.execution.plan import Plan, plan
from asdbench.execution.progress import Event, Planned, Reading, Running, Written
from asdbench.execution.run import Run, purpose, read_clips

MINE = """
    from dataclasses import dataclass
    from typing import ClassVar

    @dataclass
    class Mine:
        '''Draws its scores.'''
        scope: ClassVar[str] = "dataset"

        def fit(self, train, context):
            self.seed_ = context.seed

        def score(self, test):
            return [float((self.seed_ >> place) % 97) for place in range(len(test))]
"""


@pytest.fixture
def run(wav_tree: Callable[..., Path], tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Runs six repeats of a method of one cell a repeat; in this process, and mirrored nowhere."""
    data, method = wav_tree(), written(tmp_path / "mine.py", MINE)

    def call(**asked: Any) -> Run:
        asked = {"data": data, "methods": str(method), "repeats": 6, "out": "o", **asked}
        return asdbench.run("demo", **asked)

    with contextlib.chdir(tmp_path), inline():
        yield call


def test_what_is_missing_is_run_and_what_is_done_is_kept(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asdbench.execution.run.up_to_date", lambda *_: True)
    first = run(repeats=4)
    assert (first.ran, first.kept, first.failed, first.broken) == (4, 0, (), ())
    assert first.folder == Path("o")
    assert [(row.label, row.repeats) for row in first.board.rows] == [("mine", 4)]
    more = run()
    assert (more.ran, more.kept) == (2, 4)
    before = {path: path.stat().st_mtime_ns for path in Path("o").rglob("*") if path.is_file()}
    again = run()
    assert (again.ran, again.kept) == (0, 6)
    after = {path: path.stat().st_mtime_ns for path in Path("o").rglob("*") if path.is_file()}
    changed = {path.name for path in after if after[path] != before.get(path)}
    assert changed <= {"mine.json"}  # the row's file: nothing else was even touched


def test_tags_that_come_later_are_shown_and_no_cell_runs_again(
    run: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asdbench.execution.run.up_to_date", lambda *_: True)
    assert list(run().board.slices) == []
    data = tmp_path / "tree"
    test = sorted(data.rglob("test/anomaly*.wav"))
    lines = ["file,fault", *(f"{path.relative_to(data).as_posix()},leak" for path in test)]
    (data / "tags.csv").write_text("\n".join(lines))
    again = run()
    assert again.ran == 0
    assert {(one.tag, one.value, one.anomalous) for one in again.board.slices} == {
        ("fault", "leak", len(test))
    }


def test_boards_that_are_gone_are_written_though_nothing_is_missing(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asdbench.execution.run.up_to_date", lambda *_: True)
    run()
    (Path("o") / "leaderboard.md").unlink()
    assert run().ran == 0
    assert (Path("o") / "leaderboard.md").exists()


def test_what_is_done_is_only_read_however_far_behind_mlflow_is(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No worker is started for nothing, and the board of many cells isn't made a second time."""
    run()
    before = {path: path.stat().st_mtime_ns for path in Path("o").glob("*.*")}
    with monkeypatch.context() as patched:
        patched.setattr("inline._run", None)
        patched.setattr("asdbench.results.files.board", None)
        again = run()
    assert (again.ran, again.kept, again.broken) == (0, 6, ())
    assert {path: path.stat().st_mtime_ns for path in Path("o").glob("*.*")} == before


def test_what_happens_is_told_in_order(run: Callable[..., Run]) -> None:
    events: list[Event] = []
    run(repeats=2, on_event=events.append)
    assert isinstance(events[0], Reading)
    kinds = [type(event) for event in events if not isinstance(event, Reading)]
    assert kinds == [Planned, Running, Started, Done, Started, Done, Written]
    running = next(event for event in events if isinstance(event, Running))
    assert (len(running.cells), running.what) == (2, "")


class StoppedError(Exception):
    """Stands for a kill."""


def stopping_after(count: int) -> Callable[[Event], None]:
    """Stops the run when so many cells are done."""
    done: list[Event] = []

    def watch(event: Event) -> None:
        done.extend([event] if isinstance(event, Done) else [])
        if len(done) == count:
            raise StoppedError

    return watch


def test_force_that_was_killed_runs_only_what_is_left_when_it_is_repeated(
    run: Callable[..., Run],
) -> None:
    run()
    with pytest.raises(StoppedError):
        run(force=True, on_event=stopping_after(2))
    with pytest.raises(StoppedError):
        run(force=True, on_event=stopping_after(1))
    last = run(force=True)
    assert (last.ran, last.kept) == (3, 3)
    assert run(force=True).ran == 6


def test_a_plain_run_forgets_what_force_had_left(run: Callable[..., Run]) -> None:
    run()
    with pytest.raises(StoppedError):
        run(force=True, on_event=stopping_after(2))
    assert run().ran == 0
    assert run(force=True).ran == 6


def test_force_with_other_code_begins_anew(
    run: Callable[..., Run], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run()
    with pytest.raises(StoppedError):
        run(force=True, on_event=stopping_after(4))
    written(tmp_path / "mine.py", MINE + "# changed\n")
    with caplog.at_level(logging.WARNING):
        assert run(force=True).ran == 6
        assert "the code of mine has changed" not in caplog.text  # it is run again
    written(tmp_path / "mine.py", MINE + "# changed again\n")
    with caplog.at_level(logging.WARNING):
        assert run().ran == 0
    assert "the code of mine has changed since 6 of its cells were run" in caplog.text


def test_a_plugin_that_cannot_be_used_is_left_out_and_said(
    run: Callable[..., Run], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_broken(*arguments: Any) -> Plan:
        return replace(plan(*arguments), broken=("methods plugin 'odd' can't be loaded",))

    monkeypatch.setattr("asdbench.execution.run.plan", with_broken)
    with caplog.at_level(logging.WARNING):
        assert run(repeats=1).broken == ("methods plugin 'odd' can't be loaded",)
    assert "left out: methods plugin 'odd' can't be loaded" in caplog.text


def test_a_mirror_that_is_behind_costs_a_warning(
    run: Callable[..., Run], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NoMirror, "problem", "no answer for 5 s")
    monkeypatch.setattr(NoMirror, "uri", "http://there", raising=False)
    with caplog.at_level(logging.WARNING):
        assert run(repeats=1).ran == 1
    assert "MLflow at http://there is behind (no answer for 5 s); the results are safe in o" in (
        caplog.text
    )


def test_reading_tells_how_far_it_is_and_what_was_adapted(
    wav_tree: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    tree = wav_tree()
    stereo = tree / "dev_data" / "fan" / "train" / "normal_id_00_00000500.wav"
    soundfile.write(stereo, np.full((16000, 2), 0.1), 16000, subtype="PCM_16")
    events: list[Event] = []
    with caplog.at_level(logging.INFO):
        dataset = dataset_of({"name": "dcase2020", "path": str(tree)})
        clips, frontend, _ = read_clips(dataset, Frontend(), events.append)
    assert frontend.clip_seconds == 1.0
    last = events[-1]
    assert isinstance(last, Reading)
    assert (last.what, last.done, last.total) == ("reading clips", len(clips), len(clips))
    assert (
        f"1 of {len(clips)} clips: 2 channels: averaged (fan/train/{stereo.name})"
        in caplog.messages
    )
    assert purpose("demo-tree", clips) == "demo-tree, 8 test clips"
    assert "no folder of recordings was given" not in caplog.text


def test_that_clips_are_made_is_said_before_it_takes_minutes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    unheard = {"name": "synthetic", "machines": ["fan"], "seconds": 1.0, "train": 2, "seed": 77}
    events: list[Event] = []
    with caplog.at_level(logging.INFO):
        read_clips(dataset_of(unheard), Frontend(), events.append)
        [said] = [one for one in caplog.messages if "no folder of recordings was given" in one]
        assert "444 clips of synthetic sound" in said
        assert {one.what for one in events if isinstance(one, Reading)} == {"making clips"}
        read_clips(dataset_of(unheard), Frontend(), events.append)
    assert caplog.text.count("no folder of recordings was given") == 2  # though they are kept
