"""The HTML leaderboard in a real browser: what can be told apart, and by how much."""

from __future__ import annotations

from dataclasses import replace

import boards
import pytest
from board_page import Page
from selenium.webdriver.support.ui import Select

from asdbench.evaluation import Board, Difference

TOLD = Difference(0.01, 0.05, 0.001, 0.002)
LETTERS = {"a": "a", "b": "ab", "c": "bc", "d": "a", "e": None}
JOINED = "#chart-apart .joined"


@pytest.fixture(scope="module")
def board() -> Board:
    """Groups of which one isn't of neighbours, and a row that can't be told from others."""
    made = boards.made([*LETTERS], machines={"fan": 2}, subsets=["development"])
    rows = [
        replace(row, letters={**row.letters, "here": LETTERS[row.label], "elsewhere": None})
        for row in made.rows
    ]
    pairs = [replace(pair, here=None) if pair.second == "e" else pair for pair in made.pairs]
    return replace(made, rows=rows, pairs=pairs)


def test_bars_join_the_rows_that_share_a_letter(page: Page, board: Board) -> None:
    page.show(board)
    assert [bar.get_attribute("aria-label") for bar in page.all(JOINED)] == [
        "Can't be told apart: d, b, a",
        "Can't be told apart: c, b",
    ]
    dots = page.run(
        f"return document.querySelectorAll('{JOINED}')[0].querySelectorAll('circle').length"
    )
    assert dots == 3  # c lies below the bar, and has none
    leaders = page.all("#chart-apart [data-label]")
    assert [one.get_attribute("data-label") for one in leaders] == ["e", "d", "c", "b", "a"]
    assert "can't be told from others" in str(leaders[0].get_attribute("aria-label"))
    assert "not Nemenyi" in page.one("#apart").text
    page.run("document.querySelector('#apart details').open = true")
    assert page.texts("#apart li") == ["a: a, b, d", "b: b, c", "c: c"]
    page.choose("question", "elsewhere")
    assert page.all(JOINED) == []
    assert "no row has an answer" in page.one("#apart").text


def test_differences_are_to_the_row_that_is_chosen(page: Page, board: Board) -> None:
    pairs = [replace(pair, here=TOLD) for pair in board.pairs]
    page.show(replace(board, pairs=pairs))
    first = page.all("#chart-pairs .hit")[0].get_attribute("aria-label")
    minus = "\N{MINUS SIGN}"
    assert f"({minus}5.0 to {minus}1.0) points; p 0.002 after Holm: told apart" in str(first)
    Select(page.one("#against")).select_by_value("e")
    drawn = [str(one.get_attribute("aria-label")) for one in page.all("#chart-pairs .hit")]
    assert [text.split(":")[0] for text in drawn] == ["a", "b", "c", "d"]
    assert "(+1.0 to +5.0) points" in drawn[0]


def test_tables_of_pairs_are_those_of_figure_and_question(page: Page, board: Board) -> None:
    pairs = [
        replace(pair, difference=0.3, elsewhere=None) if pair.figure == "auc" else pair
        for pair in board.pairs
    ]
    page.show(replace(board, pairs=pairs))
    cell = "#pairs [data-matrix] tbody tr:first-child td:nth-child(3)"
    before = page.one(cell).text
    page.choose("figure", "auc")
    assert page.one(cell).text.startswith("+30.0")
    assert page.one("#pairs [data-matrix] caption").text.endswith("AUC")
    page.choose("question", "elsewhere")
    assert page.one(cell).text == "+30.0\ncan't tell"
    assert page.one(cell).get_attribute("class") == "unknown"
    page.choose("question", "here")
    page.choose("figure", "mean_auc_pauc")
    assert page.one(cell).text == before


def test_the_answer_stays_with_what_ranks(page: Page, board: Board) -> None:
    page.show(board)
    before = page.texts("#chart-answer svg")
    assert page.texts(".verdict")[0].startswith("a leads with ")
    page.choose("figure", "auc")
    assert page.texts("#chart-answer svg") == before
    assert page.texts("#answer dt") == ["How surely", "By how much", "On what", "At what cost"]
