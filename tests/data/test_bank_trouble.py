"""The waveform bank is never half built: broken files, full disks, kills, two at once, copies."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench.data import bank as banking
from asdbench.data.bank import copied, open_bank, to_decode

RATE = 16000

pytestmark = pytest.mark.usefixtures("cache")


def test_one_broken_file_is_named_and_nothing_is_left(wav, cache) -> None:
    sources = [wav(f"{seed}.wav", 100, seed=seed) for seed in range(4)]
    with open(sources[2].path, "wb") as file:
        file.write(b"RIFF")
    with pytest.raises(ValueError, match=r"cannot read .*/2\.wav"):
        open_bank(sources, rate=RATE)
    assert cache.banks() == cache.left_over() == []


def test_a_file_that_breaks_while_decoding_is_named_and_nothing_is_left(wav, cache) -> None:
    sources = [wav(f"{seed}.wav", 100, seed=seed) for seed in range(4)]
    silence = np.full(100, np.nan)
    soundfile.write(sources[2].path, silence, RATE, subtype="FLOAT")  # its header is fine
    with pytest.raises(ValueError, match=r"2\.wav holds NaN"):
        open_bank(sources, rate=RATE)
    assert cache.banks() == cache.left_over() == []


def test_a_bank_that_was_cut_short_is_made_again(wav, cache, caplog) -> None:
    sources = [wav(f"{seed}.wav", 100, seed=seed) for seed in range(4)]
    whole = open_bank(sources, rate=RATE)
    before = whole.path.read_bytes()
    whole.path.write_bytes(before[:150])
    assert open_bank(sources, rate=RATE).path.read_bytes() == before
    assert "has 150 of 800 bytes: it is made again" in caplog.text


def test_a_bank_whose_bytes_changed_is_made_again_of_what_is_sound(wav, cache, caplog) -> None:
    sources = [wav(f"{seed}.wav", 100, seed=seed) for seed in range(4)]
    whole = open_bank(sources, rate=RATE)
    before = whole.path.read_bytes()
    rows = np.array(whole.rows(slice(None)))
    with open(whole.path, "r+b") as file:  # in place, as a bad disk does
        file.seek(250)
        file.write(b"xy")
    assert to_decode(sources, rate=RATE) == 800
    again = open_bank(sources, rate=RATE)
    assert again.path.read_bytes() == before
    assert np.array_equal(again.rows(slice(None)), rows)
    assert "isn't what was written: 1 of 4 clips differ: it is made again" in caplog.text
    with open(whole.path, "r+b") as file:
        file.write(b"xy")
    more = open_bank([*sources, wav("more.wav", 100, seed=9)], rate=RATE)
    assert np.array_equal(more.rows(slice(4)), rows)  # none of it was copied from there


def test_a_bank_that_goes_while_it_is_used_is_told_with_a_way_out(wav) -> None:
    bank = open_bank([wav("a.wav", 800)], rate=RATE)
    bank.path.unlink()
    with pytest.raises(ValueError, match=r"\.bank is gone: the cache was emptied .* run the same"):
        bank.rows([0])


@pytest.mark.parametrize("kind", ["a folder", "a pipe", "a link to nowhere"])
@pytest.mark.parametrize("ending", ["*.bank", "*.sqlite", "*.lock"])
def test_what_is_no_file_in_a_files_place_is_made_again(
    wav, cache, caplog, kind: str, ending: str
) -> None:
    source = wav("a.wav", 800)
    expected = open_bank([source], rate=RATE).rows([0])
    for path in cache.folder.glob(ending):
        path.unlink()
        if kind == "a folder":
            (path / "below").mkdir(parents=True)
        elif kind == "a pipe":
            os.mkfifo(path)
        else:
            path.symlink_to("nowhere")
    assert to_decode([source], rate=RATE) in {0, 1600}
    assert np.array_equal(open_bank([source], rate=RATE).rows([0]), expected)
    assert "is no file: it is made again" in caplog.text
    assert all(path.is_file() for path in cache.folder.glob(ending))


@pytest.mark.parametrize("full", ["posix_fallocate", "replace"])
def test_a_full_disk_is_one_clear_line(
    wav, cache, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    source = wav("a.wav", 800)
    with monkeypatch.context() as patched:
        patched.setattr(os, full, no_space)
        with pytest.raises(ValueError, match=r"the disk of .* is full.*ASDBENCH_CACHE") as caught:
            open_bank([source], rate=RATE)
    assert "\n" not in str(caught.value)
    assert str(cache.folder) in str(caught.value)
    assert cache.banks() == cache.left_over() == []
    assert open_bank([source], rate=RATE).length == 800


def test_a_disk_too_full_for_the_memory_is_one_clear_line(
    wav, cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Tiny(sqlite3.Connection):
        def __init__(self, *arguments, **options) -> None:
            super().__init__(*arguments, **options)
            self.execute("PRAGMA max_page_count = 1")

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **o: real(path, factory=Tiny, **o))
    with pytest.raises(ValueError, match=r"the disk of .* is full.*ASDBENCH_CACHE"):
        open_bank([wav("a.wav", 800)], rate=RATE)


def test_another_machine_gets_the_same_bank_in_parts_and_once(
    wav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = open_bank([wav(f"{seed}.wav", 800, seed=seed) for seed in range(5)], rate=RATE)
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(banking, "FETCHED", 2 * 2 * 800)
    asked = []

    def read(start: int, stop: int) -> np.ndarray:
        asked.append((start, stop))
        return bank.rows(slice(start, stop))

    copy = copied(bank, read)
    assert copy.path.parent == tmp_path / "elsewhere"
    assert np.array_equal(copy.rows(slice(None)), bank.rows(slice(None)))
    assert asked == [(0, 2), (2, 4), (4, 5)]
    assert copied(bank, read) == copy
    assert len(asked) == 3
    assert copied(copy, read) == copy


def test_a_copy_that_breaks_off_leaves_nothing(
    wav, cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = open_bank([wav("a.wav", 800)], rate=RATE)
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "elsewhere"))

    def full(*_: int) -> np.ndarray:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(ValueError, match=r"the disk of .*elsewhere is full"):
        copied(bank, full)
    elsewhere = replace(cache, folder=tmp_path / "elsewhere")
    assert elsewhere.banks() == elsewhere.left_over() == []


BUILD = textwrap.dedent(
    r"""
    import sys, time
    import numpy as np
    from asdbench.data.decode import Generated
    from asdbench.data.bank import open_bank

    clips, pause = int(sys.argv[1]), float(sys.argv[2])

    def make(row):
        sys.stdout.write(f"read {row}\n")  # in one piece: there are several threads
        sys.stdout.flush()
        time.sleep(pause)
        return np.full(500, row, np.int16)

    sources = [
        Generated(f"slow-{row}", lambda row=row: make(row), 500, 16000) for row in range(clips)
    ]
    bank = open_bank(sources, rate=16000)
    rows = bank.rows(slice(None))
    assert (rows == np.arange(clips)[:, None]).all()
    print("built", bank.path.name, flush=True)
    """
)


def build(clips: int, pause: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(clips), str(pause)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_killed_build_leaves_nothing_that_is_taken_for_a_bank(cache) -> None:
    process = build(200, 0.1)
    assert process.stdout is not None
    for _ in range(5):
        assert process.stdout.readline().startswith("read")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert len(cache.left_over()) == 1  # it was in the middle of it
    assert cache.banks() == []
    out, err = build(200, 0).communicate(timeout=60)
    assert "built" in out, err
    assert out.count("read") == 200
    assert len(cache.banks()) == 1


def test_two_at_once_build_one_good_bank(cache) -> None:
    both = [build(20, 0.1), build(20, 0.1)]
    outputs = [process.communicate(timeout=60) for process in both]
    for process, (_, err) in zip(both, outputs, strict=True):
        assert process.returncode == 0, err
    # One of them waited and found the other's bank.
    assert sorted(out.count("read") for out, _ in outputs) == [0, 20]
    assert len(cache.banks()) == 1
    assert cache.left_over() == []
