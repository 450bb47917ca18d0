"""A table of scores that a stranger wrote, read strictly: every clip once, every score a number."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

from asdbench.evaluation import SUBSETS
from asdbench.results.records import Score
from asdbench.results.tables import DECIDED, SCORE_COLUMNS
from asdbench.submission.guard import LARGEST_TABLE, RefusedError, plain_file

_LABELS = {"1": True, "0": False, "": None}
_MOST = 1e100  # of a score's size: the statistics' own arithmetic has to stay finite


def score_table(folder: Path, name: str) -> tuple[list[Score], list[str]]:
    """The scores in a file of the folder, and what is wrong, a text a line that is.

    Raises ``RefusedError`` where it is no such table at all.
    """
    path = plain_file(folder, name, LARGEST_TABLE)
    scores, faults, seen = [], [], set()
    for number, line in _lines(path, name):
        score = _score(line)
        if isinstance(score, str):
            faults.append(f"line {number}: {score}")
        elif score[:4] in seen:
            faults.append(f"line {number}: {score.clip} has a score already")
        else:
            seen.add(score[:4])
            scores.append(score)
    return scores, faults


def _lines(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    try:
        with open(path, newline="", encoding="utf-8") as file:
            lines = csv.reader(file, strict=True)
            head = tuple(next(lines, ()))
            if head not in {SCORE_COLUMNS, (*SCORE_COLUMNS, DECIDED)}:
                raise RefusedError(f"{name} doesn't begin with {','.join(SCORE_COLUMNS)}")
            for line in lines:
                if len(line) != len(head):
                    raise RefusedError(f"{name}, line {lines.line_num}: not {len(head)} columns")
                yield lines.line_num, line
    except (csv.Error, UnicodeDecodeError) as error:
        raise RefusedError(f"{name} is no table: {error}") from None


def _score(line: list[str]) -> Score | str:
    """The score in a line, or what is wrong with it."""
    machine, id_, subset, clip, label, text, *decided = line
    if subset not in SUBSETS:
        return f"no subset {subset!r}; there are {' and '.join(SUBSETS)}"
    for part in (machine, id_, clip):
        if not part or len(part) > 255 or not part.isprintable():
            return f"{part[:60]!r} is no name of a machine type, an ID or a clip"
    if label not in _LABELS or not {*decided} <= {*_LABELS}:
        return f"{label!r} and {decided!r} are no label and decision; write 1, 0 or nothing"
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not abs(score) < _MOST:
        return f"the score of {clip} is {text[:60]!r}, which is no finite number"
    return Score(machine, id_, subset, clip, _LABELS[label], score, *map(_LABELS.get, decided))
