"""Rows of a stranger's folder: whole, or refused with the reason; nothing is followed out of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from field import written_scores

from asdbench.results.store import Store
from asdbench.submission.guard import RefusedError
from asdbench.submission.reading import (
    Flaw,
    first_of,
    marks_of,
    read_row,
    row_files,
    tags_of_folder,
)


def edited(path: Path, **changed: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def test_a_row_is_read_with_the_clips_that_it_scored(lab: Path) -> None:
    assert row_files(lab) == ["knn"]
    row = read_row(lab, "knn")
    assert [*row.complete] == [0, 1, 2]
    assert row.clips == {s: m["hash"] for s, m in marks_of(lab).items()} == Store(lab).test_sets()
    assert (row.label, row.kind, len(row.cells)) == ("knn", "run", 6)
    assert tags_of_folder(lab) == {}


def test_the_files_of_another_cell_are_refused(lab: Path) -> None:
    first, second = (next(lab.glob(f"cells/knn-fan-r{repeat}-*")) for repeat in (0, 1))
    shutil.copytree(first, second, dirs_exist_ok=True)
    with pytest.raises(RefusedError, match=f"{second.name}/cell.json is that of another cell"):
        read_row(lab, "knn")


def test_a_repeat_that_isnt_done_doesnt_count(lab: Path) -> None:
    next(lab.glob("cells/knn-fan-r1-*/cell.json")).unlink()
    assert [*read_row(lab, "knn").complete] == [0, 2]


def spoil_cells_out(lab: Path) -> None:
    edited(lab / "rows" / "knn.json", repeats=[["../../spring/cells/x"]])


def spoil_label(lab: Path) -> None:
    edited(lab / "rows" / "knn.json", label="other")


def spoil_origin(lab: Path) -> None:
    edited(lab / "rows" / "knn.json", origin={"kind": "dreamt"})


def spoil_oracle(lab: Path) -> None:
    edited(lab / "rows" / "knn.json", origin={"kind": "tuned", "objective": "oracle"})


def spoil_date(lab: Path) -> None:
    path = next(lab.glob("cells/*/cell.json"))
    edited(path, facts=json.loads(path.read_text())["facts"] | {"finished": "tomorrow"})


def spoil_history(lab: Path) -> None:
    next(lab.glob("cells/*/history.csv")).write_text("stage,epoch,loss\na,one,2\n")


def spoil_loss(lab: Path) -> None:
    next(lab.glob("cells/*/history.csv")).write_text("stage,epoch,loss\na,1,inf\n")


def spoil_twice(lab: Path) -> None:
    one, other = sorted(lab.glob("cells/knn-*-r0-*/scores.csv"))
    written_scores(one, other.read_text())


def spoil_label_of_clip(lab: Path) -> None:
    path = next(lab.glob("cells/knn-fan-r0-*/scores.csv"))
    written_scores(path, path.read_text().replace(",1,", ",0,", 1))


def spoil_scores(lab: Path) -> None:
    path = next(lab.glob("cells/knn-fan-r0-*/scores.csv"))
    path.write_text(path.read_text().replace("0\n", "1\n", 1))


def spoil_link(lab: Path) -> None:
    path = next(lab.glob("cells/*/scores.csv"))
    path.rename(lab.parent / "away.csv")
    path.symlink_to(lab.parent / "away.csv")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_cells_out, "aren't named as asdbench names them"),
        (spoil_label, "has another label"),
        (spoil_origin, "its origin is none of"),
        (spoil_oracle, "of which subset isn't said"),
        (spoil_date, "finished is no time"),
        (spoil_history, "is no table of epochs"),
        (spoil_loss, "no finite number"),
        (spoil_twice, "scores of the same development clips"),
        (spoil_label_of_clip, "scores of other development clips"),
        (spoil_scores, "isn't what was written with its cell.json"),
        (spoil_link, "is a link"),
    ],
)
def test_what_is_wrong_is_named(lab: Path, spoil: Callable[[Path], None], said: str) -> None:
    spoil(lab)
    with pytest.raises(RefusedError, match=said):
        read_row(lab, "knn")


def test_a_folder_without_rows_is_none(tmp_path: Path, lab: Path) -> None:
    with pytest.raises(RefusedError, match="no rows/"):
        row_files(tmp_path)
    (tmp_path / "rows").symlink_to(lab / "rows")
    with pytest.raises(RefusedError, match="no rows/"):
        row_files(tmp_path)


def test_the_first_few_of_many_faults() -> None:
    assert first_of(["a", "b"]) == "a; b"
    assert first_of([*"abcde"]) == "a; b; c; and 2 more like that"
    assert str(Flaw("x", "is wrong", "mend it")) == "x: is wrong; mend it"
