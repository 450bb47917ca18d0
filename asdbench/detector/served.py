"""A detector as MLflow loads and serves it: tables of recordings in, tables of scores out.

A model's folder names this module (``loader_module``), so nothing in it has to be pickled. MLflow
isn't needed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from asdbench.detector.detector import Detector
from asdbench.detector.scored import RecordingScore

NEEDED, TOLD = ("samples", "rate"), ("machine", "id")
SCORED = ("score", "percentile", "alarm", "threshold", "at", "warnings")


def _load_pyfunc(path: str) -> Served:
    """The model in a detector's folder; MLflow looks for this name."""
    return Served(Detector(Path(path)))


class Served:
    """Scores the recordings of a table."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def predict(
        self, model_input: pd.DataFrame, params: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Score recordings, one a row.

        Args:
            model_input: ``samples`` (frames,) in [-1, 1], ``rate`` in Hz, and ``machine`` and
                ``id``, which may be left out where the detector knows one only.
            params: Nothing; MLflow hands it over.

        Returns:
            A row each, in the same order: ``score``, ``percentile`` and ``alarm``, which are None
            where there is nothing to score, ``threshold``, ``at`` in seconds, and ``warnings``.

        Raises:
            ValueError: naming the row, counted from 0, that can't be scored; then none is.
        """
        missing = [name for name in NEEDED if name not in model_input]
        if missing:
            raise ValueError(f"no column {' or '.join(missing)}; give {', '.join(NEEDED + TOLD)}")
        count = len(model_input)
        columns = [
            model_input[name] if name in model_input else [None] * count for name in NEEDED + TOLD
        ]
        rows = zip(*columns, strict=True)
        return _table([self._scored(*row) for row in enumerate(rows)], model_input.index)

    def _scored(self, place: int, row: Sequence[Any]) -> RecordingScore:
        samples, rate, machine, id_ = row
        try:
            return self._detector.score(
                _numbers(samples), rate, machine=_text(machine), id=_text(id_)
            )
        except ValueError as error:
            raise ValueError(f"row {place}: {error}") from error


def _table(found: Sequence[RecordingScore], index: pd.Index) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        "score": [one.score for one in found],
        "percentile": [one.percentile for one in found],
        "alarm": [one.alarm for one in found],
        "threshold": [one.threshold.value for one in found],
        "at": [one.at for one in found],
        "warnings": ["; ".join(one.warnings) for one in found],
    }
    return pd.DataFrame({name: _column(columns[name], index) for name in SCORED}, index=index)


def _column(values: Sequence[Any], index: pd.Index) -> pd.Series:
    """Its values as they are: of a column of numbers, pandas would make NaN of None, which isn't
    JSON."""
    return pd.Series(values, index=index, dtype=object if None in values else None)


def _numbers(samples: Any) -> NDArray[Any]:
    """Samples as an array; lists as JSON has them too, whole numbers among them."""
    try:
        found = np.asarray(samples)
        return found if found.dtype == np.int16 else found.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError("samples aren't numbers; give (frames,) in [-1, 1]") from None


def _text(value: Any) -> str | None:
    """What a cell says, if anything."""
    return None if pd.isna(value) else str(value)
