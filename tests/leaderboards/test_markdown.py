"""The Markdown leaderboard: tables that parse, with the right figures in the right places."""

from __future__ import annotations

from dataclasses import replace

from asdbench_leaderboards import markdown
from boards import made
from gfm import tables
from hand_made import board, machine, pair, row, spread

from asdbench.evaluation import Interval

HEADERS = ["", "method", "AUC", "pAUC", "mAUC", "mean AUC/pAUC", "95 % interval", "P(best)"]
HEADERS += ["group", "repeats", "s a repeat"]


def test_the_ranking_has_a_line_a_row() -> None:
    other = row("wide", repeats=2, auc=spread(0.5), seconds=None, best=0.001, letters="ab")
    ranking, _ = tables(markdown.render(board(row("knn"), other)))
    ends = ["70.6 ± 0.0", "60.0 to 80.0"]
    assert ranking == [
        HEADERS,
        ["1", "knn", "81.2 ± 1.2", "60.0", "55.5 ± 10.0", *ends, "75 %", "a", "3", "12.3"],
        ["2", "wide", "50.0", "60.0", "55.5 ± 10.0", *ends, "< 1 %", "ab", "2 of 3", "-"],
    ]


def test_columns_of_the_source_are_aligned() -> None:
    lines = [line for line in markdown.render(made()).splitlines() if line.startswith("|")]
    assert len({len(line) for line in lines[:7]}) == 1


def test_the_interval_is_one_that_all_rows_have_and_the_text_says_which() -> None:
    text = markdown.render(board(row("knn"), row("wide")))
    assert "60.0 to 80.0" in text
    assert "for other machine IDs of the same types, other clips and other seeds." in text
    only = spread(0.7, these=Interval(0.61, 0.79))
    text = markdown.render(board(row("knn"), row("wide", mean_auc_pauc=only)))
    ranking, _ = tables(text)
    assert [line[6] for line in ranking[1:]] == ["65.0 to 75.0", "61.0 to 79.0"]
    assert "for these machine IDs with other clips and other seeds." in text
    ranking, _ = tables(markdown.render(board(row("knn", mean_auc_pauc=spread(0.7)))))
    assert ranking[1][6] == "-"


def test_what_letters_mean_is_said_with_the_number_of_machine_ids() -> None:
    said = (
        "Rows that share a letter can't be told apart (Wilcoxon's signed-rank test over {} "
        "machine IDs, Holm's correction, 5 %)."
    )
    rows = row("knn"), row("wide"), row("late")
    pairs = [pair("knn", "wide"), pair("knn", "late"), pair("wide", "late")]
    assert said.format("12") in markdown.render(board(*rows, pairs=pairs))
    pairs[0] = replace(pairs[0], n=9)
    assert said.format("9 to 12") in markdown.render(board(*rows, pairs=pairs))
    assert "letter" not in markdown.render(board(row("knn")))


def test_rows_that_asdbench_did_not_simply_run_are_marked_and_the_marks_explained() -> None:
    origins = [
        {"kind": "run"},
        {"kind": "import"},
        {"kind": "tuned", "objective": "proxy"},
        {"kind": "tuned", "objective": "oracle"},
    ]
    rows = [row(f"r{place}", origin=origin) for place, origin in enumerate(origins)]
    text = markdown.render(board(*rows))
    names = ["r0", "r1 (imported)", "r2 (tuned: proxy)", "r3 (tuned with labels)"]
    ranking, by_machine = tables(text)
    assert [line[1] for line in ranking[1:]] == [line[0] for line in by_machine[1:]] == names
    assert "Tuned with labels: fields chosen with the labels of development test clips" in text
    assert "Imported: scores made elsewhere" in text
    assert "Imported:" not in markdown.render(board(rows[0], rows[3]))


def test_neighbours_that_swap_places_are_named_and_no_others() -> None:
    rows = row("knn"), row("wide"), row("late"), row("last")
    pairs = [
        pair("wide", "knn", flips=2 / 3),
        pair("knn", "late", flips=1.0),
        pair("wide", "late", flips=0.0),
        pair("late", "last", flips=None),
        pair("late", "last", subset="evaluation", flips=1.0),
    ]
    text = markdown.render(board(*rows, pairs=pairs))
    swaps = [line for line in text.splitlines() if "swap" in line]
    assert swaps == ["- knn and wide swap places in 67 % of pairs of repeats"]


def test_machine_types_have_a_column_each_and_a_dash_where_there_is_nothing() -> None:
    one = row("knn", machines={"fan": machine(0.9, 0.8)})
    other = row("wide", machines={"ToyCar": machine(1, 0.5), "valve": machine(1, 0.5)})
    _, by_machine = tables(markdown.render(board(one, other)))
    assert by_machine == [
        ["AUC / pAUC", "fan", "valve", "ToyCar"],
        ["knn", "90.0 / 80.0", "-", "-"],
        ["wide", "-", "100.0 / 50.0", "100.0 / 50.0"],
    ]


def test_subsets_have_their_own_headings_evaluation_first() -> None:
    text = markdown.render(board(row("knn", "evaluation"), row("knn"), row("wide")))
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == ["# demo-fans", "## Evaluation", "## Development"]
    assert [len(table) - 1 for table in tables(text)] == [1, 1, 2, 2]


def test_published_results_are_apart_with_all_that_tells_what_they_are_worth() -> None:
    known = made(known={"development": "DCASE 2020 Task 2"})
    text = markdown.render(known)
    assert text.count("### Published, not measured here") == 1
    ranking, _, averages, by_machine = tables(text)[2:]  # after evaluation's two
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
    text = markdown.render(board(row("knn"), recipe=recipe))
    assert "Trained on 20,119 development clips of 23 machine IDs." in text


def test_notes_are_listed_at_the_end() -> None:
    text = markdown.render(board(row("knn"), notes=["wide: no repeat is complete"]))
    assert text.endswith("- wide: no repeat is complete\n")


def test_a_board_without_rows_still_says_why() -> None:
    text = markdown.render(board(notes=["knn: no repeat is complete"]))
    assert tables(text) == []
    assert "knn: no repeat is complete" in text
