"""Numbers as they are printed, and sentences about a board."""

from __future__ import annotations

from typing import Any

import pytest
from asdbench_leaderboards import _text, html, latex, markdown
from boards import made
from hand_made import board, machine, pair, row

from asdbench.evaluation import QUESTIONS, Board, Interval

LONE: dict[str, Any] = {"repeats": 1, "planned": 1, "seeds": "unknown"}
FITS = "with other test clips, these fits staying as they are"


def test_text_from_outside_is_one_line_of_what_can_be_printed() -> None:
    assert _text.plain("two\n lines\tand  blanks ") == "two lines and blanks"
    assert _text.plain("a\x1b[31mred\u202e") == "a\ufffd[31mred\ufffd"


def test_shares_are_percentages_with_one_digit() -> None:
    assert [_text.percent(share) for share in (0.81249, 0.8125, 1, 0)] == [
        *["81.2", "81.2", "100.0", "0.0"]
    ]
    assert _text.interval(Interval(0.571, 0.64)) == "57.1 to 64.0"
    assert _text.interval(None) == "?"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        *[(0, "< 1 %"), (0.004, "< 1 %"), (0.006, "1 %"), (0.754, "75 %")],
        *[(0.994, "99 %"), (0.996, "> 99 %"), (1, "> 99 %"), (None, "?")],
    ],
)
def test_draws_prove_nothing_certain(share: float | None, said: str) -> None:
    assert _text.probability(share) == said


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ({"kind": "run"}, ""),
        ({}, ""),
        ({"kind": "import"}, "imported"),
        ({"kind": "tuned", "objective": "proxy"}, "tuned: proxy"),
        ({"kind": "tuned", "objective": "oracle"}, "tuned with labels"),
    ],
)
def test_rows_that_asdbench_did_not_simply_run_have_a_mark(
    origin: dict[str, str], said: str
) -> None:
    assert _text.mark(row("knn", origin=origin)) == said


def test_marks_are_explained_once_and_only_those_that_are_there() -> None:
    imported = row("a", origin={"kind": "import"})
    found = _text.marks([row("knn"), imported, imported])
    assert len(found) == 1
    assert found[0].startswith("Imported: scores made elsewhere and imported; ")
    assert _text.marks([row("knn")]) == []


def test_letters_answer_the_question_asked_or_can_not() -> None:
    some = row("knn", letters={"clips": "ab", "here": "a", "elsewhere": None})
    assert [_text.letters(some, question) for question in QUESTIONS] == ["ab", "a", "?"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("clips", FITS),
        ("here", "with other seeds and other test clips, on these machine IDs"),
        ("elsewhere", "with other seeds and test clips, and on other machine IDs of these types"),
    ],
)
def test_what_intervals_and_letters_mean_is_said_of_each_question(asked: str, said: str) -> None:
    assert _text.covers(asked) == said
    pairs = [pair("knn", "wide", n=9), pair("knn", "late"), pair("wide", "late")]
    made = board(*map(row, ["knn", "wide", "late"]), pairs=pairs)
    assert _text.told_apart(made, "development", asked) == (
        f"Rows that share a letter can't be told apart: {said}, their order might turn (t tests, "
        "Holm's correction for 3 pairs, 5 %; 9 to 12 machine IDs). Machine types stay these."
    )


def test_the_board_says_which_question_letters_answer() -> None:
    rows = row("knn"), row("wide")
    made = board(*rows, pairs=[pair("knn", "wide", n=1)], question={"development": "elsewhere"})
    said = _text.told_apart(made, "development")
    assert said == _text.told_apart(made, "development", "elsewhere")
    assert "(t tests, Holm's correction for one pair, 5 %; 1 machine ID)" in said


def test_only_pairs_that_are_ranked_and_told_are_counted() -> None:
    pairs = [
        pair("knn", "wide"),
        pair("knn", "once", n=3, here=None),
        pair("knn", "wide", n=4, figure="auc"),
        pair("knn", "wide", n=5, subset="evaluation"),
    ]
    made = board(*map(row, ["knn", "wide", "once"]), pairs=pairs)
    assert "correction for one pair, 5 %; 12 machine IDs)" in told(made, "here")
    assert "correction for 2 pairs, 5 %; 3 to 12 machine IDs)" in told(made, "clips")


