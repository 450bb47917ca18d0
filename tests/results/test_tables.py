"""The tables of a cell: their bytes don't depend on anything but what is in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import OUTCOME, SCORES

from asdbench.results.tables import csv_text, history_csv, read_history, read_scores, scores_csv


def test_withheld_labels_are_empty_and_numbers_keep_every_digit() -> None:
    assert scores_csv(SCORES).splitlines() == [
        "machine,id,subset,clip,anomalous,score",
        "fan,00,development,normal_id_00_1.wav,0,-1e-300",
        "fan,00,evaluation,id_00_7.wav,,3.0",
        "fan,02,development,anomaly_id_02_1.wav,1,0.30000000000000004",
    ]


def test_the_table_does_not_depend_on_the_order_of_the_clips(tmp_path: Path) -> None:
    assert scores_csv(SCORES[::-1]) == scores_csv(iter(SCORES))
    path = tmp_path / "scores.csv"
    path.write_text(scores_csv(SCORES))
    assert read_scores(path) == sorted(SCORES)


def test_a_figure_that_an_epoch_has_not_got_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text(history_csv(OUTCOME.history))
    assert path.read_text() == "stage,epoch,loss,accuracy\na,1,0.5,\nb,1,,1.0\n"
    assert read_history(path) == [
        {"stage": "a", "epoch": "1", "loss": "0.5", "accuracy": ""},
        {"stage": "b", "epoch": "1", "loss": "", "accuracy": "1.0"},
    ]


@pytest.mark.parametrize("name", ["a,b", "a\rb", "a\r\nb", 'a"b', "a\nb", " a", "ü"])
def test_a_name_with_odd_characters_comes_back(tmp_path: Path, name: str) -> None:
    odd = [score._replace(clip=name) for score in SCORES]
    path = tmp_path / "scores.csv"
    path.write_bytes(scores_csv(odd).encode())
    assert read_scores(path) == sorted(odd)


def test_no_epochs_are_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text(history_csv(()))
    assert read_history(path) == []
    assert csv_text([("a", 1)]) == "a,1\n"


@pytest.mark.parametrize(
    "content",
    [b"a,b\n1,2\n", b"\xff\n", b"a\nfan,00,development,x,2,0.5\n", b"a\nf,0,d,x,1,high\n"],
)
def test_what_is_no_table_of_scores_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "scores.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"scores\.csv is no table of scores .* make it again"):
        read_scores(tmp_path / "scores.csv")
