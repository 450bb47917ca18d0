"""Pictures of a row: what is drawn, by matplotlib's own account."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from boards import made
from matplotlib.figure import Figure

from asdbench.tracking.figures import OTHER, THIS, machine_ids, ranking

BOARD = made(["a", "b", "c"], machines={"fan": 2, "valve": 3}, subsets=["development"], repeats=2)


def lines(figure: Figure) -> list[tuple[list[float], list[float], str]]:
    (axes,) = figure.axes
    return [
        (list(line.get_xdata()), list(line.get_ydata()), line.get_color())  # type: ignore[arg-type]
        for line in axes.lines
    ]


def test_a_ranking_has_every_row_and_marks_this_one() -> None:
    figure = ranking(BOARD, "development", "b")
    (axes,) = figure.axes
    rows = BOARD.subset("development")
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    assert labels == [f"{row.label}  {row.letters['here']}" for row in rows]
    assert axes.yaxis_inverted()  # the best above
    drawn = lines(figure)
    for place, row in enumerate(rows):
        color = THIS if row.label == "b" else OTHER
        spread = row.mean_auc_pauc
        assert ([100 * spread.mean], [place], color) in drawn
        assert ([100 * value for value in spread.values], [place] * 2, color) in drawn
        for interval in (spread.here, spread.elsewhere):
            assert interval is not None
            assert ([100 * interval.low, 100 * interval.high], [place, place], color) in drawn


def test_a_ranking_has_the_letters_that_answer_the_boards_question() -> None:
    letters = [{"here": "a", "elsewhere": "ab"}, {"here": "b", "elsewhere": None}]
    rows = [replace(row, letters=of) for row, of in zip(BOARD.rows[:2], letters, strict=True)]
    for asked, said in (("here", ["a  a", "b  b"]), ("elsewhere", ["a  ab", "b  ?"])):
        (axes,) = ranking(replace(BOARD, rows=rows).asking(asked), "development", "a").axes
        assert [tick.get_text() for tick in axes.get_yticklabels()] == said


def test_machine_ids_has_each_id_and_each_repeat() -> None:
    row = BOARD.rows[0]
    figure = machine_ids(row)
    (axes,) = figure.axes
    ids = [(machine, id, f) for machine, m in row.machines.items() for id, f in m.ids.items()]
    assert len(ids) == 5
    labels = [tick.get_text() for tick in axes.get_xticklabels()]
    assert labels == [f"{machine} {id}" for machine, id, _ in ids]
    drawn = lines(figure)
    for place, (_, _, figures) in enumerate(ids):
        assert ([place], [100 * figures.auc.mean], THIS) in drawn
        assert ([place] * 2, [100 * value for value in figures.auc.values], OTHER) in drawn


@pytest.mark.parametrize("repeats", [1, 2])
def test_a_picture_can_be_saved(repeats: int) -> None:
    """Also of a single repeat on a single ID, which has no intervals for others."""
    board = made(["a"], machines={"fan": 1}, subsets=["development"], repeats=repeats)
    for figure in (ranking(board, "development", "a"), machine_ids(board.rows[0])):
        file = io.BytesIO()
        figure.savefig(file, format="png")
        assert file.getvalue().startswith(b"\x89PNG")
