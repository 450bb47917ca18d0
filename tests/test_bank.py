"""The waveform bank: decoded once, remembered, and never half built."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench import bank as banking
from asdbench.audio import RULES, FileSource, Header
from asdbench.bank import Bank, cache_folder, copied, open_bank

RATE = 16000


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of each test's own."""
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@dataclass(frozen=True)
class Counting:
    """A file's sound, with a record of what was asked of it."""

    file: FileSource
    asked: list[str] = field(default_factory=list)

    @property
    def identity(self) -> str:
        return self.file.identity

    def header(self) -> Header:
        self.asked.append("header")
        return self.file.header()

    def read(self) -> tuple[np.ndarray, int]:
        self.asked.append("read")
        return self.file.read()


@pytest.fixture
def wav(tmp_path: Path) -> Callable[..., FileSource]:
    def make(name: str, samples: int, *, rate: int = RATE, seed: int = 0) -> FileSource:
        path = tmp_path / "wavs" / name
        path.parent.mkdir(exist_ok=True)
        noise = np.random.default_rng(seed).integers(-9999, 9999, samples).astype(np.int16)
        soundfile.write(path, noise, rate, subtype="PCM_16")
        return FileSource(path)

    return make


def notes(bank: Bank) -> dict[str, int]:
    return dict(bank.notes)


def banks(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.glob("*.bank"))


def left_over(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.glob("building-*"))


def test_rows_are_the_files_samples_in_order(wav) -> None:
    sources = [wav(f"{seed}.wav", 800, seed=seed) for seed in range(5)]
    bank = open_bank(sources, rate=RATE)
    expected = np.stack([soundfile.read(s.path, dtype="int16")[0] for s in sources])
    assert (bank.rate, bank.length) == (RATE, 800)
    np.testing.assert_array_equal(bank.rows(slice(None)), expected)
    np.testing.assert_array_equal(bank.rows([3, 0, 3]), expected[[3, 0, 3]])
    assert len(set(bank.content)) == 5


def test_the_length_is_the_commonest_and_the_shorter_of_two(wav) -> None:
    lengths = [900, 700, 900, 800, 800, 1000]
    sources = [wav(f"{i}.wav", n, seed=i) for i, n in enumerate(lengths)]
    assert open_bank(sources, rate=RATE).length == 800
    assert open_bank(sources[:3], rate=RATE).length == 900
    assert open_bank(sources, rate=RATE, seconds=0.0625).length == 1000


def test_clips_are_cut_or_repeated_and_that_is_counted(wav) -> None:
    sources = [wav("long.wav", 1000), wav("short.wav", 300), wav("a.wav", 500), wav("b.wav", 500)]
    bank = open_bank(sources, rate=RATE)
    long, short = (soundfile.read(s.path, dtype="int16")[0] for s in sources[:2])
    np.testing.assert_array_equal(bank.rows([0])[0], long[:500])
    np.testing.assert_array_equal(bank.rows([1])[0], [*short, *short[:200]])
    assert notes(bank) == {"cut to the clip length": 1, "repeated up to the clip length": 1}


def test_notes_of_decoding_are_counted_also_when_nothing_is_decoded_again(wav) -> None:
    sources = [wav("a.wav", 48000, rate=48000), wav("b.wav", 48000, rate=48000), wav("c.wav", RATE)]
    first = open_bank(sources, rate=RATE)
    assert notes(first) == {"resampled from 48000 Hz to 16000 Hz": 2}
    assert open_bank(sources, rate=RATE) == first


def test_what_is_unchanged_is_not_opened_again(wav) -> None:
    sources = [Counting(wav(f"{seed}.wav", 800, seed=seed)) for seed in range(3)]
    first = open_bank(sources, rate=RATE)
    assert [s.asked for s in sources] == [["header", "read"]] * 3
    again = open_bank(sources, rate=RATE)
    assert [s.asked for s in sources] == [["header", "read"]] * 3
    assert again == first


def test_where_the_clip_length_is_given_files_are_opened_once(wav) -> None:
    sources = [Counting(wav(f"{seed}.wav", 800, seed=seed)) for seed in range(3)]
    assert open_bank(sources, rate=RATE, seconds=400 / RATE).length == 400
    assert [s.asked for s in sources] == [["read"]] * 3


def test_a_changed_file_is_decoded_again(wav) -> None:
    sources = [Counting(wav(f"{seed}.wav", 800, seed=seed)) for seed in range(3)]
    first = open_bank(sources, rate=RATE)
    wav("1.wav", 800, seed=99)
    os.utime(sources[1].file.path, ns=(1, 1))  # whatever the clock's resolution
    second = open_bank(sources, rate=RATE)
    assert sources[1].asked.count("read") == 2
    assert [a == b for a, b in zip(first.content, second.content, strict=True)] == [
        True,
        False,
        True,
    ]
    np.testing.assert_array_equal(
        second.rows([1])[0], soundfile.read(sources[1].file.path, dtype="int16")[0]
    )
    assert not np.array_equal(first.rows([1]), second.rows([1]))  # the old bank still stands


