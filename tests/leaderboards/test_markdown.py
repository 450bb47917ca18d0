"""The Markdown leaderboard: tables that parse, with the right figures in the right places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from asdbench import plugins
from asdbench.results import Board, IdFigures, MachineFigures, Row, Spread


def spread(mean: float, sd: float | None = None) -> Spread:
    return Spread(mean, sd, (mean,))


def machine(auc: float, pauc: float) -> MachineFigures:
    figures = {name: spread(auc) for name in ("auc", "mauc", "mean_auc_pauc", "pooled_auc")}
    ids = {"00": IdFigures(spread(auc), spread(pauc), 5, 6)}
    return MachineFigures(**figures, pauc=spread(pauc), ids=ids)


def row(label: str, subset: str = "development", **changed: Any) -> Row:
    made = Row(
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
        mean_auc_pauc=spread(0.70625, 0),
        pooled_auc=spread(0.7),
        machines={"fan": machine(0.9, 0.8), "pump": machine(0.7, 0.65)},
    )
    return replace(made, **changed)


def board(*rows: Row, notes: tuple[str, ...] = ()) -> Board:
    return Board(1, "hash", "demo-fans", {}, rows, notes)


def render(made: Board) -> str:
    text: str = plugins.load(plugins.LEADERBOARDS, "md")(made)
    return text


def tables(text: str) -> list[list[list[str]]]:
    """The cells of every pipe table, its line of dashes checked and left out."""
    found: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.endswith("|")
            found[-1].append([cell.strip() for cell in line[1:-1].split("|")])
        elif found[-1]:
            found.append([])
    for table in filter(None, found):
        header, dashes, *body = table
        assert all(set(cell) <= {"-", ":"} and "-" in cell for cell in dashes)
        assert {len(line) for line in (dashes, *body)} == {len(header)}
        table.remove(dashes)
    return [table for table in found if table]


def test_the_ranking_has_a_line_a_row() -> None:
    made = board(row("knn"), row("wide", repeats=2, auc=spread(0.5)))
    ranking, _ = tables(render(made))
    assert ranking[0] == [
        "",
        "method",
        "AUC",
        "pAUC",
        "mAUC",
        "mean AUC/pAUC",
        "repeats",
        "s a repeat",
    ]
    assert ranking[1:] == [
        ["1", "knn", "81.2 ± 1.2", "60.0", "55.5 ± 10.0", "70.6 ± 0.0", "3", "12.3"],
        ["2", "wide", "50.0", "60.0", "55.5 ± 10.0", "70.6 ± 0.0", "2 of 3", "12.3"],
    ]


def test_machine_types_have_a_column_each_and_a_dash_where_there_is_nothing() -> None:
    one = row("knn", machines={"fan": machine(0.9, 0.8)})
    other = row("wide", machines={"valve": machine(1, 0.5)})
    _, by_machine = tables(render(board(one, other)))
    assert by_machine == [
        ["AUC / pAUC", "fan", "valve"],
        ["knn", "90.0 / 80.0", "-"],
        ["wide", "-", "100.0 / 50.0"],
    ]


def test_subsets_have_their_own_headings_evaluation_first() -> None:
    text = render(board(row("knn", "evaluation"), row("knn"), row("wide")))
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == ["# demo-fans", "## Evaluation", "## Development"]
    assert [len(table) - 1 for table in tables(text)] == [1, 1, 2, 2]


def test_notes_are_listed_at_the_end() -> None:
    text = render(board(row("knn"), notes=("wide: no repeat is complete",)))
    assert text.endswith("- wide: no repeat is complete\n")


def test_a_board_without_rows_still_says_why() -> None:
    text = render(board(notes=("knn: no repeat is complete",)))
    assert tables(text) == []
    assert "knn: no repeat is complete" in text


@pytest.mark.parametrize("label", ["knn-1.5", "1e5", "007"])
def test_a_label_that_looks_like_a_number_stays_as_it_is(label: str) -> None:
    ranking, by_machine = tables(render(board(row(label))))
    assert ranking[1][1] == by_machine[1][0] == label
