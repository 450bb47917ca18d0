"""A board with the output folder that it was made from, where its scores are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from asdbench.config.defaults import DEMO, RUNS
from asdbench.evaluation import Board
from asdbench.evaluation.agreements import found_by
from asdbench.results.build import read_rows
from asdbench.results.files import current, rendered
from asdbench.results.store import Store

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Leaderboard(Board):
    """A board of an output folder: all that a board has, and the scores behind it.

    Attributes:
        folder: The output folder; every other attribute is a board's.
    """

    folder: Path

    @classmethod
    def of(cls, board: Board, folder: Path) -> Leaderboard:
        """A board that was made from this folder."""
        return cls(
            **{field.name: getattr(board, field.name) for field in fields(Board)}, folder=folder
        )

    def scores_frame(self) -> pd.DataFrame:
        """Every score of every complete repeat of every row.

        Returns:
            A frame with a line a row, repeat and test clip, and the columns ``label``,
            ``repeat``, ``machine``, ``id``, ``subset``, ``clip``, ``anomalous`` (True, False, or
            None where the label is withheld), ``score`` (higher is more anomalous; comparable
            within a label, repeat and machine ID) and ``decided`` (whether it was called
            anomalous; None where that isn't known).

        Example:
            >>> import asdbench
            >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
            >>> scores = done.board.scores_frame().query("label == 'knn'")
            >>> scores.columns.tolist()
            ['label', 'repeat', 'machine', 'id', 'subset', 'clip', 'anomalous', 'score', 'decided']
            >>> len(scores)
            36
        """
        import pandas as pd

        store = Store.existing(self.folder)
        lines = [
            (record["label"], repeat, *score)
            for record in store.rows()
            for repeat, names in enumerate(record["repeats"])
            if all(map(store.done, names))
            for name in names
            for score in store.scores(name)
        ]
        columns = ["label", "repeat", "machine", "id", "subset", "clip", "anomalous", "score"]
        columns.append("decided")
        return pd.DataFrame(lines, columns=columns)

    def found_frame(self) -> pd.DataFrame:
        """Which anomalous clips each row finds: those that agreements are counted by.

        Returns:
            A frame with a line an anomalous clip and row, and the columns ``subset``, ``machine``,
            ``id``, ``clip``, ``tags`` ("fault=leak, severity=mild"), ``label`` and ``found``:
            whether it lies above a threshold that at most 10 % of its ID's normal clips lie above.

        Example:
            >>> import asdbench
            >>> done = asdbench.run("smoke", methods=["knn", "autoencoder"], repeats=1)
            >>> found = done.board.found_frame()
            >>> of_clip = found.groupby(["machine", "id", "clip"]).found
            >>> alone = found[found.found & (of_clip.transform("sum") == 1)]
            >>> alone.columns.tolist()
            ['subset', 'machine', 'id', 'clip', 'tags', 'label', 'found']
        """
        import pandas as pd

        store = Store.existing(self.folder)
        tags = store.tags()
        lines = []
        for subset, entries in read_rows(store.rows(), store, [])[1].items():
            for (machine, id), clip, found in found_by(entries):
                of_clip = tags.get(subset, {}).get(machine, {}).get(id, {}).get(clip, {})
                text = ", ".join(f"{name}={value}" for name, value in of_clip.items())
                for entry, one in zip(entries, found, strict=True):
                    if one is not None:
                        lines.append((subset, machine, id, clip, text, entry.record["label"], one))
        columns = ["subset", "machine", "id", "clip", "tags", "label", "found"]
        return pd.DataFrame(lines, columns=columns)


def load_board(out: str | Path = RUNS / DEMO) -> Leaderboard:
    """The board of an output folder: rows, figures, intervals, pairs, and scores.

    It is read if it is up to date, and else made.

    Args:
        out: The output folder.

    Raises:
        ValueError: where there are no results.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> board = asdbench.load_board("runs/smoke")
        >>> frame = board.to_frame()
        >>> frame.loc[frame.figure == "auc", "label"].tolist()
        ['knn']
    """
    store = Store.existing(out)
    return Leaderboard.of(current(store), store.folder.resolve())


def render(
    out: str | Path = RUNS / DEMO,
    *,
    form: str = "md",
    question: str | None = None,
    figures: Sequence[str] | None = None,
) -> str:
    """The leaderboard of an output folder as text.

    Args:
        out: The output folder.
        form: "md", "html", "tex", "csv", "json", or a plugin's.
        question: Which question letters, P(best) and intervals answer where one of them is shown:
            "clips", "here" or "elsewhere"; by default what the repeats allow, "here" if they do.
        figures: Which figures are shown; rows are ranked by the first. By default those of the
            year's challenge. "official", "auc_source", "auc_target", "pauc_source",
            "pauc_target", "pauc_harmonic", "mean_auc_pauc", "auc", "pauc", "mauc",
            "pooled_auc", "precision", "recall", "f1", "specificity".

    Raises:
        ValueError: where there are no results, no such format, question or figure, no row has the
            figure that rows are to be ranked by, or the format's plugin is broken.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> asdbench.render("runs/smoke", form="csv").splitlines()[0][:20]
        'label,method,subset,'
    """
    return rendered(Store.existing(out), form, question, figures or ())
