"""The waveform bank: what is in it, and that it is decoded once and remembered."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pytest
import soundfile

from asdbench.data.bank import Bank, open_bank
from asdbench.data.decode import RULES, FileSource
from asdbench.data.sound_files import Header, Read

RATE = 16000

pytestmark = pytest.mark.usefixtures("cache")


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

    def read(self) -> Read:
        self.asked.append("read")
        return self.file.read()


def notes(bank: Bank) -> dict[str, int]:
    return Counter(note for of_clip in bank.notes for note in of_clip)


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


def test_the_bank_depends_on_content_not_on_place(wav, cache) -> None:
    one = open_bank([wav("a.wav", 800)], rate=RATE)
    other = open_bank([wav("elsewhere.wav", 800)], rate=RATE)
    assert one == other
    assert len(cache.banks()) == 1


def test_rate_and_length_make_another_bank(wav, cache) -> None:
    source = wav("a.wav", 1600)
    names = {
        open_bank([source], rate=RATE).path.name,
        open_bank([source], rate=RATE, seconds=0.05).path.name,
        open_bank([source], rate=8000).path.name,
    }
    assert len(names) == 3
    assert all(name.endswith(f"-{RULES}.bank") for name in names)
    assert open_bank([source], rate=8000).length == 800


def test_a_deleted_bank_is_built_again(wav, cache) -> None:
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
