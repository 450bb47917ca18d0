"""The HTML leaderboard in a real browser: figure against cost, and what readers must know."""

from __future__ import annotations

from dataclasses import replace

import boards
import pytest
from board_page import CONTRAST, Page
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from asdbench.evaluation import Board, Cost

DASH = "\N{EN DASH}"
COSTS = {
    "first": Cost(1_350_335, 1_600_000_000, 300.0, 40.0),
    "second": Cost(85_000, 2_000_000, 12.0, 1.5),
    "third": Cost(None, None, 0.4, 2.5),
}


@pytest.fixture(scope="module")
def board() -> Board:
    made = boards.made([*COSTS], machines={"fan": 3, "pump": 2})
    rows = [
        replace(row, cost=COSTS[row.label], remarks=["pretrained on owls"] * (row.label == "first"))
        for row in made.rows
    ]
    return replace(made, rows=rows)


def test_a_table_has_what_each_row_took(page: Page, board: Board) -> None:
    page.show(board)
    rows = page.all("#cost .of-evaluation tbody tr")
    cells = [[cell.text for cell in row.find_elements(By.TAG_NAME, "td")] for row in rows]
    assert [of_row[1:5] for of_row in cells] == [
        ["1.35 M", "1.6 G", "5 min", "40"],
        ["85 k", "2 M", "12.0 s", "1.5"],
        [DASH, DASH, "0.4 s", "2.5"],
    ]
    assert [of_row[5] for of_row in cells] == ["yes", "yes", ""]


def test_the_chart_shows_what_is_asked_for(page: Page, board: Board) -> None:
    page.show(board)
    spots = "#chart-cost [data-label]"
    assert {one.get_attribute("data-label") for one in page.all(spots)} == {*COSTS}
    assert page.one("#chart-cost .frontier").get_attribute("d").startswith("M")
    said = {one.get_attribute("aria-label") for one in page.all(spots)}
    assert any("milliseconds to score a clip: 1.5" in one for one in said)
    Select(page.one("#cost-by")).select_by_value("parameters")
    assert {one.get_attribute("data-label") for one in page.all(spots)} == {"first", "second"}
    assert any("parameters: 1.35 M" in one.get_attribute("aria-label") for one in page.all(spots))
    page.choose("figure", "auc")
    assert len(page.all(spots)) == 2


def test_a_remark_is_beside_its_row_and_in_words_below(page: Page, board: Board) -> None:
    page.show(board)
    [sign] = page.all("#ranking-evaluation tbody tr:first-child .mark.warn")
    assert sign.get_attribute("title") == "pretrained on owls"
    assert any("first: pretrained on owls." in text for text in page.texts("#ranking p"))


def test_without_costs_there_is_no_section(page: Page, whole: Board) -> None:
    page.show(whole)
    assert page.all("#cost") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read(page: Page, board: Board, theme: str) -> None:
    page.show(board)
    page.run(f"document.documentElement.dataset.theme = '{theme}'")
    lowest, where, _ = page.run(CONTRAST)
    assert lowest >= 4.5, where
