"""What sources decoded to is remembered, also of more than a question may hold."""

from __future__ import annotations

from pathlib import Path

from asdbench.data.known import Known, Memory


def known(number: int) -> Known:
    return Known(f"content {number}", number, ("2 channels: averaged", "clipped")[: number % 3])


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
