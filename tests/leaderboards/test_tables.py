"""The leaderboards for programs: CSV and JSON, each read back."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from asdbench import plugins
from asdbench.results import Board, IdFigures, MachineFigures, Row, Spread

AUC = Spread(0.1 + 0.2, 0.01, (0.25, 0.35))
PAUC = Spread(0.6, None, (0.6,))
OTHER = Spread(2 / 3, None, (2 / 3,))


@pytest.fixture
def board() -> Board:
    ids = {"00": IdFigures(AUC, PAUC, 5, 6), "02": IdFigures(OTHER, PAUC, 7, 8)}
    fan = MachineFigures(AUC, PAUC, OTHER, OTHER, OTHER, ids)
    row = Row(
        label="knn, wide",
        method="knn",
        summary="Neighbours.",
        subset="development",
        origin={"kind": "run"},
        repeats=2,
        planned=3,
        seconds=1.5,
        auc=AUC,
        pauc=PAUC,
        mauc=OTHER,
        mean_auc_pauc=OTHER,
        pooled_auc=OTHER,
        machines={"fan": fan},
    )
    return Board(1, "hash", "demo", {"repeats": 3}, (row,), ("a note",))


def test_csv_has_a_line_a_place_and_loses_no_digit(board: Board) -> None:
    text = plugins.load(plugins.LEADERBOARDS, "csv")(board)
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["machine"], line["id"]) for line in lines] == [
        ("all", "all"),
        ("fan", "all"),
        ("fan", "00"),
        ("fan", "02"),
    ]
    for line in lines:
        assert (line["label"], line["method"], line["subset"], line["repeats"]) == (
            "knn, wide",
            "knn",
            "development",
            "2",
        )
    assert [float(line["auc_mean"]) for line in lines] == [0.1 + 0.2] * 3 + [2 / 3]
    assert [line["auc_sd"] for line in lines] == ["0.01", "0.01", "0.01", ""]
    assert [line["pauc_sd"] for line in lines] == [""] * 4
    assert float(lines[0]["mauc_mean"]) == 2 / 3
    assert lines[2]["mauc_mean"] == lines[2]["pooled_auc_mean"] == ""  # an ID has none


def test_json_has_everything_and_loses_no_digit(board: Board) -> None:
    made = json.loads(plugins.load(plugins.LEADERBOARDS, "json")(board))
    assert made["notes"] == ["a note"]
    assert made["recipe"] == {"repeats": 3}
    [row] = made["rows"]
    assert row["auc"] == {"mean": 0.1 + 0.2, "sd": 0.01, "values": [0.25, 0.35]}
    assert row["pauc"]["sd"] is None
    assert row["machines"]["fan"]["ids"]["02"]["auc"]["mean"] == 2 / 3
    assert row["machines"]["fan"]["ids"]["02"]["normal"] == 7
    assert (row["repeats"], row["planned"], row["origin"]) == (2, 3, {"kind": "run"})


def test_json_has_no_nan(board: Board) -> None:
    broken = replace(board, rows=(replace(board.rows[0], seconds=float("nan")),))
    with pytest.raises(ValueError, match="JSON compliant"):
        plugins.load(plugins.LEADERBOARDS, "json")(broken)
