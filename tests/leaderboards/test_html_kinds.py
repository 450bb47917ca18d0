"""The HTML leaderboard in a real browser: kinds of clip, and which rows complement each other."""

from __future__ import annotations

from dataclasses import replace

import boards
import pytest
from asdbench_leaderboards import _kinds, html
from board_page import CONTRAST, Page
from hand_made import spread
from kinds_of_clips import KINDS, with_kinds
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from asdbench.evaluation import Agreement, Board, FoundBy, Slice

RHO = "\N{GREEK SMALL LETTER RHO}"
HOSTILE = "<img src=x onerror=alert(1)>"
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}


@pytest.fixture(scope="module")
def board() -> Board:
    return with_kinds(boards.made(["first", "second", "third"], machines={"fan": 3, "pump": 2}))


def test_a_heat_map_has_a_column_a_kind(page: Page, board: Board) -> None:
    page.show(board)
    heads = [text for text in page.texts("#kinds .heat thead th") if text]
    every = [value for values in KINDS.values() for value in values]
    assert heads == ["method", *KINDS, *every]
    first = page.all("#kinds .of-evaluation .heat tbody tr")[0]
    cells = first.find_elements(By.TAG_NAME, "td")
    assert len(cells) == 9
    shown = board.slices[0].rows["first"]
    assert cells[0].text == f"{100 * shown.mean:.1f}"
    title = cells[0].get_attribute("title")
    assert title.startswith("first, fault bearing: ")
    assert "95 % here" in title
    assert board.slices[0].best in title or title.endswith("; the best")
    assert page.texts("#kinds .of-evaluation .count") == ["72", "73", "74"] * 3
    assert page.texts("#kinds .of-development .count") == []
    page.choose("subset", "development")
    assert len(page.texts("#kinds .of-development .count")) == 9


def test_what_cannot_be_told_from_the_best_of_a_kind_is_framed(page: Page, board: Board) -> None:
    page.show(board)
    framed = (
        "return [...document.querySelectorAll('#kinds .of-evaluation .heat tbody td')]"
        ".map((cell) => getComputedStyle(cell).boxShadow !== 'none')"
    )
    one = next(one for one in board.slices if one.subset == "evaluation")
    leads = [label in _kinds.leading(one, "here") for label in one.rows]
    assert page.run(framed)[::9] == leads
    assert 0 < sum(leads) < 3
    page.choose("question", "elsewhere")
    assert all(page.run(framed))


def test_kinds_on_a_scale_are_lines(page: Page, board: Board) -> None:
    page.show(board)
    page.run("document.getElementById('chart-kinds').scrollIntoView(false)")  # drawn when near
    WebDriverWait(page.browser, 20).until(lambda _: page.texts("#chart-kinds figcaption"))
    assert page.texts("#chart-kinds figcaption") == ["AUC by severity, %", "AUC by snr, %"]
    assert len(page.all("#chart-kinds g[data-label]")) == 6
    [severity, _] = page.texts("#chart-kinds svg")
    assert {"mild", "medium", "strong", "first"} <= set(severity.split("\n"))
    page.all("#scaled .legend button")[0].click()
    assert len(page.all("#chart-kinds g[data-label]")) == 4
    group = page.all("#chart-kinds g[data-label='second'] .catch")[0]
    page.run("document.getElementById('chart-kinds').scrollIntoView()")
    page.act().move_to_element(group).perform()
    page.run(
        "document.querySelector(\"#chart-kinds g[data-label='second']\")"
        ".dispatchEvent(new PointerEvent('pointermove', {clientX: 200, clientY: 200}))"
    )
    assert "mild: " in page.texts("#tip")[0]


def test_a_machine_type_hides_no_kind(page: Page, board: Board) -> None:
    page.show(board)
    page.choose("machine", "pump")
    assert len(page.texts("#kinds .of-evaluation .count")) == 9


def test_the_list_sorts(page: Page, board: Board) -> None:
    page.show(board)
    page.run("for (const one of document.querySelectorAll('#kinds details')) one.open = true")
    page.all("#kinds .of-evaluation .sortable .sort")[2].click()
    values = page.run(
        "return [...document.querySelectorAll('#kinds .of-evaluation .sortable tbody tr')]"
        ".map((row) => Number(row.cells[2].dataset.value))"
    )
    assert values == sorted(values, reverse=True)
    assert len(values) == 27


def test_without_tags_there_is_no_such_section() -> None:
    text = html.render(boards.made(["a", "b"], machines={"fan": 2}))
    assert 'id="kinds"' not in text
    assert 'href="#kinds"' not in text


def test_a_subset_without_tags_says_so_and_draws_nothing(page: Page, board: Board) -> None:
    tagged = [one for one in board.slices if one.subset == "development"]
    page.show(replace(board, slices=tagged))
    assert page.texts("#kinds .empty") == ["No clip of this test set has a tag."]
    assert page.texts("#scaled") == []
    page.choose("subset", "development")
    assert len(page.all("#chart-kinds svg")) == 2


def test_what_a_column_adds_to_a_row(page: Page, board: Board) -> None:
    page.show(board)
    cells = page.texts("#complements .of-evaluation .pairs tbody tr:first-child td")
    assert [cell.replace("\n", " ") for cell in cells] == [
        "",
        f"0 {RHO} 0.80",
        f"+1 {RHO} 0.70 the most",
    ]
    assert len(page.all("#complements .of-evaluation .pairs .sure")) == 3
    lone = boards.made(["a"], subsets=["development"], machines={"fan": 2}, repeats=1)
    page.show(lone)
    for name in ("complements", "pairs", "apart", "stability"):
        assert page.all(f"#{name}, a[href='#{name}']") == []


def test_it_reads_well_in_both_themes_and_fits_a_phone(page: Page, board: Board) -> None:
    for scheme in ("light", "dark"):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        page.show(board)
        page.run("for (const one of document.querySelectorAll('details')) one.open = true")
        lowest, where, _ = page.run(CONTRAST)
        assert lowest >= 4.5, where
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    page.show(board)
    wide = page.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]


def test_hostile_tags_are_only_text(page: Page, board: Board) -> None:
    one = Slice("evaluation", HOSTILE, "1", [HOSTILE], 3, 3, {"first": spread(0.5)}, "first", {})
    pair = Agreement("evaluation", "first", "second", 1, None, FoundBy(1, 1, 1, 1))
    page.show(replace(board, slices=[one, replace(one, value="2")], agreements=[pair]))
    assert page.all("img") == []
    assert page.texts("#chart-kinds figcaption") == [f"AUC by {HOSTILE}, %"]
    assert f"{RHO} ?" in page.texts("#complements .of-evaluation .pairs")[0]
