"""The HTML leaderboard in a real browser: heat maps, and what a chosen cell is about."""

from __future__ import annotations

import boards
import pytest
from board_page import Page
from selenium.webdriver.common.keys import Keys

from asdbench.evaluation import Board

CHOSEN = "#machines td[aria-selected='true']"


@pytest.fixture(scope="module")
def board() -> Board:
    return boards.made(["a", "b"], machines={"fan": 3, "pump": 2}, subsets=["development"])


def test_cells_are_walked_and_chosen_by_keyboard(page: Page, board: Board) -> None:
    page.show(board)
    page.run("document.querySelector('#machines .by-mean_auc_pauc td').focus()")
    page.act().send_keys(Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
    of_id = board.rows[1].machines["fan"].ids["01"]
    mean, sd = of_id.mean_auc_pauc.mean, of_id.mean_auc_pauc.sd
    assert sd is not None
    assert page.one("#tip").text == f"b\nfan ID 01: {100 * mean:.1f} ± {100 * sd:.1f} %"
    page.act().send_keys(Keys.ENTER).perform()
    assert page.one("#cell h3").text == "b on fan ID 01"
    told = page.one("#cell p").text
    assert f"AUC {100 * of_id.auc.mean:.1f} ± " in told
    assert f"{of_id.normal} normal and {of_id.anomalous} anomalous clips" in told
    assert len(page.all("#cell svg")) == 2
    assert len(page.all(CHOSEN)) == 4  # in the map of each figure
    assert page.one("#scores-of").get_property("value") == "fan/01"
    faint = page.all("#cell .faint")
    assert [one.get_attribute("data-label") for one in faint] == ["a"]
    page.act().send_keys(Keys.ENTER).perform()
    assert page.texts("#cell") == []
    page.act().send_keys(*[Keys.ARROW_UP] * 3, *[Keys.ARROW_LEFT] * 9).perform()
    assert page.one("#tip").text.startswith("a\nfan, all IDs: ")


def test_a_whole_type_shows_each_of_its_ids(page: Page, board: Board) -> None:
    page.show(board)
    page.run("document.querySelectorAll('#machines .by-mean_auc_pauc tbody td')[4].click()")
    assert page.one("#cell h3").text == "a on pump, all IDs"
    assert page.texts("#cell figcaption .method") == ["ID 00", "ID 01"]
    page.run("document.querySelector('#cell button').click()")
    assert page.all(CHOSEN) == []


def test_many_columns_are_colours_until_numbers_are_asked_for(page: Page, whole: Board) -> None:
    page.show(boards.made(["a", "b"], machines={"fan": 20, "pump": 21}, subsets=["development"]))
    box = "document.querySelector('#machines .by-mean_auc_pauc')"
    assert page.run(f"return {box}.scrollWidth - {box}.clientWidth") <= 1
    size = "return getComputedStyle(document.querySelector('#machines td')).fontSize"
    assert page.run(size) == "0px"
    page.one("#numbers").click()
    assert page.run(size) != "0px"
    assert page.run("return location.hash") == "#?numbers=on"
    page.show(whole)
    assert page.run(size) == "0px"
    page.choose("machine", "fan")
    assert page.run(size) != "0px"
