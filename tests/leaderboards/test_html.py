"""The HTML leaderboard: its words and numbers, what a real browser shows, what it never does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import boards
import pytest
from asdbench_leaderboards import html
from board_page import CONTRAST, SWITCHED, Page
from browsers import too_wide

from asdbench.evaluation import Board

PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
HOSTILE = "<img src=x onerror=alert(1)>"
QUOTED = "'\"><b onclick=alert(2)>"
CLOSING = "</script><script>alert(3)</script>\u2028<!--"


@pytest.fixture(scope="module")
def known(whole: Board) -> Board:
    """With published results beside it."""
    return replace(whole, known={"development": "DCASE 2020 Task 2"})


def test_hostile_names_and_docstrings_are_only_text(page: Page) -> None:
    labels = [HOSTILE, QUOTED, CLOSING]
    made = boards.made(labels, machines={HOSTILE: 2, "pump": 2})
    fields = {"note": CLOSING, HOSTILE: {QUOTED: HOSTILE}}
    changed: dict[str, Any] = {"fields": fields, "facts": {"host": [CLOSING]}, "mixed": ["host"]}
    systems = {label: boards.system(3, **changed) for label in labels}
    page.show(replace(made, systems=systems, notes=[HOSTILE, CLOSING], benchmark=QUOTED))
    for subset, figure in SWITCHED:
        page.choose("subset", subset)
        page.choose("figure", figure)
    page.run("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.all("img, b[onclick]") == []
    assert len(page.all("script")) == 4  # two of them are downloads
    assert page.order()[:2] == labels[:2]
    assert page.texts("h1") == [QUOTED]
    assert page.one("#ranking tbody .method").get_attribute("title") == HOSTILE
    assert page.one("#chart-ranking text.strong").text.startswith("<img")
    options = page.all("#training-of option")
    assert [option.get_property("value") for option in options] == labels


def test_the_page_may_load_nothing(page: Page) -> None:
    page.show(boards.made(["a"], subsets=["development"]))
    blocked = page.browser.execute_async_script(
        "const done = arguments[0]; fetch('data:,x').then(() => done('loaded'), () => done('no'))"
    )
    assert blocked == "no"
    assert "Content Security Policy" in "".join(page.complaints())
    page.requests()


def test_a_big_board_is_small() -> None:
    made = boards.made(machines={kind: n + 3 for kind, n in boards.DCASE.items()}, repeats=10)
    assert sum(len(machine.ids) for machine in made.rows[0].machines.values()) == 41
    assert len(html.render(made).encode()) < 1.5e6  # twice 41 IDs, with both subsets


def test_nothing_is_wider_than_a_phone(page: Page) -> None:
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    long = "a-method-with-a-name-that-goes-on-and-on-and-never-comes-to-an-end"
    page.show(boards.made([long, *boards.METHODS], notes=[f"{long}: its cells differ in cpu"]))
    page.run("for (const one of document.querySelectorAll('details')) one.open = true")
    for machine in ("", "fan"):
        page.choose("machine", machine)
        assert page.run("return document.documentElement.scrollWidth") == 390
    assert too_wide(page) == []
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    first = page.one("#ranking-evaluation tbody th")
    page.run("document.querySelector('#ranking-evaluation').parentElement.scrollLeft = 300")
    assert first.rect["x"] >= 0  # stays while the rest scrolls


def test_text_can_be_read_in_both_themes(page: Page) -> None:
    labels = [f"row {number}" for number in range(12)]
    made = boards.made(labels, notes=["a note"])
    rows = [replace(row, origin={"kind": "tuned", "objective": "oracle"}) for row in made.rows]
    page.show(replace(made, rows=rows, known={"development": "DCASE 2020 Task 2"}))
    page.choose("subset", "development")
    for theme in ("light", "dark"):
        page.run(f"document.documentElement.dataset.theme = '{theme}'")
        contrast, where, count = page.run(CONTRAST)
        assert count > 500
        assert contrast >= 4.5, f"{theme}: {where}"


def test_tables_have_captions_and_headers_and_charts_say_what_they_show(
    page: Page, known: Board
) -> None:
    page.show(known)
    tables = page.run(
        "return [...document.querySelectorAll('table')].map((table) => "
        "[table.caption?.textContent, [...table.querySelectorAll('th')].every((th) => th.scope), "
        "[...table.tBodies[0].rows].every((row) => row.cells[0].scope === 'row')])"
    )
    assert len(tables) > 20
    assert [table for table in tables if not all(table)] == []
    charts = page.run(
        "return [...document.querySelectorAll('.chart svg')].filter((svg) => !svg.ariaLabel).length"
    )
    assert charts == 0
    assert len(page.all(".chart svg")) >= 10


def test_a_board_of_one_row_one_repeat_and_one_id(page: Page) -> None:
    page.show(boards.made(["a"], machines={"fan": 1}, subsets=["development"], repeats=1))
    assert page.order() == ["a"]
    assert page.all("#stability") == []
    assert "±" not in page.one("#ranking tbody").text
    assert page.all('input[name="subset"]') == []


def test_imports_and_tuned_and_mixed_rows_are_marked(page: Page) -> None:
    made = boards.made(["ours", "theirs", "tuned", "oracle"], repeats=5)
    origins = {
        "ours": {"kind": "run"},
        "theirs": {"kind": "import", "folder": "scores"},
        "tuned": {"kind": "tuned", "objective": "proxy"},
        "oracle": {"kind": "tuned", "objective": "oracle"},
    }
    rows = [replace(row, origin=origins[row.label], repeats=3) for row in made.rows]
    rows = [replace(row, seconds=None) if row.label == "theirs" else row for row in rows]
    systems = {**made.systems, "ours": boards.system(5, mixed=["cpu"])}
    systems["theirs"] = boards.system(5, recipe={}, fields={}, facts={"folder": ["x"]}, curves=[])
    page.show(replace(made, rows=rows, systems=systems))
    marks = page.texts("#ranking .mark")
    assert marks == ["imported", "tuned: proxy", "tuned with labels"]
    assert "3 of 5" in page.one("#ranking-evaluation tbody").text
    assert "its cells differ in cpu" in page.one("#runs").text
    assert len(page.all("#training-of option")) == 3


def test_published_results_stand_apart(page: Page, known: Board, whole: Board) -> None:
    page.show(known)
    page.choose("subset", "development")
    section = page.one(".published")
    assert "Not measured here" in section.get_property("textContent")
    assert "best on the test set" in page.one(".published .mark.warn").get_property("textContent")
    ranked = page.one("#ranking").get_property("textContent")
    assert "STgram-MFN" in section.text
    assert "STgram-MFN" not in ranked
    page.show(whole)
    assert page.all(".published") == []


def test_a_board_without_rows_says_why(page: Page) -> None:
    page.show(boards.made([], notes=["knn: no repeat is complete"]))
    assert "knn: no repeat is complete" in page.one(".notes").text
    assert "No row has a complete repeat yet" in page.one("main").text


def test_the_page_is_the_same_each_time_and_names_its_own_scripts_only(whole: Board) -> None:
    text = html.render(whole)
    assert text == html.render(whole)
    assert text.count("sha256-") == 2
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
