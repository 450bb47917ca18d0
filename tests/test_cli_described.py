"""What a folder holds, on a terminal: it fits, and nothing is said of each row that all share."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from asdbench.cli.described import fitted
from asdbench.data.folders.describe import Description, Group


def folder(*, even: bool) -> Description:
    """Fans and a long-named pump; all alike, or different in whatever can differ."""

    def group(place: int, machine: str) -> Group:
        n = 0 if even else place
        lengths = tuple(10_000.0 + n + m for m in range(3 if even else 3 + n))
        return Group(machine, f"{place:02d}", ("development", "evaluation")[n % 2], 1000 + n, 200,
                     200, n, lengths, (16_000 + n,), (1, 8)[: 1 + n % 2], (990 + n, 10 + n),
                     (n, 50), (("machine", n),) * (n > 0), (("vel", 6), ("loc", n)))  # fmt: skip

    groups = [group(place, "fan") for place in range(3)]
    groups.append(group(3, "a pump whose name is longer than others are"))
    return Description(Path("own"), "DCASE 2023 Task 2", tuple(groups), (), (), (), (), (),
                       left_out=("a/path/that/goes/on/and/on.wav " * 4,))  # fmt: skip


def lines(description: Description, width: int) -> list[str]:
    text = io.StringIO()
    Console(file=text, width=width, highlight=False).print(fitted(description, width))
    return text.getvalue().splitlines()


@pytest.mark.parametrize("even", [True, False])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_it_fits_and_what_is_not_in_the_table_is_said_or_named(width: int, even: bool) -> None:
    text = lines(folder(even=even), width)
    assert max(map(len, text)) <= width
    said = " ".join(" ".join(text).split())
    for name in ("unlabelled", "total s", "min s", "median s", "max s", "rate Hz", "channels"):
        assert name in said
    assert ("For a wider terminal" in said) == (width < (80 if even else 200))
    assert all(re.search(rf" 0{place} +\S", "\n".join(text)) for place in range(4))
    if even:
        shared = said.partition("In each row: ")[2]
        assert shared.startswith("subset development, unlabelled 0, total s 30,003.0, min s 10000")
        assert "channels 1." in shared


def test_a_single_machine_has_one_table() -> None:
    both = folder(even=True)
    text = lines(replace(both, groups=both.groups[:1]), 80)
    assert sum("machine" in line for line in text) == 1 + 1  # heads, and "1 machine type"
    assert "train source 990, train target 10" in " ".join(text)
