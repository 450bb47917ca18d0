"""The Markdown leaderboard: tables that parse, with the right figures in the right places."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from boards import made
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from asdbench import plugins, stats
from asdbench.board import Board, Interval, MachineFigures, Pair, Row, Spread

markdown = import_module("asdbench_leaderboards.markdown")
GFM = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HEADERS = ["", "method", "AUC", "pAUC", "mAUC", "mean AUC/pAUC", "95 % interval", "P(best)"]
HEADERS += ["group", "repeats", "s a repeat"]


def spread(mean: float, sd: float | None = None, **intervals: Interval) -> Spread:
    return Spread(mean, sd, (mean,), **intervals)


def machine(auc: float, pauc: float) -> MachineFigures:
    figures = {name: spread(auc) for name in ("auc", "mauc", "mean_auc_pauc", "pooled_auc")}
    return MachineFigures(**figures, pauc=spread(pauc), ids={})


def row(label: str, subset: str = "development", **changed: Any) -> Row:
    figure = spread(0.70625, 0, these=Interval(0.65, 0.75), new=Interval(0.6, 0.8))
    whole = Row(
        label=label,
        method="knn",
        summary="Neighbours.",
        subset=subset,
        origin={"kind": "run"},
        repeats=3,
        planned=3,
        seconds=12.34,
        auc=spread(0.81249, 0.0123),
        pauc=spread(0.6),
        mauc=spread(0.5555, 0.1),
        mean_auc_pauc=figure,
        pooled_auc=spread(0.7),
        machines={"fan": machine(0.9, 0.8), "pump": machine(0.7, 0.65)},
        best=0.754,
        letters="a",
        places=(1, 1, 1),
    )
    return replace(whole, **changed)


def pair(first: str, second: str, **changed: Any) -> Pair:
    whole = Pair(
        subset="development",
        first=first,
        second=second,
        n=12,
        difference=0.1,
        effect=0.9,
        p=0.001,
        corrected=0.01,
        flips=0.0,
    )
    return replace(whole, **changed)


def board(*rows: Row, **changed: Any) -> Board:
    whole = {"rows": rows, "benchmark": "demo-fans", "recipe": {}}
    return made([], subsets=[], **(whole | changed))


def render(made: Board) -> str:
    text: str = plugins.load(plugins.LEADERBOARDS, "md")(made)
    return text


def tables(text: str) -> list[list[list[str]]]:
    """The cells of every pipe table, as a reader of Markdown sees them."""
    found: list[list[list[str]]] = []
    tokens = GFM.parse(text)
    for before, token in pairwise(tokens):
        if before.type == "table_open":
            found.append([])
        elif before.type == "tr_open":
            found[-1].append([])
        if before.type in {"th_open", "td_open"}:
            assert token.type == "inline"
            found[-1][-1].append(shown(token.children or []))
    return found


def shown(children: Any) -> str:
    """The text of a line that has nothing in it but text."""
    assert {child.type for child in children} <= {"text"}
    return "".join(child.content for child in children)


def test_the_ranking_has_a_line_a_row() -> None:
    other = row("wide", repeats=2, auc=spread(0.5), seconds=None, best=0.001, letters="ab")
    ranking, _ = tables(render(board(row("knn"), other)))
    ends = ["70.6 ± 0.0", "60.0 to 80.0"]
    assert ranking == [
        HEADERS,
        ["1", "knn", "81.2 ± 1.2", "60.0", "55.5 ± 10.0", *ends, "75 %", "a", "3", "12.3"],
        ["2", "wide", "50.0", "60.0", "55.5 ± 10.0", *ends, "< 1 %", "ab", "2 of 3", "-"],
    ]


def test_columns_of_the_source_are_aligned() -> None:
    lines = [line for line in render(made()).splitlines() if line.startswith("|")]
    assert len({len(line) for line in lines[:7]}) == 1


def test_the_interval_is_one_that_all_rows_have_and_the_text_says_which() -> None:
    text = render(board(row("knn"), row("wide")))
    assert "60.0 to 80.0" in text
    assert "for other machine IDs of the same types, other clips and other seeds." in text
    only = spread(0.7, these=Interval(0.61, 0.79))
    text = render(board(row("knn"), row("wide", mean_auc_pauc=only)))
    ranking, _ = tables(text)
    assert [line[6] for line in ranking[1:]] == ["65.0 to 75.0", "61.0 to 79.0"]
    assert "for these machine IDs with other clips and other seeds." in text
    ranking, _ = tables(render(board(row("knn", mean_auc_pauc=spread(0.7)))))
    assert ranking[1][6] == "-"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "< 1 %"), (0.004, "< 1 %"), (0.006, "1 %"), (0.994, "99 %"), (0.996, "> 99 %")],
)
def test_resamples_prove_nothing_certain(share: float, text: str) -> None:
    ranking, _ = tables(render(board(row("knn", best=share))))
    assert ranking[1][7] == text


def test_what_letters_mean_is_said_with_the_number_of_machine_ids() -> None:
    said = (
        "Rows that share a letter can't be told apart (Wilcoxon's signed-rank test over {} "
        "machine IDs, Holm's correction, 5 %)."
    )
    rows = row("knn"), row("wide"), row("late")
    pairs = [pair("knn", "wide"), pair("knn", "late"), pair("wide", "late")]
    assert said.format("12") in render(board(*rows, pairs=pairs))
    pairs[0] = replace(pairs[0], n=9)
    assert said.format("9 to 12") in render(board(*rows, pairs=pairs))
    assert "letter" not in render(board(row("knn")))


@pytest.mark.parametrize("rows", [2, 3, 5])
@pytest.mark.parametrize("n", range(2, 12))
def test_it_is_said_where_the_test_could_never_show_a_difference(rows: int, n: int) -> None:
    """Against the test itself, on rows as different as can be: each beats the next on every ID."""
    clear = stats.paired([(1 + i) / 100 for i in range(n)], [0] * n)
    count = rows * (rows - 1) // 2
    corrected = stats.holm([clear.p] * count)[0]
    pairs = [pair("knn", "wide", n=n, p=clear.p, corrected=corrected)] * count
    text = render(board(row("knn"), row("wide"), pairs=pairs))
    hopeless = f"and {n} machine IDs, Wilcoxon's signed-rank test with Holm's correction can't show"
    assert (hopeless in text) == (corrected >= 0.05)
    assert ("can't be told apart" in text) == (corrected < 0.05)


def test_rows_that_asdbench_did_not_simply_run_are_marked_and_the_marks_explained() -> None:
    origins = [
        {"kind": "run"},
        {"kind": "import"},
        {"kind": "tuned", "objective": "proxy"},
        {"kind": "tuned", "objective": "oracle"},
    ]
    rows = [row(f"r{place}", origin=origin) for place, origin in enumerate(origins)]
    text = render(board(*rows))
    names = ["r0", "r1 (imported)", "r2 (tuned: proxy)", "r3 (tuned with labels)"]
    ranking, by_machine = tables(text)
    assert [line[1] for line in ranking[1:]] == [line[0] for line in by_machine[1:]] == names
    assert "Tuned with labels: fields chosen with the labels of development test clips" in text
    assert "Imported: scores made elsewhere" in text
    assert "Imported:" not in render(board(rows[0], rows[3]))


def test_neighbours_that_swap_places_are_named_and_no_others() -> None:
    rows = row("knn"), row("wide"), row("late"), row("last")
    pairs = [
        pair("wide", "knn", flips=2 / 3),
        pair("knn", "late", flips=1.0),
        pair("wide", "late", flips=0.0),
        pair("late", "last", flips=None),
        pair("late", "last", subset="evaluation", flips=1.0),
    ]
    text = render(board(*rows, pairs=pairs))
    swaps = [line for line in text.splitlines() if "swap" in line]
    assert swaps == ["- knn and wide swap places in 67 % of pairs of repeats"]


def test_machine_types_have_a_column_each_and_a_dash_where_there_is_nothing() -> None:
    one = row("knn", machines={"fan": machine(0.9, 0.8)})
    other = row("wide", machines={"ToyCar": machine(1, 0.5), "valve": machine(1, 0.5)})
    _, by_machine = tables(render(board(one, other)))
    assert by_machine == [
        ["AUC / pAUC", "fan", "valve", "ToyCar"],
        ["knn", "90.0 / 80.0", "-", "-"],
        ["wide", "-", "100.0 / 50.0", "100.0 / 50.0"],
    ]


def test_subsets_have_their_own_headings_evaluation_first() -> None:
    text = render(board(row("knn", "evaluation"), row("knn"), row("wide")))
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == ["# demo-fans", "## Evaluation", "## Development"]
    assert [len(table) - 1 for table in tables(text)] == [1, 1, 2, 2]


def test_published_results_are_apart_with_all_that_tells_what_they_are_worth() -> None:
    known = made(known={"development": "DCASE 2020 Task 2"})
    text = render(known)
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
    assert "Published" not in render(made())


def test_training_data_are_said() -> None:
    recipe = {"train": {"development": {"clips": 20119, "ids": 23}}}
    text = render(board(row("knn"), recipe=recipe))
    assert "Trained on 20,119 development clips of 23 machine IDs." in text


def test_notes_are_listed_at_the_end() -> None:
    text = render(board(row("knn"), notes=["wide: no repeat is complete"]))
    assert text.endswith("- wide: no repeat is complete\n")


def test_a_board_without_rows_still_says_why() -> None:
    text = render(board(notes=["knn: no repeat is complete"]))
    assert tables(text) == []
    assert "knn: no repeat is complete" in text


@pytest.mark.parametrize("label", ["knn-1.5", "1e5", "007", "id_contrastive", "a__b"])
def test_a_label_that_needs_no_escape_stays_as_it_is(label: str) -> None:
    text = render(board(row(label)))
    ranking, by_machine = tables(text)
    assert ranking[1][1] == by_machine[1][0] == label
    assert label == "a__b" or f" {label} " in text


@pytest.mark.parametrize(
    "hostile",
    [
        "a|b",
        "a\\|b",
        "<script>alert(1)</script>",
        "[x](http://a.b)",
        "![x](y)",
        "<http://a.b>",
        "**bold** _it_ *it* ~~gone~~",
        "`code` ``",
        "&lt; &#65;",
        "# heading",
        "a #",
        "1. list",
        "- list",
        "+ list",
        "=====",
        "-----",
        "$x$",
        "\\",
        "[x]: y",
    ],
)
def test_text_from_outside_shows_as_itself_wherever_it_is(hostile: str) -> None:
    machines = {hostile: machine(0.9, 0.8)}
    rows = row(hostile, machines=machines), row("b", machines=machines)
    swaps = [pair(hostile, "b", flips=0.5)]
    text = render(board(*rows, pairs=swaps, benchmark=hostile, notes=[hostile]))
    ranking, by_machine = tables(text)
    assert ranking[1][1] == by_machine[1][0] == by_machine[0][1] == hostile
    lines = [token for token in GFM.parse(text) if token.type == "inline"]
    assert shown(lines[0].children) == hostile
    assert shown(lines[-1].children) == hostile
    assert f"{hostile} and b swap places in 50 % of pairs of repeats" in map(
        shown, (line.children for line in lines if "swap" in line.content)
    )


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.text(st.sampled_from("#*_-+=1.)[]()<>|`~&;:$\\!/@'\" ab\n"), max_size=12)
)
def test_any_text_shows_as_itself_on_one_line(text: str) -> None:
    escaped = markdown.escape(text)
    assert "\n" not in escaped
    tokens = [token for token in GFM.parse(f"- {escaped}\n") if token.type == "inline"]
    found = shown(tokens[0].children) if tokens else ""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    assert found == plain
    heading = [token for token in GFM.parse(f"# {escaped}\n") if token.type == "inline"]
    assert shown(heading[0].children) == plain
    cells = tables(f"| a | b |\n|---|---|\n| {escaped} | c |\n")[0][1]
    assert cells == [plain, "c"]


def test_what_would_steer_a_terminal_does_not_get_there() -> None:
    text = render(board(row("a\x1b[31mred\u202e\r\nb")))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert tables(text)[0][1][1] == "a\ufffd[31mred\ufffd b"
