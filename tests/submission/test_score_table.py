"""Tables of scores from strangers: every fault is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from asdbench.results.records import Score
from asdbench.submission.guard import RefusedError
from asdbench.submission.score_table import score_table

HEAD = "machine,id,subset,clip,anomalous,score"
GOOD = "fan,00,development,a.wav,1,0.25"


def read(folder: Path, *lines: str, head: str = HEAD) -> tuple[list[Score], list[str]]:
    (folder / "scores.csv").write_text("\n".join([head, *lines, ""]))
    return score_table(folder, "scores.csv")


def test_good_lines_are_read_and_others_are_named(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD) == ([Score("fan", "00", "development", "a.wav", True, 0.25)], [])
    decided, faults = read(tmp_path, GOOD + ",0", head=HEAD + ",decided")
    assert (decided[0].decided, faults) == (False, [])
    scores, faults = read(
        tmp_path,
        GOOD,
        GOOD,
        "fan,00,development,b.wav,1,nan",
        "fan,00,development,c.wav,1,1e200",
        "fan,00,development,d.wav,1,high",
        "fan,00,development,e.wav,yes,1",
        "fan,00,training,f.wav,1,1",
        "fan,,development,g.wav,1,1",
    )
    assert len(scores) == 1
    assert [fault.split(":")[0] for fault in faults] == [f"line {n}" for n in range(3, 10)]
    for fault, words in zip(
        faults,
        ("has a score already", "'nan'", "'1e200'", "'high'", "'yes'", "'training'", "no name"),
        strict=True,
    ):
        assert words in fault


@pytest.mark.parametrize("lines", [["fan,00"], ['"fan,00,development,a,1,0'], ["a" * 200_000]])
def test_what_is_no_table_is_refused(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(RefusedError, match=r"scores\.csv"):
        read(tmp_path, *lines)
    with pytest.raises(RefusedError, match="doesn't begin with"):
        read(tmp_path, head="a,b")
