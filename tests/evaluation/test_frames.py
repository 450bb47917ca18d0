"""Boards as pandas frames, against values read off a board that was written by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from asdbench.evaluation import frames
from asdbench.evaluation.board import Board
from asdbench.evaluation.cost import Cost
from asdbench.evaluation.figures import QUESTIONS

ENDS = ["low", "high", "elsewhere_low", "elsewhere_high", "clips_low", "clips_high"]
SAID = ("low", "high", "p", "corrected")  # of a difference
SPREAD = ["figure", "mean", "sd", *ENDS]


def line(frame: pd.DataFrame, **chosen: str) -> pd.Series:
    """The one line with these values."""
    for column, value in chosen.items():
        frame = frame[frame[column] == value]
    [number] = frame.index
    return frame.loc[number]


def kinds(frame: pd.DataFrame) -> dict[str, str]:
    """Of the columns of numbers."""
    return {name: str(kind) for name, kind in frame.dtypes.items() if kind.kind in "if"}


def test_a_line_a_row_and_figure(small_board: Board) -> None:
    found = frames.of_rows(small_board.rows, small_board.question)
    assert list(found.columns) == [
        *["subset", "label", "method", "origin", "repeats"],
        *SPREAD,
        *["place", "question", "best", "letters"],
        *["parameters", "multiply_adds", "fit_seconds", "score_ms", "remarks"],
    ]
    figures = ["auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc"]
    assert list(zip(found.label, found.figure, strict=True)) == [
        (label, figure) for label in ("knn", "wide") for figure in figures
    ]
    knn = line(found, label="knn", figure="mean_auc_pauc")
    assert knn[list(found.columns[-5:])].isna().all()
    assert knn.tolist()[:-5] == [
        *["development", "knn", "knn", "run", 3, "mean_auc_pauc"],
        *[0.8, 0.075, 0.7, 0.9, 0.6, 1.0, 0.75, 0.85],
        *[1, "clips", 0.9, "a"],
    ]
    wide = line(found, label="wide", figure="mauc")
    assert (wide["origin"], wide["repeats"], wide["mean"], wide["place"]) == ("tuned", 1, 0.6, 2)
    assert wide[["sd", *ENDS]].isna().all()


def test_what_a_row_took_and_what_its_readers_must_know(small_board: Board) -> None:
    cost = Cost(parameters=None, multiply_adds=7, fit_seconds=1.5, score_ms=0.25)
    row = replace(small_board.rows[0], cost=cost, remarks=["pretrained", "chosen on test"])
    found = frames.of_rows([row], small_board.question).iloc[0]
    assert found[["multiply_adds", "fit_seconds", "score_ms"]].tolist() == [7, 1.5, 0.25]
    assert found[["parameters"]].isna().all()
    assert found["remarks"] == "pretrained; chosen on test"


def test_places_are_counted_in_each_subset(small_board: Board) -> None:
    knn, wide = small_board.rows
    there = [replace(row, subset="evaluation") for row in (wide, knn)]
    found = frames.of_rows(
        [*there, knn, wide], small_board.question | {"evaluation": "here"}
    ).query("figure == 'auc'")
    assert list(zip(found.subset, found.label, found.place, strict=True)) == [
        ("evaluation", "wide", 1),
        ("evaluation", "knn", 2),
        ("development", "knn", 1),
        ("development", "wide", 2),
    ]


def test_a_line_a_machine_type_and_id(small_board: Board) -> None:
    found = frames.of_machines(small_board.rows)
    assert list(found.columns) == [
        *["subset", "label", "machine", "id"],
        *SPREAD,
        *["normal", "anomalous"],
    ]
    knn = found[found.label == "knn"]
    assert knn.figure.tolist() == [
        *["auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc"],
        *["auc", "pauc", "mean_auc_pauc"] * 2,
    ]
    assert knn.id[:5].isna().all()
    assert knn.id[5:].tolist() == ["00"] * 3 + ["02"] * 3
    fan = line(knn[knn.id.isna()], figure="auc")
    assert (fan["mean"], fan["elsewhere_low"], fan["normal"], fan["anomalous"]) == (
        0.875,
        0.6,
        7,
        7,
    )
    of_id = line(knn, id="02", figure="pauc")
    assert of_id[["mean", "sd", "low", "high"]].tolist() == [0.55, 0.1, 0.7, 0.9]
    assert of_id[["normal", "anomalous"]].tolist() == [3, 5]
    assert np.isnan(of_id["elsewhere_low"])


def test_a_line_a_pair_and_figure_with_what_each_question_says(small_board: Board) -> None:
    [pair] = small_board.pairs
    found = frames.of_pairs([pair, replace(pair, figure="auc", here=pair.clips, flips=0.5)])
    start = ["development", "mean_auc_pauc", "knn", "wide", 2, 0.175]
    assert found.iloc[0].tolist()[:10] == [*start, 0.05, 0.3, 0.01, 0.01]
    assert found.iloc[0].iloc[10:].isna().all()
    assert found.loc[1, ["here_low", "here_high", "here_p", "flips"]].tolist() == [
        *[0.05, 0.3, 0.01, 0.5]
    ]


def test_what_cannot_be_told_is_missing(small_board: Board) -> None:
    found = frames.of_rows(small_board.rows, {"development": "here"})
    assert found.best.isna().all()
    assert found.letters.isna().all()


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_numbers_are_numbers_whatever_is_missing(small_board: Board, rows: int) -> None:
    """The last row has one repeat, so no deviation at all; an empty board has no lines."""
    some = small_board.rows[2 - rows :]
    spread = dict.fromkeys(SPREAD[1:], "float64")
    counts = {"repeats": "int64", **spread, "place": "int64", "best": "float64"}
    counts |= dict.fromkeys(["parameters", "multiply_adds", "fit_seconds", "score_ms"], "float64")
    assert kinds(frames.of_rows(some, small_board.question)) == counts
    clips = {"normal": "int64", "anomalous": "int64"}
    assert kinds(frames.of_machines(some)) == spread | clips
    said = [f"{q}_{part}" for q in QUESTIONS for part in SAID]
    tests = dict.fromkeys(["difference", *said, "flips"], "float64")
    assert kinds(frames.of_pairs(small_board.pairs[:rows])) == {"n": "int64"} | tests
    assert len(frames.of_rows(some, small_board.question)) == 5 * rows


def test_a_line_a_kind_of_clip_and_row(small_board: Board) -> None:
    found = small_board.slices_frame()
    assert list(found.columns) == [
        *["subset", "tag", "value", "label", *SPREAD[1:]],
        *["machines", "normal", "anomalous", "behind"],
        *(f"behind_{q}_{part}" for q in QUESTIONS for part in SAID),
    ]
    knn = ["development", "fault", "leak", "knn", 0.9, 0.1, 0.7, 0.9, 0.6, 1.0]
    knn += [0.75, 0.85, "fan, pump", 7, 4]
    assert found.loc[0].tolist()[: len(knn)] == knn
    assert found.loc[0][len(knn) :].isna().all()
    wide = line(found, label="wide")
    assert wide[["behind", "behind_clips_low", "behind_clips_p"]].tolist() == [0.3, 0.1, 0.02]
    assert wide[["sd", *ENDS]].isna().all()


def test_a_line_a_pair_of_rows_and_what_they_find(small_board: Board) -> None:
    found = small_board.agreements_frame()
    assert found.to_dict("records") == [
        {
            "subset": "development",
            "first": "knn",
            "second": "wide",
            "n": 2,
            "correlation": 0.25,
            "both": 1,
            "only_first": 3,
            "only_second": 2,
            "neither": 1,
        }
    ]


def test_nothing_by_kind_makes_frames_without_lines() -> None:
    assert kinds(frames.of_slices([]))["normal"] == "int64"
    assert kinds(frames.of_agreements([]))["correlation"] == "float64"
