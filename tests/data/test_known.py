"""What sources decoded to is remembered, also of more than a question may hold."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from asdbench.data import known as remembering
from asdbench.data.known import BankRow, Known, Memory


def known(number: int) -> Known:
    return Known(f"content {number}", number, ("2 channels: averaged", "clipped")[: number % 3])


def row(number: int) -> BankRow:
    return BankRow(f"{number:032}", f"{number:x}".rjust(32, "a"), (1 << 32) - 1 - number)


def test_what_is_kept_is_recalled_by_another(tmp_path: Path) -> None:
    every = {f"source {i}": known(i) for i in range(1203)}
    with Memory(tmp_path / "decoded.sqlite") as memory:
        assert memory.recall(["source 0"]) == {}
        memory.keep(every)
    with Memory(tmp_path / "decoded.sqlite") as memory:
        assert memory.recall(list(every)) == every
        assert memory.recall(["source 7", "never heard of", "source 7"]) == {"source 7": known(7)}
        assert memory.recall([]) == {}


def test_what_is_kept_again_takes_the_place_of_what_was(tmp_path: Path) -> None:
    with Memory(tmp_path / "decoded.sqlite") as memory:
        memory.keep({"a": known(1), "b": known(2)})
        memory.keep({"a": known(3)})
        assert memory.recall(["a", "b"]) == {"a": known(3), "b": known(2)}


def test_the_latest_are_remembered_and_no_more_than_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "MOST", 3)
    with Memory(tmp_path / "decoded.sqlite") as memory:
        memory.keep({"a": known(1), "b": known(2), "c": known(3)})
        memory.keep({"a": known(1), "d": known(4)})
        assert sorted(memory.recall(["a", "b", "c", "d"])) == ["a", "c", "d"]


def test_what_is_in_banks_is_remembered_while_they_are_there(tmp_path: Path) -> None:
    banks = [tmp_path / f"{name}-16000.bank" for name in "abc"] + [tmp_path / "d-8000.bank"]
    with Memory(tmp_path / "decoded.sqlite") as memory:
        for number, bank in enumerate(banks):
            bank.touch()
            memory.keep_bank(bank, [row(number), row(99)])
        found = dict(memory.banks("-16000.bank"))
        assert list(found) == ["c-16000.bank", "b-16000.bank", "a-16000.bank"]
        assert found["b-16000.bank"] == memory.rows_of("b-16000.bank") == [row(1), row(99)]
        assert memory.rows_of("e-16000.bank") == []
        banks[0].unlink()
        memory.keep_bank(banks[1], [row(7)])
        assert list(memory.banks("-16000.bank")) == [
            ("b-16000.bank", [row(7)]),
            ("c-16000.bank", [row(2), row(99)]),
        ]


@pytest.mark.parametrize("left", [b"no database at all", bytes(8192)])
def test_a_damaged_memory_is_made_again_with_a_line_that_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, left: bytes
) -> None:
    place = tmp_path / "decoded.sqlite"
    with Memory(place) as memory:
        memory.keep({f"source {i}": known(i) for i in range(2000)})
    content = place.read_bytes()
    place.write_bytes(left if len(left) < 100 else content[:4096] + left + content[12288:])
    with caplog.at_level(logging.WARNING), Memory(place) as memory:
        assert memory.recall(["source 7"]) == {}
        memory.keep({"source 7": known(7)})
        assert memory.recall(["source 7"]) == {"source 7": known(7)}
    assert f"{place} is damaged" in caplog.text
