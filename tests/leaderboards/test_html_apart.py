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
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
# The words that a line down the chart runs through.
CROSSED = """[...document.querySelectorAll("CHART .hit text")].filter((text) => {
  const box = text.getBBox();
  return [...document.querySelectorAll("CHART .zero, CHART .grid, CHART .chance")].some((line) =>
    [...line.getAttribute("d").matchAll(/M([^,]+),([^V]+)V([^M]+)/g)].some(([, x, top, bottom]) =>
      x > box.x && x < box.x + box.width && top < box.y + box.height - 3 && bottom > box.y + 3));
}).map((text) => text.textContent)"""


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
    assert page.texts(".verdict")[0].startswith(("a leads with ", "a comes first with "))
    page.choose("figure", "auc")
    assert page.texts("#chart-answer svg") == before
    assert page.texts("#answer dt") == ["How surely", "By how much", "On what", "At what cost"]


def test_on_a_phone_axes_are_marked_and_no_line_runs_through_words(
    page: Page, board: Board
) -> None:
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    page.show(board)
    for chart in ("#chart-pairs", "#chart-ranking"):
        marks = page.texts(f"{chart} svg > text.soft")
        assert len(set(marks)) == len(marks) >= 4
        assert page.run(f"return {CROSSED.replace('CHART', chart)}") == []
    assert len(page.texts("#chart-apart svg > text.soft")) >= 3


def test_another_name_of_a_row_is_in_no_comparison(page: Page, board: Board) -> None:
    rows = [replace(row, same_as="a") if row.label == "d" else row for row in board.rows]
    pairs = [pair for pair in board.pairs if "d" not in {pair.first, pair.second}]
    page.show(replace(board, rows=rows, pairs=pairs))
    assert page.order() == ["a", "b", "c", "d", "e"]
    assert page.texts("#ranking .mark") == ["same as a"]
    assert page.texts("#pairs table[data-matrix] tbody th") == ["a", "b", "c", "e"]
    assert page.texts("#pairs table[data-matrix] thead th") == ["method", "a", "b", "c", "e"]
    assert [one.text for one in Select(page.one("#against")).options][1:] == ["b", "c", "e"]
    assert len(page.all("#chart-pairs .hit")) == 3
    assert len(page.all("#chart-apart [data-label]")) == 4


def test_scores_that_lie_close_together_have_digits_that_tell_them_apart(page: Page) -> None:
    made = boards.made(["a"], machines={"fan": 1}, subsets=["development"])
    fan = made.rows[0].machines["fan"]
    near = replace(fan.ids["00"].scores, low=28.62372, high=28.63651)
    ids = {"00": replace(fan.ids["00"], scores=near)}
    row = replace(made.rows[0], machines={"fan": replace(fan, ids=ids)})
    page.show(replace(made, rows=[row]))
    assert page.texts("#chart-scores svg > text.soft") == ["28.6237", "28.6365"]
