"""Bad methods, all in one run: each is named, and the others' scores stay as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bad_methods import QUICK, write_bad, wrong
from warm import warm

import asdbench

GOOD = ["knn"]


def scores_of(out: Path, *methods: str) -> dict[str, bytes]:
    found = [path for method in methods for path in (out / "cells").glob(f"{method}-*")]
    return {path.name: (path / "scores.csv").read_bytes() for path in found}


@pytest.fixture(scope="module")
def run_with_bad(tmp_path_factory: pytest.TempPathFactory) -> tuple[asdbench.Run, Path]:
    folder = tmp_path_factory.mktemp("bad")
    files = write_bad(folder / "methods", QUICK)
    with warm():
        asdbench.run("smoke", methods=GOOD, repeats=1, out=folder / "good", device="cpu")
        done = asdbench.run(
            "smoke",
            methods=[*files[:9], *GOOD, *files[9:]],
            repeats=1,
            jobs=2,
            out=folder / "out",
            device="cpu",
            limits={"seconds": 8, "gigabytes": 2},
        )
    return done, folder


def test_each_is_named_and_all_others_are_done(run_with_bad: tuple[asdbench.Run, Path]) -> None:
    done, folder = run_with_bad
    reasons = {one.cell.method: one.reason for one in done.failed}
    assert wrong(reasons, QUICK) == {}
    for one in done.failed:
        text = (folder / "out" / "cells" / one.cell.name / "error.txt").read_text()
        assert text.startswith(one.reason)


def test_the_scores_of_good_ones_are_the_same_bytes(
    run_with_bad: tuple[asdbench.Run, Path],
) -> None:
    _, folder = run_with_bad
    alone = scores_of(folder / "good", *GOOD)
    assert len(alone) == 2
    assert scores_of(folder / "out", *GOOD) == alone


def test_what_a_method_changes_changes_no_score_of_another(
    run_with_bad: tuple[asdbench.Run, Path],
) -> None:
    """All of these score by loudness; whatever they change stays with them."""
    _, folder = run_with_bad
    tables = {
        name: [line.rsplit(",", 2)[1] for line in found.decode().splitlines()[1:]]
        for name, found in scores_of(
            folder / "out", "random_state", "dtype", "environment", "forks", "folder", "threads"
        ).items()
    }
    assert len(tables) == 6
    assert len({tuple(scores) for scores in tables.values()}) == 1


def test_what_it_printed_stands_in_its_error(run_with_bad: tuple[asdbench.Run, Path]) -> None:
    _, folder = run_with_bad
    [file] = (folder / "out" / "cells").glob("prints_bytes-*/error.txt")
    text = file.read_text()
    assert "The last that it printed:" in text
    assert "ABCDEF" in text
    [file] = (folder / "out" / "cells").glob("hangs-*/error.txt")
    assert "in fit" in file.read_text()  # where it hung


def test_a_sign_that_is_flipped_is_told(run_with_bad: tuple[asdbench.Run, Path]) -> None:
    done, _ = run_with_bad
    by_label = {row.label: row.auc for row in done.board.rows}
    assert by_label["flipped"].mean == pytest.approx(1 - by_label["folder"].mean)
    told = [note for note in done.board.notes if "wrong way round" in note]
    surely = [row for row in by_label if (c := by_label[row].clips) and c.high < 0.5]
    assert [note.split(":")[0] for note in told] == surely


def test_none_of_them_is_left(run_with_bad: tuple[asdbench.Run, Path]) -> None:
    _, folder = run_with_bad
    outputs = [os.path.realpath(path) for path in Path("/proc").glob("[0-9]*/fd/1")]
    assert [path for path in outputs if path.startswith(str(folder))] == []
