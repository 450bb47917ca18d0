"""The board as a whole: its rows by subset, its JSON, its examples, and what it doesn't import."""

from __future__ import annotations

import doctest
import json
import subprocess
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path

from asdbench.evaluation import board as module
from asdbench.evaluation.board import Board


def test_subsets_are_apart_and_evaluation_comes_first(small_board: Board) -> None:
    knn, wide = small_board.rows
    moved = replace(wide, subset="evaluation")
    both = replace(small_board, rows=[knn, moved])
    assert small_board.subsets == ["development"]
    assert both.subsets == ["evaluation", "development"]
    assert both.subset("evaluation") == [moved]
    assert both.subset("development") == [knn]
    assert replace(small_board, rows=[]).subsets == []


def test_as_dict_has_all_of_a_board_and_nothing_that_was_added_to_it(small_board: Board) -> None:
    @dataclass(frozen=True)
    class Placed(Board):
        folder: Path

    whole = {field.name: getattr(small_board, field.name) for field in fields(Board)}
    found = Placed(**whole, folder=Path("runs")).as_dict()
    assert found == small_board.as_dict()
    assert list(found) == [field.name for field in fields(Board)]
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["rows"][0]["machines"]["fan"]["ids"]["02"]["auc"]["here"] == {
        "low": 0.7,
        "high": 0.9,
    }


def test_examples_are_true(small_board: Board) -> None:
    found = doctest.DocTestFinder().find(Board, "Board", module, globs={"board": small_board})
    examples = [one for one in found if one.examples]
    assert [one.name for one in examples] == [
        *[
            "Board",
            "Board.agreements_frame",
            "Board.asking",
            "Board.machines_frame",
            "Board.pairs_frame",
            "Board.slices_frame",
            "Board.subset",
            "Board.to_frame",
        ]
    ]
    for one in examples:
        assert doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(one).failed == 0


def test_frames_are_those_of_its_rows_and_pairs(small_board: Board) -> None:
    assert len(small_board.to_frame()) == 2 * 5
    assert len(small_board.machines_frame()) == 2 * (5 + 2 * 3)
    assert len(small_board.pairs_frame()) == 1
    assert len(small_board.slices_frame()) == 2
    assert len(small_board.agreements_frame()) == 1


def test_plugins_and_the_command_line_get_a_board_without_numpy_and_never_torch() -> None:
    script = (
        "import sys, asdbench.evaluation\n"
        "heavy = {'numpy', 'pandas', 'pydantic', 'scipy', 'torch'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "import asdbench.evaluation.frames, asdbench.evaluation.ranking\n"
        "print('torch' in sys.modules, 'scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().splitlines() == ["[]", "False False"]
