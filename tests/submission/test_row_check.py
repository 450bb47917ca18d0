"""What a row of a submission lacks, thing by thing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from field import written_scores
from handed_in import DEVELOPMENT, drawn, hand_in

import asdbench
from asdbench.submission.about import About, ToldCost
from asdbench.submission.reading import marks_of
from asdbench.submission.row_check import RowCheck


def faults(
    folder: Path, label: str = "knn", about: About | None = None, repeats: int = 3
) -> list[str]:
    test_sets = {subset: mark["hash"] for subset, mark in marks_of(folder).items()}
    check = RowCheck(folder, label, about or About(), repeats, test_sets)
    return [f"{fault.what}; {fault.todo}" for fault in check.faults()]


def edited(folder: Path, pattern: str, change: Callable[[dict[str, Any]], Any]) -> None:
    for path in folder.glob(pattern):
        record = json.loads(path.read_text())
        change(record)
        path.write_text(json.dumps(record))


def test_nothing_is_missing(lab: Path) -> None:
    assert faults(lab) == []


def test_scores_that_are_missing_or_no_numbers(lab: Path) -> None:
    one = sorted(lab.glob("cells/knn-fan-r*/scores.csv"))
    lines = one[0].read_text().splitlines()
    written_scores(one[0], "\n".join([*lines[:-2], ""]))
    clip, score = lines[1].split(",")[3], lines[1].split(",")[5]
    one[1].write_text(one[1].read_text().replace(score, "nan", 1))
    [of_table, of_clips] = faults(lab)
    assert of_table.startswith(
        f"repeat 1 needs it: cells/{one[1].parent.name}/scores.csv, line 2: the score of {clip} is "
    )
    assert of_clips.startswith(
        "repeat 0, development: clips of the test set without a score: 2, fan"
    )
    assert of_clips.endswith("score every test clip once, and none besides")


def test_clips_of_a_challenge_are_missed_by_name(tmp_path: Path) -> None:
    hand_in(tmp_path / "in", drawn(DEVELOPMENT))
    asdbench.import_scores("theirs", tmp_path / "in", dataset="dcase2020", out=tmp_path / "out")
    path = next((tmp_path / "out").glob("cells/*/scores.csv"))
    lines = path.read_text().splitlines()
    written_scores(path, "\n".join([*lines[:-1], ""]))
    said = faults(tmp_path / "out", "theirs", repeats=1)
    assert "clips of the test set without a score: 1, valve id_06" in said[0]


def test_too_few_repeats_are_counted_unless_seeds_change_nothing(lab: Path) -> None:
    assert faults(lab, repeats=4) == []  # knn declares that seeds don't change it
    edited(lab, "rows/knn.json", lambda row: row.update(deterministic=False))
    [said] = faults(lab, repeats=4)
    assert said.startswith("3 repeats, and 4 repeats with seeds of their own are asked")


def test_equal_repeats_are_copies_only_where_another_repeat_shows_that_seeds_matter(
    lab: Path,
) -> None:
    edited(lab, "rows/knn.json", lambda row: row.update(deterministic=False))
    assert faults(lab, repeats=3) == []
    last = max(lab.glob("cells/knn-*/scores.csv"))
    head, *lines = (line.split(",") for line in last.read_text().splitlines())
    for place, line in enumerate(lines):
        line[head.index("score")] = str(place)
    written_scores(last, "\n".join([*map(",".join, [head, *lines]), ""]))
    [said] = faults(lab, repeats=3)
    assert said.startswith("repeats 0 and 1 have the same scores, and others don't; a copy is no")


def test_versions_date_and_code_are_asked_for(lab: Path) -> None:
    def forget(cell: dict[str, Any]) -> None:
        cell["facts"] = {"source": cell["facts"]["source"], "versions": {"asdbench": "0.1.0"}}

    edited(lab, "cells/*/cell.json", forget)
    [said] = faults(lab)
    assert said.startswith(
        "it doesn't tell python, cpu, finished, the version of torch, the version of numpy (and so"
    )


def test_source_or_a_link_is_asked_for(lab: Path, field: list[Path]) -> None:
    linked = About(code="https://example.org/code")
    shutil.rmtree(lab / "source")
    assert faults(lab) == []  # it is asdbench's own method, unchanged
    edited(lab, "cells/*/cell.json", lambda cell: cell["facts"].update(source="0123"))
    [said] = faults(lab)
    assert said.startswith("nobody can tell how knn works: no source, and no link; put its source")
    assert faults(lab, about=linked) == []
    edited(lab, "rows/knn.json", lambda row: row.update(sources={"paper": "https://x.org/p"}))
    assert faults(lab) == []
    edited(lab, "rows/knn.json", lambda row: row.update(sources={"paper": "javascript:1"}))
    assert len(faults(lab)) == 1
    (lab / "source").mkdir()
    (lab / "source" / "knn.py").write_text("class KNN: ...")
    assert faults(lab) == []
    told = [text.split(";")[0] for text in faults(field[2], "theirs", repeats=2)]
    assert told == [
        "nobody can tell how theirs works: no source, and no link",
        "nothing says what it took",
    ]


def test_cost_is_measured_or_told(field: list[Path], lab: Path) -> None:
    about = About(code="https://example.org/code", cost={"theirs": ToldCost(1.0, 2.0)})
    assert faults(field[2], "theirs", about, repeats=2) == []
    edited(lab, "cells/*/cell.json", lambda cell: cell.pop("cost"))
    [said] = faults(lab)
    assert said.endswith("under [cost.knn] in submission.toml, or run it again with --force")


@pytest.mark.parametrize("content", ["", "[]", '{"label": "knn"}'])
def test_a_broken_row_is_one_fault(lab: Path, content: str) -> None:
    (lab / "rows" / "knn.json").write_text(content)
    assert len(faults(lab)) == 1
