"""The HTML leaderboard in a real browser: what it shows, what it does, what it never does."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boards
import pytest
from board_page import CONTRAST, Page, render
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs chromium and chromedriver",
)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
SWITCHED = [("evaluation", "mean_auc_pauc"), ("development", "auc"), ("development", "mauc")]

HOSTILE = "<img src=x onerror=alert(1)>"
QUOTED = "'\"><b onclick=alert(2)>"
CLOSING = "</script><script>alert(3)</script>\u2028<!--"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    profile = tmp_path_factory.mktemp("profile")
    for flag in [*FLAGS, "--window-size=1400,1000", f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: webdriver.Chrome, tmp_path: Path) -> Iterator[Page]:
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    made = Page(browser, tmp_path)
    made.complaints()
    made.requests()
    yield made
    assert made.complaints() == []
    assert made.requests() == []


def test_a_header_sorts_its_column_both_ways(page: Page) -> None:
    page.show(boards.made())
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


def test_what_is_missing_sorts_last(page: Page) -> None:
    made = boards.made(["a", "b", "c"], subsets=["development"], machines={"fan": 2})
    rows = [replace(row, seconds=None if row.label == "b" else row.seconds) for row in made.rows]
    page.show(replace(made, rows=rows))
    button = page.all("#ranking-development thead button")[-1]
    button.click()
    assert page.order() == ["a", "c", "b"]
    button.click()
    assert page.order() == ["c", "a", "b"]


def test_the_filter_looks_at_names_and_summaries(page: Page) -> None:
    page.show(boards.made())
    page.one("#filter").send_keys("ID_c")
    assert page.order() == ["id_contrastive", "id_classifier"]
    assert page.one("#filtered").text == "2 of 5 rows"
    page.one("#filter").send_keys(" what id_classifier is")
    assert page.order() == ["id_classifier"]
    page.one("#filter").send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE)
    assert page.order() == list(boards.METHODS)


def test_one_subset_and_one_figure_are_shown_at_a_time(page: Page) -> None:
    made = boards.made()
    page.show(made)
    for subset, figure in SWITCHED:
        page.choose("subset", subset)
        page.choose("figure", figure)
        best = made.subset(subset)[0]
        shown = f"{100 * getattr(best, figure).mean:.1f} ±"
        assert page.texts("#chart-ranking .hit:first-of-type")[0].split("\n")[1].startswith(shown)
        fan = getattr(best.machines["fan"], figure)
        captions = page.texts("table.heat caption")
        assert [caption.split(":")[0] for caption in captions] == [subset.capitalize()]
        heads = page.texts("table.heat thead tr:last-child th")
        assert heads[0] == ("worst" if figure == "mauc" else "mean")
        cells = page.texts("table.heat tbody tr:first-child td")
        assert cells[0] == f"{100 * fan.mean:.1f}"


def test_a_machine_type_zooms_in(page: Page) -> None:
    made = boards.made()
    page.show(made)
    assert not page.one("#chart-machine").is_displayed()
    page.choose("machine", "fan")
    assert page.texts("table.heat thead tr:first-child th") == ["method", "fan"]
    assert [text.split()[-1] for text in page.texts("table.heat thead tr:last-child th")] == [
        *["mean", "00", "01", "02", "03"]
    ]
    first = made.rows[0].machines["fan"]
    drawn = page.texts("#chart-machine .hit:first-of-type")[0]
    assert f"{100 * first.mean_auc_pauc.mean:.1f} ±" in drawn
    assert page.one("#roc-of").get_attribute("value") == "fan"
    assert page.one("#scores-of").get_attribute("value") == "fan/00"
    scores = page.one("#chart-scores svg").get_attribute("aria-label")
    of_id = first.ids["00"]
    assert f"{of_id.normal} normal and {of_id.anomalous} anomalous" in scores
    page.choose("machine", "")
    assert len(page.texts("table.heat thead tr:first-child th")) == 7


def test_the_keyboard_is_enough(page: Page) -> None:
    page.show(boards.made())
    page.run("document.querySelector('input[name=figure]:checked').focus()")
    ActionChains(page.browser).send_keys(Keys.ARROW_RIGHT).perform()
    assert page.one("html").get_attribute("data-figure") == "auc"
    page.run("document.querySelector('#ranking thead button').focus()")
    ActionChains(page.browser).send_keys(Keys.ENTER).perform()
    assert page.order() == sorted(boards.METHODS)
    page.run("document.querySelector('#chart-ranking .hit').focus({ focusVisible: true })")
    tip = page.one("#tip")
    assert tip.is_displayed()
    assert tip.text.startswith("id_contrastive\n")
    ActionChains(page.browser).send_keys(Keys.ESCAPE).perform()
    assert not tip.is_displayed()
    page.run("document.querySelector('#roc .legend button').focus()")
    lines = len(page.all("#chart-roc [data-label]"))
    ActionChains(page.browser).send_keys(Keys.SPACE).perform()
    assert len(page.all("#chart-roc [data-label]")) == lines - 2  # in the whole and in the zoom
    assert page.run("return document.activeElement.ariaPressed") == "false"


def test_a_pointer_is_told_the_numbers(page: Page) -> None:
    made = boards.made()
    page.show(made)
    for selector, told in (
        ("#chart-ranking .hit", "these machine IDs"),
        ("#chart-scores .hit", "normal"),
    ):
        target = page.one(selector)
        page.run(f"document.querySelector({selector!r}).scrollIntoView({{ block: 'center' }})")
        for _ in range(2):  # the first may scroll, which puts the tooltip away
            ActionChains(page.browser).move_to_element(target).pause(0.1).perform()
        assert told in page.one("#tip").text


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
    assert len(page.all("script")) == 2
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
    assert len(render(made).encode()) < 1.5e6  # twice 41 IDs, with both subsets


def test_nothing_is_wider_than_a_phone(page: Page) -> None:
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    long = "a-method-with-a-name-that-goes-on-and-on-and-never-comes-to-an-end"
    page.show(boards.made([long, *boards.METHODS], notes=[f"{long}: its cells differ in cpu"]))
    page.run("for (const one of document.querySelectorAll('details')) one.open = true")
    for machine in ("", "fan"):
        page.choose("machine", machine)
        assert page.run("return document.documentElement.scrollWidth") == 390
    first = page.one("#ranking-evaluation tbody th")
    page.run("document.querySelector('#ranking-evaluation').parentElement.scrollLeft = 300")
    assert first.rect["x"] >= 0  # stays while the rest scrolls


def test_dark_follows_the_system_and_the_button(page: Page) -> None:
    def ground() -> int:
        colour = page.run("return getComputedStyle(document.documentElement).backgroundColor")
        return max(map(int, re.findall(r"\d+", colour)))

    page.show(boards.made(["a", "b"]))
    assert ground() == 255
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    assert ground() < 50
    page.show(boards.made(["a", "b"]))
    button = page.one("#theme")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert ground() == 255
    assert button.get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(page: Page, theme: str) -> None:
    labels = [f"row {number}" for number in range(12)]
    made = boards.made(labels, notes=["a note"])
    rows = [replace(row, origin={"kind": "tuned", "objective": "oracle"}) for row in made.rows]
    page.show(replace(made, rows=rows, known={"development": "DCASE 2020 Task 2"}))
    page.run(f"document.documentElement.dataset.theme = '{theme}'")
    page.choose("subset", "development")
    contrast, where, count = page.run(CONTRAST)
    assert count > 500
    assert contrast >= 4.5, where


def test_tables_have_captions_and_headers_and_charts_say_what_they_show(page: Page) -> None:
    page.show(boards.made(known={"development": "DCASE 2020 Task 2"}))
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
    assert "One repeat" in page.one("#chart-stability").text
    assert "±" not in page.one("#ranking tbody").text
    assert page.all('input[name="subset"]') == []


def test_few_ids_cannot_show_a_difference(page: Page) -> None:
    page.show(boards.made(["a", "b"], machines={"fan": 5}))
    assert "can't show a difference" in page.texts(".reading")[0]
    page.show(boards.made(["a", "b"], machines={"fan": 6}))
    assert "share a letter can't be told apart" in page.texts(".reading")[0]


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


def test_published_results_stand_apart(page: Page) -> None:
    page.show(boards.made(known={"development": "DCASE 2020 Task 2"}))
    page.choose("subset", "development")
    section = page.one(".published")
    assert "Not measured here" in section.get_property("textContent")
    assert "best on the test set" in page.one(".published .mark.warn").get_property("textContent")
    ranked = page.one("#ranking").get_property("textContent")
    assert "STgram-MFN" in section.text
    assert "STgram-MFN" not in ranked
    page.show(boards.made())
    assert page.all(".published") == []


def test_a_board_without_rows_says_why(page: Page) -> None:
    page.show(boards.made([], notes=["knn: no repeat is complete"]))
    assert "knn: no repeat is complete" in page.one(".notes").text
    assert "No row has a complete repeat yet" in page.one("main").text
