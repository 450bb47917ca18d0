"""The HTML leaderboard in a real browser: what its controls do."""

from __future__ import annotations

import re
from dataclasses import replace

import boards
from board_page import SWITCHED, Page
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from asdbench.evaluation import Board


def test_a_header_sorts_its_column_both_ways(page: Page, whole: Board) -> None:
    page.show(whole)
    assert page.order() == list(boards.METHODS)
    header = page.all("#ranking-evaluation thead th")[-1]
    assert header.text.startswith("time")
    button = header.find_element(By.TAG_NAME, "button")
    button.click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert page.order() == list(boards.METHODS)  # the maker's slowest is the worst
    button.click()
    assert header.get_attribute("aria-sort") == "descending"
    assert page.order() == list(reversed(boards.METHODS))
    assert len(page.all("#ranking-evaluation [aria-sort]")) == 1
    page.one("#ranking-evaluation thead button").click()
    assert page.order() == sorted(boards.METHODS)


def test_letters_and_probabilities_are_of_the_figure_that_ranks_and_of_no_other(
    page: Page, whole: Board
) -> None:
    page.show(whole)
    cells = "#ranking-evaluation td.letters"
    ours = page.texts(cells)
    assert all(ours)
    page.choose("figure", "auc")
    assert page.texts(cells) == []
    why = "P(best) and groups are told of the mean of AUC and pAUC alone"
    assert [text for text in page.texts("#ranking p") if text.startswith(why)]
    page.choose("figure", "mean_auc_pauc")
    assert page.texts(cells) == ours
    assert not [text for text in page.texts("#ranking p") if text.startswith(why)]


def test_what_is_missing_sorts_last(page: Page) -> None:
    made = boards.made(["a", "b", "c"], subsets=["development"], machines={"fan": 2})
    rows = [replace(row, seconds=None if row.label == "b" else row.seconds) for row in made.rows]
    page.show(replace(made, rows=rows))
    button = page.all("#ranking-development thead button")[-1]
    button.click()
    assert page.order() == ["a", "c", "b"]
    button.click()
    assert page.order() == ["c", "a", "b"]


def test_a_filter_that_nothing_passes_says_so_once_and_shows_nothing_else(
    page: Page, whole: Board
) -> None:
    page.show(whole)
    page.one("#filter").send_keys("id_c")
    shown = "document.querySelectorAll('#pairs .of-evaluation table:first-of-type tbody tr')"
    assert page.run(f"return [...{shown}].filter((one) => !one.hidden).length") == 2 + 7
    page.one("#filter").send_keys("zz")
    assert page.texts("main h2, main p, main td, main .hit") == [
        "No row of this test set has “id_czz” in its name, its method or its summary."
    ]
    page.run("dispatchEvent(new Event('beforeprint'))")
    page.one("#filter").send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE)
    assert len(page.all("#chart-ranking .hit")) == 5


def test_the_filter_looks_at_names_and_summaries(page: Page, whole: Board) -> None:
    page.show(whole)
    page.one("#filter").send_keys("ID_c")
    assert page.order() == ["id_contrastive", "id_classifier"]
    assert page.one("#filtered").text == "2 of 5 rows"
    page.one("#filter").send_keys(" what id_classifier is")
    assert page.order() == ["id_classifier"]
    page.one("#filter").send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE)
    assert page.order() == list(boards.METHODS)


def test_one_subset_and_one_figure_are_shown_at_a_time(page: Page, whole: Board) -> None:
    page.show(whole)
    for subset, figure in SWITCHED:
        page.choose("subset", subset)
        page.choose("figure", figure)
        best = whole.subset(subset)[0]
        shown = f"{100 * getattr(best, figure).mean:.1f} ±"
        assert page.texts("#chart-ranking .hit:first-of-type")[0].split("\n")[1].startswith(shown)
        fan = getattr(best.machines["fan"], figure)
        captions = page.texts("table.heat caption")
        assert [caption.split(":")[0] for caption in captions] == [subset.capitalize()]
        heads = page.texts("table.heat thead tr:last-child th")
        assert heads[0] == ("worst" if figure == "mauc" else "mean")
        cells = page.texts("table.heat tbody tr:first-child td")
        assert cells[0] == f"{100 * fan.mean:.1f}"


