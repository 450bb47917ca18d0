"""The Markdown leaderboard: tables that parse, with the right figures in the right places."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from asdbench_leaderboards import markdown
from boards import made
from gfm import tables
from hand_made import board, machine, pair, row, spread
from kinds_of_clips import with_kinds

from asdbench.evaluation import QUESTIONS, SUBSETS, Difference, Interval, Row, Slice

HEADERS = ["", "method", "AUC", "pAUC", "mAUC", "mean AUC/pAUC", "95 % interval", "P(best)"]
HEADERS += ["group", "repeats", "s a repeat"]


def rendered(*rows: Row, question: str = "here", **changed: Any) -> str:
    asked = dict.fromkeys(SUBSETS, question)
    return markdown.render(board(*rows, question=asked, **changed))


def test_the_ranking_has_a_line_a_row() -> None:
    told: dict[str, Any] = {"best": {"here": 0.001}, "letters": {"here": "ab"}}
    other = row("wide", repeats=2, auc=spread(0.5), seconds=None, **told)
    ranking, _ = tables(rendered(row("knn"), other))
    ends = ["70.6 ± 0.0", "65.0 to 75.0"]
    assert ranking == [
        HEADERS,
        ["1", "knn", "81.2 ± 1.2", "60.0", "55.5 ± 10.0", *ends, "75 %", "a", "3", "12.3"],
        ["2", "wide", "50.0", "60.0", "55.5 ± 10.0", *ends, "< 1 %", "ab", "2 of 3", "-"],
    ]


def test_columns_of_the_source_are_aligned() -> None:
    lines = [line for line in markdown.render(made()).splitlines() if line.startswith("|")]
    assert len({len(line) for line in lines[:7]}) == 1


def test_interval_probability_and_letters_answer_the_question_of_the_board() -> None:
    told: dict[str, Any] = {
        "best": {"clips": 0.6, "here": 0.5, "elsewhere": None},
        "letters": {"clips": "b", "here": "ab", "elsewhere": None},
    }
    figure = spread(0.7, clips=Interval(0.62, 0.78), here=Interval(0.61, 0.79))
    rows = row("knn"), row("once", mean_auc_pauc=figure, **told)
    for asked, answers, said in (
        ("clips", ["66.0 to 74.0", "75 %", "a", "62.0 to 78.0", "60 %", "b"], "these fits staying"),
        ("here", ["65.0 to 75.0", "75 %", "a", "61.0 to 79.0", "50 %", "ab"], "on these machine"),
        ("elsewhere", ["60.0 to 80.0", "75 %", "a", "?", "?", "?"], "on other machine IDs"),
    ):
        text = rendered(*rows, question=asked, pairs=[pair("knn", "once")])
        ranking = tables(text)[0]
        assert [cell for line in ranking[1:] for cell in line[6:9]] == answers
        [intervals] = [line for line in text.splitlines() if line.startswith("The interval is")]
        [letters] = [line for line in text.splitlines() if line.startswith("Rows that share")]
        assert said in intervals
        assert said in letters


def test_a_row_of_one_repeat_says_that_it_cannot_be_told_from_others() -> None:
    told: dict[str, Any] = dict.fromkeys(["best", "letters"], dict.fromkeys(QUESTIONS))
    told["mean_auc_pauc"] = spread(0.7, clips=Interval(0.62, 0.78))
    rows = row("knn"), row("once", repeats=1, planned=1, seeds="unknown", **told)
    text = rendered(*rows)
    assert tables(text)[0][2][6:10] == ["?", "?", "?", "1"]
    assert "One repeat doesn't show what other seeds do to once" in text
    assert ", on these machine IDs. P(best)" in text
    assert "drawn from the same spread, of the rows without ?." in text


def test_letters_of_one_row_are_not_explained() -> None:
    assert "letter" not in rendered(row("knn"))


def test_each_pair_has_its_difference_with_intervals_and_what_cannot_be_told() -> None:
    rows = row("knn"), row("wide"), row("once")
    lone = pair("wide", "once", difference=0.025, here=None, elsewhere=None, flips=None)
    near = Difference(-0.02, 0.03, 0.2, 0.0526)
    pairs = [pair("knn", "wide", flips=2 / 3), pair("knn", "once", here=near), lone]
    others = [pair("knn", "wide", figure="auc"), pair("knn", "wide", subset="evaluation")]
    text = rendered(*rows, pairs=pairs + others)
    here, there = ["+5.0 to +15.0", "0.010"], ["-1.0 to +21.0", "0.120"]
    assert tables(text)[1] == [
        ["mean AUC/pAUC", "difference", "95 %, here", "p", "95 %, other IDs", "p", "flips"],
        ["knn - wide", "+10.0", *here, *there, "67 %"],
        ["knn - once", "+10.0", "-2.0 to +3.0", "0.053", *there, "0 %"],
        ["wide - once", "+2.5", "?", "?", "?", "?", "-"],
    ]
    assert "Neighbours" not in text


def test_differences_answer_the_question_of_the_board() -> None:
    fits = Difference(0.06, 0.14, 0.0001, 0.0004)
    lone = pair("knn", "once", clips=fits, here=None, elsewhere=None, flips=None)
    pairs = [pair("knn", "wide", clips=fits), lone]
    these, there = ["+6.0 to +14.0", "< 0.001"], ["-1.0 to +21.0", "0.120"]
    here = ["+5.0 to +15.0", "0.010"]
    for asked, heading, answers in (
        ("clips", "95 %, these fits", [these, these]),
        ("here", "95 %, here", [here, ["?", "?"]]),
        ("elsewhere", "95 %, here", [here, ["?", "?"]]),
    ):
        rows = map(row, ["knn", "wide", "once"])
        header, *lines = tables(rendered(*rows, question=asked, pairs=pairs))[1]
        assert header[2] == heading
        assert [line[2:4] for line in lines] == answers
        assert [line[4:] for line in lines] == [[*there, "0 %"], ["?", "?", "-"]]


def test_of_many_rows_those_that_cannot_be_told_have_no_neighbours() -> None:
    labels = [f"r{place}" for place in range(6)]
    rows = [row(label) for label in labels]
    rows[2] = row("r2", letters={"clips": "a", "here": None, "elsewhere": None})
    pairs = [pair(*both) for both in combinations(labels, 2)]
    for asked, shown in (
        ("here", ["r0 - r1", "r1 - r3", "r3 - r4", "r4 - r5"]),
        ("clips", [f"r{place} - r{place + 1}" for place in range(5)]),
    ):
        text = rendered(*rows, question=asked, pairs=pairs)
        assert [line[0] for line in tables(text)[1][1:]] == shown
        assert "Neighbours in the ranking that can be told; the page has all." in text


@pytest.mark.parametrize(("count", "shown"), [(5, 10), (6, 5)])
def test_of_many_rows_only_neighbours_are_compared(count: int, shown: int) -> None:
    labels = [f"r{place}" for place in range(count)]
    pairs = [pair(*both) for both in combinations(labels, 2)]
    pairs[0] = replace(pairs[0], first="r1", second="r0")  # better on the IDs that both have
    text = rendered(*map(row, labels), pairs=pairs)
    names = [line[0] for line in tables(text)[1][1:]]
    assert len(names) == shown
    assert {"r1 - r0", *(f"r{place} - r{place + 1}" for place in range(1, count - 1))} <= {*names}
    assert ("Neighbours in the ranking" in text) == (shown < len(pairs))


def test_rows_that_asdbench_did_not_simply_run_are_marked_and_the_marks_explained() -> None:
    origins = [
        {"kind": "run"},
        {"kind": "import"},
        {"kind": "tuned", "objective": "proxy"},
        {"kind": "tuned", "objective": "oracle"},
    ]
    rows = [row(f"r{place}", origin=origin) for place, origin in enumerate(origins)]
    text = rendered(*rows)
    names = ["r0", "r1 (imported)", "r2 (tuned: proxy)", "r3 (tuned with labels)"]
    ranking, by_machine = tables(text)
    assert [line[1] for line in ranking[1:]] == [line[0] for line in by_machine[1:]] == names
    assert "Tuned with labels: fields chosen with the labels of development test clips" in text
    assert "Imported: scores made elsewhere" in text
    assert "Imported:" not in rendered(rows[0], rows[3])


def test_machine_types_have_a_column_each_and_a_dash_where_there_is_nothing() -> None:
    one = row("knn", machines={"fan": machine(0.9, 0.8)})
    other = row("wide", machines={"ToyCar": machine(1, 0.5), "valve": machine(1, 0.5)})
    _, by_machine = tables(rendered(one, other))
    assert by_machine == [
        ["AUC / pAUC", "fan", "valve", "ToyCar"],
        ["knn", "90.0 / 80.0", "-", "-"],
        ["wide", "-", "100.0 / 50.0", "100.0 / 50.0"],
    ]


def test_subsets_have_their_own_headings_evaluation_first() -> None:
    rows = row("knn", "evaluation"), row("knn"), row("wide")
    text = rendered(*rows)
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == ["# demo-fans", "## Evaluation", "## Development"]
    assert [len(table) - 1 for table in tables(text)] == [1, 1, 2, 2]


def test_published_results_are_apart_with_all_that_tells_what_they_are_worth() -> None:
    known = made(known={"development": "DCASE 2020 Task 2"})
    text = markdown.render(known)
    assert text.count("### Published, not measured here") == 1
    ranking, _, _, averages, by_machine = tables(text)[3:]  # after evaluation's three
    assert {line[1] for line in ranking[1:]} == {row.label for row in known.rows}
    by_system = {line[0]: line[1:] for line in averages}
    assert by_system["STgram-MFN"] == [
        "92.36",
        "86.34",
        "84.86",
        "-",
        "mean over machine IDs",
        "development and additional training",
        "best on the test set",
        "STgram-MFN README",
    ]
    assert by_system["ASDKit autoencoder"][:4] == ["-", "-", "-", "65.33 ± 0.41"]
    assert "CLP-SCF (unverified)" in by_system
    assert by_machine[0][1:3] == ["fan", "pump"]
    assert {line[0]: line[1] for line in by_machine}["STgram-MFN"] == "94.04 / 88.97"
    assert "Published" not in markdown.render(made())


def test_training_data_are_said() -> None:
    recipe = {"train": {"development": {"clips": 20119, "ids": 23}}}
    text = rendered(row("knn"), recipe=recipe)
    assert "Trained on 20,119 development clips of 23 machine IDs." in text


def test_notes_are_listed_at_the_end() -> None:
    text = rendered(row("knn"), notes=["wide: no repeat is complete"])
    assert text.endswith("- wide: no repeat is complete\n")


def test_a_board_without_rows_still_says_why() -> None:
    text = rendered(notes=["knn: no repeat is complete"])
    assert tables(text) == []
    assert "knn: no repeat is complete" in text


def test_kinds_of_clip_are_folded_a_table_a_tag() -> None:
    text = markdown.render(with_kinds(made(["knn", "wide"], subsets=["development"])))
    fault, severity, snr = tables(text, bold=True)[-3:]
    assert fault[0] == ["fault", "bearing", "imbalance", "leak"]
    assert severity[0] == ["severity", "mild", "medium", "strong"]
    assert [line[0] for line in snr] == ["snr", "knn", "wide", "anomalous clips"]
    assert snr[-1][1:] == ["72", "73", "74"]
    assert [line[1][:2] == "**" for line in fault[1:3]] == [True, False]
    assert "Bold: the row that hears a kind best" in text
    assert text.count("<details>") == text.count("</details>") == 1


def test_without_tags_nothing_is_folded() -> None:
    assert "<details>" not in markdown.render(made(["knn"]))


def test_a_row_without_such_clips_has_a_dash() -> None:
    one = Slice("development", "fault", "leak", ["fan"], 9, 3, {"knn": spread(0.875)}, "knn", {})
    *_, fault = tables(rendered(row("knn"), row("wide"), slices=[one]), bold=True)
    assert fault[1:3] == [["knn", "87.5"], ["wide", "-"]]