def test_rows_with_one_repeat_are_named_and_the_others_still_told_apart() -> None:
    lone = pair("knn", "once", here=None, elsewhere=None)
    rows = row("knn"), row("wide"), row("once", **LONE)
    made = board(*rows, pairs=[pair("knn", "wide"), lone])
    for asked in ("here", "elsewhere"):
        assert told(made, asked).startswith(
            "?: can't tell. One repeat doesn't show what other seeds do to once; run two or more. "
            "Rows that share a letter can't be told apart: with other seeds "
        )
    assert told(made, "clips").startswith(
        "Seeds are in no interval and in no letter: the fits stay these. "
        f"Rows that share a letter can't be told apart: {FITS}, "
    )


def test_without_repeats_only_other_clips_can_be_asked_for() -> None:
    lone = pair("first", "once", here=None, elsewhere=None)
    made = board(row("first", **LONE), row("once", **LONE), pairs=[lone])
    for asked in ("here", "elsewhere"):
        assert told(made, asked) == (
            "?: can't tell. One repeat doesn't show what other seeds do to all rows; run two or "
            "more."
        )
    assert told(made, "clips").startswith(
        "Seeds are in no interval and in no letter: with one repeat, nothing is known of them. "
        "Run two repeats or more to ask about other seeds. "
        f"Rows that share a letter can't be told apart: {FITS}, "
    )


def test_few_machine_ids_do_not_tell_of_others() -> None:
    pairs = [pair("knn", "wide", elsewhere=None)]
    made = board(row("knn"), row("wide"), pairs=pairs)
    assert told(made, "elsewhere") == (
        "?: can't tell. There are too few machine IDs of a type to know how other ones would "
        "differ."
    )
    assert "too few" not in told(made, "here")


def test_one_row_is_compared_with_nothing() -> None:
    assert told(board(row("knn", **LONE)), "here") == ""


def told(made: Board, question: str) -> str:
    return _text.told_apart(made, "development", question)


def test_pairs_of_one_subset_and_figure() -> None:
    here, there = pair("knn", "wide"), pair("knn", "wide", subset="evaluation")
    auc = pair("wide", "knn", figure="auc")
    made = board(pairs=[there, auc, here])
    assert _text.pairs_of(made, "development") == [here]
    assert _text.pairs_of(made, "development", "auc") == [auc]


def test_machine_types_with_capitals_come_last() -> None:
    first = row("a", machines=dict.fromkeys(["valve", "ToyCar"], machine(1, 1)))
    second = row("b", machines=dict.fromkeys(["fan", "valve"], machine(1, 1)))
    assert _text.machine_types([first, second]) == ["fan", "valve", "ToyCar"]


def test_training_data_are_said() -> None:
    parts = {"development": {"clips": 20119, "ids": 23}, "evaluation": {"clips": 7, "ids": 1}}
    assert _text.training(board(recipe={"train": parts})) == (
        "Trained on 20,119 development clips of 23 machine IDs and 7 evaluation clips of 1 "
        "machine ID."
    )
    assert _text.training(board()) == ""


def test_correlations_have_two_digits_or_can_not_be_told() -> None:
    assert [_text.correlation(value) for value in (0.714, -0.5, None)] == [
        "0.71",
        "\N{MINUS SIGN}0.50",
        "?",
    ]


@pytest.mark.parametrize(
    ("dataset", "said"), [("synthetic", True), ("dcase2020", False), (None, False)]
)
def test_boards_of_synthetic_machines_say_so_in_every_format(
    dataset: str | None, said: bool
) -> None:
    recipe = {"dataset": {"name": dataset}} if dataset else {}
    found = made(("knn", "wide"), recipe=recipe)
    for render in (markdown.render, latex.render, html.render):
        assert ("Synthetic machines: no evidence about real ones." in render(found)) == said
