"""The tables of a cell: ``scores.csv``, a line a clip, and ``history.csv``, a line an epoch."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from asdbench.config.files import content_of
from asdbench.results.records import Score

SCORE_COLUMNS = ("machine", "id", "subset", "clip", "anomalous", "score")
DECIDED = "decided"  # a further column, where decisions are known
_LABELS = {"1": True, "0": False, "": None}
_BREAK = "\r\n"  # what is in the end of a line is quoted within it
_label = _LABELS.__getitem__
_WRITTEN = {label: text for text, label in _LABELS.items()}


def scores_csv(scores: Iterable[Score]) -> str:
    """Scores as a table, in order of machine type, ID, subset and clip."""
    lines = [
        (
            *(s.machine, s.id, s.subset, s.clip),
            *(_WRITTEN[s.anomalous], repr(float(s.score)), _WRITTEN[s.decided]),
        )
        for s in scores
    ]
    if all(not decided for *_, decided in lines):
        return csv_text([SCORE_COLUMNS, *sorted(line[:-1] for line in lines)])
    return csv_text([(*SCORE_COLUMNS, DECIDED), *sorted(lines)])


def read_scores(path: Path) -> list[Score]:
    """The scores in such a table. Raises as ``scores_in``."""
    return scores_in(path.read_bytes(), path)


def scores_in(content: bytes, path: Path) -> list[Score]:
    """The scores of such a table's content. ``ValueError``, with the path, for any other."""
    try:
        lines = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
        return [
            Score(machine, id_, subset, clip, _LABELS[label], float(score), *map(_label, more))
            for machine, id_, subset, clip, label, score, *more in lines
        ]
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise ValueError(
            f"{path} is no table of scores ({error}); delete {path.parent}, and make it again"
        ) from error


def history_csv(history: Sequence[Mapping[str, Any]]) -> str:
    """Epochs as a table; a figure that an epoch hasn't got is left empty."""
    columns = list(dict.fromkeys(name for line in history for name in line))
    return csv_text([columns, *([line.get(name, "") for name in columns] for line in history)])


def read_history(path: Path) -> list[dict[str, str]]:
    """The epochs in such a table; ``ValueError``, which says why, for any other content."""
    text = content_of(path).decode()
    if not text.endswith("\n"):
        raise ValueError("it is cut short" if text else "it is empty")
    try:
        columns, *lines = csv.reader(io.StringIO(text, newline=""))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if lines and columns[:2] != ["stage", "epoch"]:
        raise ValueError("it doesn't begin with the columns stage and epoch")
    if any(len(line) != len(columns) for line in lines):
        raise ValueError("its lines aren't of one length")
    for _, epoch, *figures in lines:
        _ = int(epoch), [float(figure or 0) for figure in figures]
    return [dict(zip(columns, line, strict=True)) for line in lines]


def csv_text(lines: Iterable[Iterable[Any]]) -> str:
    """Lines as CSV, with ``\\n`` at the end of each on every system.

    Whatever breaks a line is quoted where it stands in a field: a file's name may hold it.
    """
    rows: list[str] = []
    csv.writer(SimpleNamespace(write=rows.append), lineterminator=_BREAK).writerows(lines)
    return "".join(f"{row.removesuffix(_BREAK)}\n" for row in rows)
