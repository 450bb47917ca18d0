"""``--strict``: what is a fault of the recordings is an error before anything is run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from commands import asdbench
from inline import inline

import asdbench as python

SILENT = "1 of 20 clips: silent: the samples are one constant"


@pytest.fixture
def faulty(wav_tree: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Fans, one of whose clips a dead microphone made."""
    monkeypatch.chdir(tmp_path)
    tree = wav_tree(train=4, test=3)
    dead = tree / "dev_data" / "fan" / "train" / "normal_id_00_00000000.wav"
    soundfile.write(dead, np.zeros(16000), 16000, subtype="PCM_16")
    return tree


def test_a_strict_run_stops_before_it_writes_anything(
    faulty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", "small", "--data", faulty, "--methods", "knn", "--repeats", 1)
    for more in ((), ("--dry-run",)):
        assert asdbench(*words, "--strict", *more) == 2
        said = capsys.readouterr().err
        assert SILENT in said
        assert "leave out --strict" in said
    assert not Path("runs").exists()
    with inline():
        assert asdbench(*words) == 0
        assert SILENT in capsys.readouterr().err
        with pytest.raises(ValueError, match=SILENT):
            python.run("small", data=faulty, methods="knn", repeats=1, strict=True)


def test_a_strict_run_of_whole_recordings_runs(
    wav_tree: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with inline():
        done = python.run("small", data=wav_tree(), methods="knn", repeats=1, strict=True)
    assert done.ran == 1


@pytest.mark.parametrize("broken", [False, True])
def test_describe_ends_with_1_where_a_strict_run_would_stop(
    faulty: Path, capsys: pytest.CaptureFixture[str], broken: bool
) -> None:
    if broken:  # nothing else is wrong with it
        clip = faulty / "dev_data" / "fan" / "train" / "normal_id_00_00000000.wav"
        clip.write_bytes(b"no sound")
    assert asdbench("data", "describe", faulty) == 0
    assert asdbench("data", "describe", faulty, "--strict") == 1
    assert ("cannot be read" if broken else "silent") in capsys.readouterr().out