def test_a_machine_type_zooms_in(page: Page, whole: Board) -> None:
    page.show(whole)
    assert not page.one("#chart-machine").is_displayed()
    page.choose("machine", "fan")
    assert page.texts("table.heat thead tr:first-child th") == ["method", "fan"]
    assert [text.split()[-1] for text in page.texts("table.heat thead tr:last-child th")] == [
        *["mean", "00", "01", "02", "03"]
    ]
    first = whole.rows[0].machines["fan"]
    drawn = page.texts("#chart-machine .hit:first-of-type")[0]
    assert f"{100 * first.mean_auc_pauc.mean:.1f} ±" in drawn
    assert page.one("#roc-of").get_attribute("value") == "fan"
    assert page.one("#scores-of").get_attribute("value") == "fan/00"
    scores = page.one("#chart-scores svg").get_attribute("aria-label")
    of_id = first.ids["00"]
    assert f"{of_id.normal} normal and {of_id.anomalous} anomalous" in scores
    page.choose("machine", "")
    assert len(page.texts("table.heat thead tr:first-child th")) == 7


def test_the_keyboard_is_enough(page: Page, whole: Board) -> None:
    page.show(whole)
    page.run("document.querySelector('input[name=figure]:checked').focus()")
    page.act().send_keys(Keys.ARROW_RIGHT).perform()
    assert page.one("html").get_attribute("data-figure") == "auc"
    page.run("document.querySelector('#ranking thead button').focus()")
    page.act().send_keys(Keys.ENTER).perform()
    assert page.order() == sorted(boards.METHODS)
    page.run("document.querySelector('#chart-ranking .hit').scrollIntoView({ block: 'center' })")
    page.act().pause(0.1).perform()  # it may scroll, which puts the tooltip away
    page.run("document.querySelector('#chart-ranking .hit').focus({ focusVisible: true })")
    tip = page.one("#tip")
    assert tip.is_displayed()
    assert tip.text.startswith("id_contrastive\n")
    page.act().send_keys(Keys.ESCAPE).perform()
    assert not tip.is_displayed()
    page.run("document.querySelector('#roc .legend button').focus()")
    lines = len(page.all("#chart-roc [data-label]"))
    page.act().send_keys(Keys.SPACE).perform()
    assert len(page.all("#chart-roc [data-label]")) == lines - 2  # in the whole and in the zoom
    assert page.run("return document.activeElement.ariaPressed") == "false"


def test_a_pointer_is_told_the_numbers(page: Page, whole: Board) -> None:
    page.show(whole)
    for selector, told in (
        ("#chart-ranking .hit", "these machine IDs"),
        ("#chart-scores .hit", "normal"),
    ):
        target = page.one(selector)
        page.run(f"document.querySelector({selector!r}).scrollIntoView({{ block: 'center' }})")
        for _ in range(2):  # the first may scroll, which puts the tooltip away
            page.act().move_to_element(target).pause(0.1).perform()
        assert told in page.one("#tip").text


def test_dark_follows_the_system_and_the_button(page: Page, whole: Board) -> None:
    def ground() -> int:
        colour = page.run("return getComputedStyle(document.documentElement).backgroundColor")
        return max(map(int, re.findall(r"\d+", colour)))

    page.show(whole)
    assert ground() == 255
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    assert ground() < 50
    page.show(whole)
    button = page.one("#theme")
    assert button.text == "Light theme"
    button.click()
    assert ground() == 255
    assert button.text == "Dark theme"


def test_that_a_figure_is_not_known_elsewhere_is_said(page: Page, whole: Board) -> None:
    page.show(whole)
    said = "How this figure would be on other machine IDs isn't known."
    for figure, question in (("mauc", "elsewhere"), ("mauc", "here"), ("auc", "elsewhere")):
        page.choose("figure", figure)
        page.choose("question", question)
        shown = [text for text in page.texts("#ranking p") if text.startswith(said)]
        assert len(shown) == ((figure, question) == ("mauc", "elsewhere"))
