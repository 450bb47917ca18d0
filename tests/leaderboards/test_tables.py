"""The leaderboards for programs: CSV and JSON, each read back."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from asdbench_leaderboards import tables
from boards import made

from asdbench.evaluation import (
    Board,
    Cost,
    Histogram,
    IdFigures,
    Interval,
    MachineFigures,
    Row,
    Spread,
)

HERE, ELSEWHERE, CLIPS = Interval(0.1 + 0.2, 0.4), Interval(0.0, 0.6), Interval(2 / 7, 0.35)
AUC = Spread(0.1 + 0.2, 0.01, (0.25, 0.35), HERE, ELSEWHERE, CLIPS)
PAUC = Spread(0.6, None, (0.6,), HERE)
OTHER = Spread(2 / 3, None, (2 / 3,))
SCORES = Histogram(0, 1, (2, 3), (1, 5))


@pytest.fixture
def board() -> Board:
    ids = {
        "00": IdFigures(AUC, PAUC, OTHER, 5, 6, (0, 1), SCORES),
        "02": IdFigures(OTHER, PAUC, OTHER, 7, 8, (0, 1), SCORES),
    }
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
        seeds="counted",
        best={"clips": 2 / 7, "here": 1 / 3, "elsewhere": None},
        letters={"clips": "b", "here": "ab", "elsewhere": None},
        places=(1, 2),
    )
    return made([], subsets=[], rows=[row], recipe={"repeats": 3}, notes=["a note"])


def lines_of(board: Board) -> list[dict[str, str]]:
    text = tables.render_csv(board)
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_has_a_line_a_place_and_loses_no_digit(board: Board) -> None:
    lines = lines_of(board)
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
    assert [float(line["mean_auc_pauc_mean"]) for line in lines] == [2 / 3] * 4


def test_csv_has_each_interval_and_nothing_where_there_is_none(board: Board) -> None:
    lines = lines_of(board)
    assert [float(lines[2][f"auc_here_{end}"]) for end in ("low", "high")] == [0.1 + 0.2, 0.4]
    assert [line["auc_clips_low"] for line in lines] == [repr(2 / 7)] * 3 + [""]
    assert [line["auc_clips_high"] for line in lines] == ["0.35", "0.35", "0.35", ""]
    assert {line["pauc_clips_low"] for line in lines} == {""}
    assert [line["auc_elsewhere_low"] for line in lines] == ["0.0", "0.0", "0.0", ""]
    assert [line["auc_elsewhere_high"] for line in lines] == ["0.6", "0.6", "0.6", ""]
    assert [line["pauc_here_high"] for line in lines] == ["0.4"] * 4
    assert {line["pauc_elsewhere_high"] for line in lines} == {""}
    assert {line["mean_auc_pauc_here_low"] for line in lines} == {""}


def test_csv_compares_rows_on_their_first_line_only(board: Board) -> None:
    cost = Cost(parameters=7, multiply_adds=None, fit_seconds=1.5, score_ms=0.25)
    sources = {"code": "https://example.org/code", "bibtex": "@misc{knn}"}
    told_of = {"remarks": ["pretrained", "untuned"], "sources": sources}
    row = replace(board.rows[0], cost=cost, **told_of)
    first, *others = lines_of(replace(board, rows=[row, *board.rows[1:]]))
    told = {
        "seeds": "counted",
        "best_clips": repr(2 / 7),
        "best_here": repr(1 / 3),
        "best_elsewhere": "",
        "letters_clips": "b",
        "letters_here": "ab",
        "letters_elsewhere": "",
        "score_ms": "0.25",
        "fit_seconds": "1.5",
        "multiply_adds": "",
        "parameters": "7",
        "remarks": "pretrained; untuned",
        "paper": "",
        "code": "https://example.org/code",
    }
    assert list(first)[-len(told) :] == list(told)
    assert {name: first[name] for name in told} == told
    assert {line[name] for line in others for name in told} == {""}


def test_every_line_of_csv_has_every_column() -> None:
    board = made(["knn", "wide"])
    lines = lines_of(board)
    assert len(lines) == 2 * 2 * (1 + 6 + 23)
    assert all(None not in line and None not in line.values() for line in lines)


def test_json_has_everything_and_loses_no_digit(board: Board) -> None:
    made = json.loads(tables.render_json(board))
    assert made["version"] == 4
    assert made["notes"] == ["a note"]
    assert made["recipe"] == {"repeats": 3}
    [row] = made["rows"]
    assert row["auc"] == {
        "mean": 0.1 + 0.2,
        "sd": 0.01,
        "values": [0.25, 0.35],
        "here": {"low": 0.1 + 0.2, "high": 0.4},
        "elsewhere": {"low": 0.0, "high": 0.6},
        "clips": {"low": 2 / 7, "high": 0.35},
    }
    assert row["pauc"]["sd"] is None
    assert row["pauc"]["clips"] is None
    assert row["pauc"]["elsewhere"] is None
    assert row["machines"]["fan"]["ids"]["02"]["auc"]["mean"] == 2 / 3
    assert row["machines"]["fan"]["ids"]["02"]["normal"] == 7
    assert row["machines"]["fan"]["ids"]["00"]["scores"]["anomalous"] == [1, 5]
    assert (row["repeats"], row["planned"], row["origin"]) == (2, 3, {"kind": "run"})
    assert row["best"] == {"clips": 2 / 7, "here": 1 / 3, "elsewhere": None}
    assert row["letters"] == {"clips": "b", "here": "ab", "elsewhere": None}
    assert (row["seeds"], row["places"]) == ("counted", [1, 2])


def test_json_has_no_nan(board: Board) -> None:
    broken = replace(board, rows=(replace(board.rows[0], seconds=float("nan")),))
    with pytest.raises(ValueError, match="JSON compliant"):
        tables.render_json(broken)
