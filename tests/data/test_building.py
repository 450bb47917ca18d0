"""A bank that differs little from an older one: only what is new is decoded."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
import pytest
import soundfile

from asdbench.config.cache import set_limit
from asdbench.data import building
from asdbench.data.bank import Bank, copied, open_bank, to_decode
from asdbench.data.building import bank_path
from asdbench.data.decode import Decoded, FileSource, Source

RATE = 16000

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were decoded."""
    names: list[str] = []
    real = building.decode

    def counting(source: Source, rate: int) -> Decoded:
        names.append(source.path.name)  # type: ignore[attr-defined]
        return real(source, rate)

    monkeypatch.setattr(building, "decode", counting)
    return names


@pytest.fixture
def three(wav: Callable[..., FileSource], decoded: list[str]) -> list[FileSource]:
    """Files whose bank is there: one is longer than it, one shorter."""
    sources = [wav(f"{n}.wav", length, seed=n) for n, length in enumerate((900, 800, 700))]
    open_bank(sources, rate=RATE, seconds=0.05)
    assert sorted(decoded) == ["0.wav", "1.wav", "2.wav"]
    decoded.clear()
    return sources


def opened(sources: list[FileSource]) -> Bank:
    return open_bank(sources, rate=RATE, seconds=0.05)


def holds(bank: Bank, sources: list[FileSource]) -> bool:
    """Whether each row is its file, cut or repeated."""
    files = [soundfile.read(source.path, dtype="int16")[0] for source in sources]
    return np.array_equal(bank.rows(slice(None)), [np.resize(file, 800) for file in files])


def test_of_one_more_file_only_that_is_decoded(three, wav, decoded) -> None:
    more = [three[0], wav("more.wav", 800, seed=9), *three[1:]]
    bank = opened(more)
    assert decoded == ["more.wav"]
    assert holds(bank, more)
    assert [len(notes) for notes in bank.notes] == [1, 0, 0, 1]  # cut, and repeated
    opened(more)
    assert decoded == ["more.wav"]


def test_a_changed_file_alone_is_decoded_and_fewer_files_are_none(three, wav, decoded) -> None:
    wav("1.wav", 800, seed=99)
    os.utime(three[1].path, ns=(1, 1))
    assert holds(opened(three), three)
    assert decoded == ["1.wav"]
    assert holds(opened(three[:0:-1]), three[:0:-1])
    assert decoded == ["1.wav"]


def test_rows_come_from_as_many_banks_as_it_takes(three, wav, decoded) -> None:
    others = [wav(f"other {n}.wav", 800, seed=50 + n) for n in range(2)]
    opened(others)
    decoded.clear()
    every = [others[0], *three, others[1]]
    assert holds(opened(every), every)
    assert decoded == []


@pytest.mark.parametrize("lost", ["unlink", "cut"])
def test_what_only_a_lost_bank_had_is_decoded_again(three, wav, cache, decoded, lost: str) -> None:
    (name,) = cache.banks()
    if lost == "unlink":
        (cache.folder / name).unlink()
    else:
        os.truncate(cache.folder / name, 1600)
    more = [*three, wav("more.wav", 800, seed=9)]
    assert holds(opened(more), more)
    assert sorted(decoded) == ["0.wav", "1.wav", "2.wav", "more.wav"]


def test_another_length_is_decoded_anew(three, decoded) -> None:
    open_bank(three, rate=RATE, seconds=0.04)
    assert len(decoded) == 3


def test_a_cache_that_grows_keeps_to_its_limit_and_what_is_in_use(three, wav, cache) -> None:
    first = opened(three)
    set_limit(0)
    second = opened([*three, wav("more.wav", 800, seed=9)])
    assert cache.banks() == sorted([first.path.name, second.path.name])
    del first
    third = opened(three[:2])
    assert cache.banks() == sorted([second.path.name, third.path.name])
    fourth = copied(third, lambda *_: pytest.fail("it is there"))
    assert fourth == third
    del second, third, fourth
    assert opened(three[:1]).path.exists()
    assert len(cache.banks()) == 1


def test_what_a_killed_build_left_goes_with_the_next(three, wav, cache) -> None:
    (cache.folder / "building-of-one-that-was-killed").write_bytes(bytes(1000))
    opened([*three, wav("more.wav", 800, seed=9)])
    assert cache.left_over() == []


def test_many_banks_have_no_more_locks_than_256(three, cache) -> None:
    for row in range(3):
        opened(three[row:])
    locks = [path.name for path in cache.folder.glob("*.lock")]
    assert all(len(name) == len("00.lock") for name in locks)


def test_what_there_is_to_decode_is_none_once_it_is_there(three, cache) -> None:
    assert to_decode(three, rate=RATE, seconds=0.05) == 0
    bank = opened(three)
    assert bank.path == bank_path(cache.folder, bank.content, RATE, 800)
    assert to_decode(three[1:], rate=RATE, seconds=0.05) == 3200
