"""The HTML leaderboard in a real browser: what it answers to each question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import boards
import pytest
from asdbench_leaderboards import html
from board_page import Page
from selenium.webdriver.common.by import By

from asdbench.evaluation import RANKS, Board, Difference, Interval

SURE, UNSURE = Difference(0.01, 0.05, 0.001, 0.002), Difference(-0.02, 0.08, 0.1, 0.3)


@pytest.fixture(scope="module")
def small() -> Board:
    """Two rows that are told apart here, not elsewhere, where the second may be the best."""
    made = boards.made(["first", "second"], machines={"fan": 2}, subsets=["development"])
    told = [("a", "ab", 0.9, 0.4), ("b", "b", 0.1, 0.6)]
    rows = [
        replace(
            row,
            letters={"clips": here, "here": here, "elsewhere": elsewhere},
            best={"clips": best, "here": best, "elsewhere": other},
        )
        for row, (here, elsewhere, best, other) in zip(made.rows, told, strict=True)
    ]
    pairs = [replace(pair, here=SURE, elsewhere=UNSURE) for pair in made.pairs]
    return replace(made, rows=rows, pairs=pairs)


@pytest.fixture(scope="module")
def lone() -> Board:
    """Three rows, the last of one repeat."""
    made = boards.made(["first", "second", "once"], machines={"fan": 2}, subsets=["development"])
    nothing = {"clips": "c", "here": None, "elsewhere": None}
    best = {"clips": 0.1, "here": None, "elsewhere": None}
    figure = replace(made.rows[2].mean_auc_pauc, here=None, elsewhere=None)
    told = {"letters": nothing, "best": best, "mean_auc_pauc": figure}
    once = replace(made.rows[2], seeds="unknown", **told)
    pairs = [
        replace(pair, here=None, elsewhere=None) if pair.second == "once" else pair
        for pair in made.pairs
    ]
    return replace(made, rows=[*made.rows[:2], once], pairs=pairs)


def test_elsewhere_has_letters_probabilities_and_differences_of_its_own(
    page: Page, small: Board
) -> None:
    page.show(small)
    answers = {
        "here": (["a", "b"], ["90 %", "10 %"], "on these machine IDs", "+1.0 to +5.0", 2),
        "elsewhere": (["ab", "b"], ["40 %", "60 %"], "on other machine IDs", "2.0 to +8.0", 0),
    }
    for question in ("here", "elsewhere", "here"):
        page.choose("question", question)
        letters, shares, said, interval, sure = answers[question]
        assert page.texts("#ranking td.letters") == letters
        assert page.texts("#ranking td:nth-last-child(4)") == shares
        assert [text for text in page.texts(".reading") if text] == page.texts(
            f".reading.asks-{question}"
        )
        assert said in page.texts(f".reading.asks-{question}")[0]
        drawn = page.texts("#chart-ranking .hit")
        for text, share, letter in zip(drawn, shares, letters, strict=True):
            assert share in text.split("\n")
            assert text.replace("\n", "").endswith(letter)
        [shown] = [table for table in page.all("table.pairs") if table.is_displayed()]
        assert interval in shown.text
        assert len(shown.find_elements(By.CSS_SELECTOR, ".sure")) == sure


def test_the_best_are_sorted_by_the_answer_to_what_is_asked(page: Page, small: Board) -> None:
    page.show(small)
    button = page.all("#ranking thead button")[-3]
    assert button.text == "P(best)"
    button.click()
    assert page.order() == ["first", "second"]
    page.choose("question", "elsewhere")
    assert page.order() == ["second", "first"]
    button.click()
    assert page.order() == ["first", "second"]


def test_what_a_row_of_one_repeat_cannot_tell_is_a_question_mark(page: Page, lone: Board) -> None:
    page.show(lone)
    assert page.texts("#ranking td.letters")[2] == "?"
    assert page.texts("#ranking td:nth-last-child(4)")[2] == "?"
    assert page.texts("#ranking td.range")[2] == "?"
    assert page.texts("#chart-ranking .hit")[2].split("\n")[-2:] == ["?", "?"]
    assert "can't be told from others" in str(
        page.all("#chart-ranking .hit")[2].get_attribute("aria-label")
    )
    assert "what other seeds do to once" in page.texts(".reading.asks-here")[0]
    [shown] = [table for table in page.all("table.pairs") if table.is_displayed()]
    assert len(shown.find_elements(By.CSS_SELECTOR, ".unknown")) == 4
    page.choose("question", "clips")
    assert page.texts("#ranking td.letters")[2] == "c"
    assert page.texts("#ranking td.range")[2] == said_of(lone.rows[2].mean_auc_pauc.clips)
    assert "Seeds are in no interval and in no letter" in page.texts(".reading.asks-clips")[0]


def test_one_interval_is_shown_that_of_what_is_asked(page: Page, lone: Board) -> None:
    page.show(lone)
    headings = {"clips": "these fits", "here": "here", "elsewhere": "elsewhere"}
    for question, words in headings.items():
        page.choose("question", question)
        [heading] = [text for text in page.texts("#ranking thead th") if text.startswith("95 %")]
        assert heading.split() == ["95", "%,", *words.split()]
        assert page.texts("#ranking td.range") == [
            said_of(getattr(row.mean_auc_pauc, question)) for row in lone.rows
        ]
        inner = "here" if question == "elsewhere" else question
        bars = [
            hit.find_elements(By.CSS_SELECTOR, ".these") for hit in page.all("#chart-ranking .hit")
        ]
        drawn = [getattr(row.mean_auc_pauc, inner) is not None for row in lone.rows]
        assert [bool(bar) for bar in bars] == drawn


def said_of(found: Interval | None) -> str:
    return f"{100 * found.low:.1f}\N{EN DASH}{100 * found.high:.1f}" if found else "?"


def test_pairs_that_cannot_be_told_sort_last(page: Page, lone: Board) -> None:
    page.show(lone)
    page.run("for (const one of document.querySelectorAll('#pairs details')) one.open = true")
    [table] = [one for one in page.all("#pairs details table") if one.is_displayed()]
    headers = table.find_elements(By.CSS_SELECTOR, "thead button")
    [header] = [one for one in headers if one.text == "95 %, here"]
    for _ in range(2):
        header.click()
        cells = table.find_elements(By.CSS_SELECTOR, "tbody td:nth-child(6)")
        assert [cell.text for cell in cells].index("?") == 1
        assert cells[2].text == "?"


def test_the_list_of_pairs_is_that_of_the_figure_shown(page: Page, small: Board) -> None:
    pairs = [
        replace(pair, difference=0.01 if pair.figure == RANKS else 0.02) for pair in small.pairs
    ]
    page.show(replace(small, pairs=pairs))
    page.run("for (const one of document.querySelectorAll('#pairs details')) one.open = true")
    for figure, difference in ((RANKS, "+1.0"), ("mauc", "+2.0")):
        page.choose("figure", figure)
        [table] = [one for one in page.all("#pairs details table") if one.is_displayed()]
        assert table.find_elements(By.CSS_SELECTOR, "tbody td")[1].text == difference


def test_these_fits_are_offered_where_a_row_has_one_repeat_or_the_board_asks(
    small: Board, lone: Board
) -> None:
    assert list(html._questions(small)) == ["here", "elsewhere"]
    assert list(html._questions(lone)) == ["clips", "here", "elsewhere"]
    assert list(html._questions(small.asking("clips"))) == ["clips", "here", "elsewhere"]


@pytest.mark.parametrize("question", ["clips", "here", "elsewhere"])
def test_the_page_begins_with_the_question_of_the_board(
    page: Page, small: Board, question: str
) -> None:
    page.show(small.asking(question))
    assert page.one("input[name=question]:checked").get_attribute("value") == question
    letters = "ab" if question == "elsewhere" else "a"
    assert page.texts("#ranking td.letters") == [letters, "b"]


@pytest.fixture
def without_scripts(page: Page) -> Iterator[Page]:
    page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield page
    page.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_without_scripts_a_cell_has_one_answer(without_scripts: Page, small: Board) -> None:
    without_scripts.show(small)
    assert not without_scripts.one(".bar").is_displayed()
    assert [cell.text for cell in without_scripts.all("#ranking td.letters")] == ["a", "b"]
