"""Numbers as they are printed, and sentences about a board."""

from __future__ import annotations

import pytest
from asdbench_leaderboards import _text
from hand_made import board, machine, pair, row, spread

from asdbench.evaluation import Interval, significance


def test_text_from_outside_is_one_line_of_what_can_be_printed() -> None:
    assert _text.plain("two\n lines\tand  blanks ") == "two lines and blanks"
    assert _text.plain("a\x1b[31mred\u202e") == "a\ufffd[31mred\ufffd"


def test_shares_are_percentages_with_one_digit() -> None:
    assert [_text.percent(share) for share in (0.81249, 0.8125, 1, 0)] == [
        *["81.2", "81.2", "100.0", "0.0"]
    ]
    assert _text.interval(Interval(0.571, 0.64)) == "57.1 to 64.0"
    assert _text.interval(None) == "-"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        *[(0, "< 1 %"), (0.004, "< 1 %"), (0.006, "1 %"), (0.754, "75 %")],
        *[(0.994, "99 %"), (0.996, "> 99 %"), (1, "> 99 %")],
    ],
)
def test_resamples_prove_nothing_certain(share: float, said: str) -> None:
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
    assert found == ["Imported: scores made elsewhere and imported; how is not known here."]
    assert _text.marks([row("knn")]) == []


def test_intervals_are_of_a_kind_that_all_rows_have() -> None:
    both = row("knn")
    only = row("wide", mean_auc_pauc=spread(0.7, these=Interval(0.61, 0.79)))
    assert (_text.truth([both, both]), _text.truth([both, only])) == ("new", "these")
    assert (
        _text.covers([both]) == "other machine IDs of the same types, other clips and other seeds"
    )
    once = row("once", repeats=1)
    assert _text.covers([only, once]) == (
        "these machine IDs with other clips and other seeds (with one repeat, not other seeds)"
    )


def test_what_letters_mean_is_said_with_the_number_of_machine_ids() -> None:
    pairs = [pair("knn", "wide", n=9), pair("knn", "late"), pair("wide", "late")]
    assert _text.told_apart(pairs) == (
        "Rows that share a letter can't be told apart (Wilcoxon's signed-rank test over 9 to 12 "
        "machine IDs, Holm's correction, 5 %)."
    )
    assert "over 12 machine IDs" in _text.told_apart(pairs[1:])
    assert _text.told_apart([]) == ""


@pytest.mark.parametrize("rows", [2, 3, 5])
@pytest.mark.parametrize("n", range(2, 12))
def test_it_is_said_where_the_test_could_never_show_a_difference(rows: int, n: int) -> None:
    """Against the test itself, on rows as different as can be: each beats the next on every ID."""
    clear = significance.paired([(1 + i) / 100 for i in range(n)], [0] * n)
    count = rows * (rows - 1) // 2
    corrected = significance.holm([clear.p] * count)[0]
    said = _text.told_apart([pair("knn", "wide", n=n, p=clear.p, corrected=corrected)] * count)
    hopeless = f"and {n} machine IDs, Wilcoxon's signed-rank test with Holm's correction can't show"
    assert (hopeless in said) == (corrected >= 0.05)
    assert ("can't be told apart" in said) == (corrected < 0.05)
    assert ("1 pair of" in said) == (corrected >= 0.05 and count == 1)


def test_pairs_of_one_subset() -> None:
    here, there = pair("knn", "wide"), pair("knn", "wide", subset="evaluation")
    assert _text.pairs_of(board(pairs=[there, here]), "development") == [here]


def test_machine_types_with_capitals_come_last() -> None:
    first = row("a", machines=dict.fromkeys(["valve", "ToyCar"], machine(1, 1)))
    second = row("b", machines=dict.fromkeys(["fan", "valve"], machine(1, 1)))
    assert _text.machine_types([first, second]) == ["fan", "valve", "ToyCar"]


def test_training_data_are_said() -> None:
    parts = {"development": {"clips": 20119, "ids": 23}, "evaluation": {"clips": 7, "ids": 1}}
    assert _text.training(board(recipe={"train": parts})) == (
        "Trained on 20,119 development clips of 23 machine IDs and 7 evaluation clips of 1 "
        "machine IDs."
    )
    assert _text.training(board()) == ""