def test_the_bank_depends_on_content_not_on_place(wav, cache: Path) -> None:
    one = open_bank([wav("a.wav", 800)], rate=RATE)
    other = open_bank([wav("elsewhere.wav", 800)], rate=RATE)
    assert one == other
    assert len(banks(cache)) == 1


def test_rate_and_length_make_another_bank(wav, cache: Path) -> None:
    source = wav("a.wav", 1600)
    names = {
        open_bank([source], rate=RATE).path.name,
        open_bank([source], rate=RATE, seconds=0.05).path.name,
        open_bank([source], rate=8000).path.name,
    }
    assert len(names) == 3
    assert all(name.endswith(f"-{RULES}.bank") for name in names)
    assert open_bank([source], rate=8000).length == 800


def test_a_deleted_bank_is_built_again(wav, cache: Path) -> None:
    source = wav("a.wav", 800)
    bank = open_bank([source], rate=RATE)
    expected = np.array(bank.rows([0]))
    bank.path.unlink()
    np.testing.assert_array_equal(open_bank([source], rate=RATE).rows([0]), expected)


def test_progress_counts_every_clip(wav) -> None:
    told: list[tuple[int, int]] = []
    sources = [wav(f"{seed}.wav", 100, seed=seed) for seed in range(4)]
    open_bank(sources, rate=RATE, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_one_broken_file_is_named_and_nothing_is_left(wav, cache: Path) -> None:
    sources = [wav(f"{seed}.wav", 100, seed=seed) for seed in range(4)]
    with open(sources[2].path, "wb") as file:
        file.write(b"RIFF")
    with pytest.raises(ValueError, match=r"cannot read .*/2\.wav"):
        open_bank(sources, rate=RATE)
    assert banks(cache) == left_over(cache) == []


def test_a_file_that_breaks_while_decoding_is_named_and_nothing_is_left(wav, cache: Path) -> None:
    sources = [wav(f"{seed}.wav", 100, seed=seed) for seed in range(4)]
    silence = np.full(100, np.nan)
    soundfile.write(sources[2].path, silence, RATE, subtype="FLOAT")  # its header is fine
    with pytest.raises(ValueError, match=r"2\.wav holds NaN"):
        open_bank(sources, rate=RATE)
    assert banks(cache) == left_over(cache) == []


@pytest.mark.parametrize("full", ["posix_fallocate", "replace"])
def test_a_full_disk_is_one_clear_line(
    wav, cache: Path, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    source = wav("a.wav", 800)
    with monkeypatch.context() as patched:
        patched.setattr(os, full, no_space)
        with pytest.raises(ValueError, match=r"the disk of .* is full.*ASDBENCH_CACHE") as caught:
            open_bank([source], rate=RATE)
    assert "\n" not in str(caught.value)
    assert str(cache) in str(caught.value)
    assert banks(cache) == left_over(cache) == []
    assert open_bank([source], rate=RATE).length == 800


def test_a_disk_too_full_for_the_memory_is_one_clear_line(
    wav, cache: Path, monkeypatch: pytest.MonkeyPatch
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
    wav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = open_bank([wav("a.wav", 800)], rate=RATE)
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "elsewhere"))

    def full(*_: int) -> np.ndarray:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(ValueError, match=r"the disk of .*elsewhere is full"):
        copied(bank, full)
    assert banks(tmp_path / "elsewhere") == left_over(tmp_path / "elsewhere") == []


def test_the_cache_folder_is_the_users_choice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.delenv("ASDBENCH_CACHE")
    assert cache_folder().name == "asdbench"


BUILD = textwrap.dedent(
    r"""
    import sys, time
    import numpy as np
    from asdbench.audio import Generated
    from asdbench.bank import open_bank

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


def test_a_killed_build_leaves_nothing_that_is_taken_for_a_bank(cache: Path) -> None:
    process = build(200, 0.1)
    assert process.stdout is not None
    for _ in range(5):
        assert process.stdout.readline().startswith("read")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert len(left_over(cache)) == 1  # it was in the middle of it
    assert banks(cache) == []
    out, err = build(200, 0).communicate(timeout=60)
    assert "built" in out, err
    assert out.count("read") == 200
    assert len(banks(cache)) == 1


def test_two_at_once_build_one_good_bank(cache: Path) -> None:
    both = [build(20, 0.1), build(20, 0.1)]
    outputs = [process.communicate(timeout=60) for process in both]
    for process, (_, err) in zip(both, outputs, strict=True):
        assert process.returncode == 0, err
    # One of them waited and found the other's bank.
    assert sorted(out.count("read") for out, _ in outputs) == [0, 20]
    assert len(banks(cache)) == 1
    assert left_over(cache) == []
