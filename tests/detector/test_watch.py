"""A folder that is followed: each recording once, when it is complete, across restarts."""

from __future__ import annotations

import csv
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from small_detectors import hiss

from asdbench.detector.detector import Detector
from asdbench.detector.watch import LOG_COLUMNS, watch

DEADLINE = 30.0


class Watch:
    """A watch in a thread; ``said`` is what it shows."""

    def __init__(self, detector: Detector, folder: Path, log: Path) -> None:
        self.said: list[str] = []
        self._over = threading.Event()
        options: dict[str, Any] = {"machine": "fan", "id": "00", "every": 0.1, "settle": 0.25}
        self._thread = threading.Thread(
            target=watch,
            args=(detector, folder, log),
            kwargs={**options, "show": self.said.append, "stopped": self._over.is_set},
        )

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def lines(log: Path) -> list[dict[str, str]]:
    if not log.exists():
        return []
    with open(log, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    (tmp_path / "incoming").mkdir()
    return tmp_path / "incoming"


def test_a_file_is_scored_once_it_is_complete(
    tmp_path: Path, incoming: Path, knn: Detector
) -> None:
    log = tmp_path / "logs" / "alarms.csv"
    with Watch(knn, incoming, log) as watching:
        with soundfile.SoundFile(incoming / "slow.wav", "w", 16000, 1) as file:
            for _ in range(8):  # a recorder that takes its time
                file.write(hiss(0.25))
                file.flush()
                time.sleep(0.06)
                assert lines(log) == []
        soundfile.write(tmp_path / "moved.wav", hiss(), 16000)
        os.replace(tmp_path / "moved.wav", incoming / "moved.wav")
        (incoming / "notes.txt").write_text("not a recording")
        (incoming / "broken.wav").write_text("not one either")
        wait_for(lambda: len(lines(log)) == 3)
        time.sleep(0.5)
    found = {Path(one["file"]).name: one for one in lines(log)}
    assert set(found) == {"slow.wav", "moved.wav", "broken.wav"}
    assert found["slow.wav"]["windows"] == "3"
    assert found["slow.wav"]["alarm"] == "1"
    assert "cannot read" in found["broken.wav"]["error"]
    assert any(text.startswith("ALARM fan 00") and "moved.wav" in text for text in watching.said)
    assert any(text.startswith("not scored") for text in watching.said)


def test_it_goes_on_where_it_was_killed(tmp_path: Path, incoming: Path, knn: Detector) -> None:
    log = tmp_path / "alarms.csv"
    for number in range(3):
        soundfile.write(incoming / f"{number}.wav", hiss(seed=number), 16000)
    with Watch(knn, incoming, log):
        wait_for(lambda: len(lines(log)) == 3)
    whole = log.read_bytes()
    log.write_bytes(whole[:-20])  # killed in the middle of a line
    soundfile.write(incoming / "later.wav", hiss(seed=9), 16000)
    soundfile.write(incoming / "0.wav", hiss(2, seed=7), 16000)  # another recording of that name
    with Watch(knn, incoming, log):
        wait_for(lambda: len(lines(log)) == 5)
        time.sleep(0.4)
    names = sorted(Path(one["file"]).name for one in lines(log))
    assert names == ["0.wav", "0.wav", "1.wav", "2.wav", "later.wav"]
    assert all(len(line) == len(LOG_COLUMNS) for line in csv.reader(log.open(newline="")))


def test_names_of_any_bytes_are_logged_once(tmp_path: Path, incoming: Path, knn: Detector) -> None:
    log = tmp_path / "alarms.csv"
    names = [b"a\rb.wav", b"a\nb.wav", b'a",\x85\xe2\x80\xa8b.wav', b"caf\xe9.wav"]
    for number, name in enumerate(map(os.fsdecode, names)):
        soundfile.write(incoming / "new.tmp", hiss(seed=number), 16000, format="WAV")
        os.rename(incoming / "new.tmp", incoming / name)

    def logged() -> list[str]:
        with open(log, newline="", encoding="utf-8", errors="surrogateescape") as file:
            return sorted(Path(one["file"]).name for one in csv.DictReader(file))

    for _ in range(2):  # the second finds nothing new
        with Watch(knn, incoming, log):
            wait_for(lambda: log.exists() and len(logged()) == len(names))
            time.sleep(0.4)
    assert logged() == sorted(map(os.fsdecode, names))


@pytest.mark.parametrize("line", ["2026-11-28,10", f'"{"x" * 200_000}"', "a,12k,b,c,d,e,f,g"])
def test_a_log_with_a_line_that_says_nothing_is_named_with_it(
    tmp_path: Path, incoming: Path, knn: Detector, line: str
) -> None:
    log = tmp_path / "alarms.csv"
    log.write_text(f"{','.join(LOG_COLUMNS)}\n{line}\n")
    with pytest.raises(ValueError, match=r"alarms.csv line 2 isn't one that asdbench watch wrote"):
        watch(knn, incoming, log)


def test_what_stops_a_watch_from_beginning(tmp_path: Path, incoming: Path, knn: Detector) -> None:
    log = tmp_path / "alarms.csv"
    with pytest.raises(ValueError, match=r"every = 0"):
        watch(knn, incoming, log, every=0)
    with pytest.raises(ValueError, match="no folder"):
        watch(knn, tmp_path / "gone", log)
    log.write_text("file,score\n")
    with pytest.raises(ValueError, match="is no log of asdbench watch"):
        watch(knn, incoming, log)
    other = tmp_path / "other.csv"
    with Watch(knn, incoming, other) as watching:
        wait_for(lambda: bool(watching.said))
        with pytest.raises(ValueError, match="another watch writes to"):
            watch(knn, incoming, other)
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="cannot write"):
        watch(knn, incoming, tmp_path / "file" / "log.csv")


def test_a_fault_of_the_method_doesnt_end_it(
    tmp_path: Path, incoming: Path, knn: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    soundfile.write(incoming / "a.wav", np.zeros(16000) + hiss(), 16000)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("in a method")

    monkeypatch.setattr(knn, "score_windows", broken)
    log = tmp_path / "alarms.csv"
    with Watch(knn, incoming, log):
        wait_for(lambda: len(lines(log)) == 1)
    assert lines(log)[0]["error"] == "ZeroDivisionError: in a method"


def test_names_of_any_kind_are_scored_once(
    tmp_path: Path, knn: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of them is read back: none may be a formula in it, or break a line."""
    monkeypatch.chdir(tmp_path)
    incoming, log = Path("=in"), tmp_path / "log.csv"
    incoming.mkdir()
    for name in ("a.wav", 'two\nlines "x", y.wav', "\u2028=.wav"):
        soundfile.write(incoming / name, hiss(), 16000)
    with Watch(knn, incoming, log):
        wait_for(lambda: len(lines(log)) == 3)
    assert all(line["file"].startswith("./=in/") for line in lines(log))
    with Watch(knn, incoming, log):
        soundfile.write(incoming / "last.wav", hiss(), 16000)
        wait_for(lambda: any(line["file"].endswith("last.wav") for line in lines(log)))
    assert len(lines(log)) == 4
