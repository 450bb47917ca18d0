"""The HTML leaderboard in a real browser: a view is in the address, and follows its controls."""

from __future__ import annotations

from dataclasses import replace

import boards
import pytest
from board_page import Page
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from asdbench.evaluation import Board


@pytest.fixture(scope="module")
def crossed() -> Board:
    """Three rows that AUC puts in the opposite order of the mean of AUC and pAUC."""
    made = boards.made(["first", "second", "third"], machines={"fan": 3, "pump": 2})
    turned = []
    for subset in made.subsets:
        rows = made.subset(subset)
        figures = [row.auc for row in reversed(rows)]
        turned += [replace(row, auc=auc) for row, auc in zip(rows, figures, strict=True)]
    return replace(made, rows=turned)


def hash_of(page: Page) -> str:
    return str(page.run("return location.hash"))


def test_a_figure_orders_table_ranks_and_intervals_as_the_chart(page: Page, crossed: Board) -> None:
    page.show(crossed)
    ranks = "#ranking-evaluation .rank"
    assert page.order() == ["first", "second", "third"]
    page.choose("figure", "auc")
    assert page.order() == ["third", "second", "first"]
    assert page.texts(ranks) == ["1", "2", "3"]
    assert [text.split("\n")[0] for text in page.texts("#chart-ranking .hit")] == page.order()
    of = crossed.rows[2].auc.here
    assert of is not None
    assert page.texts("#ranking-evaluation td.range")[0] == (
        f"{100 * of.low:.1f}\N{EN DASH}{100 * of.high:.1f}"
    )
    page.one("#ranking-evaluation thead button").click()  # by name: a rank stays with its row
    assert page.order() == ["first", "second", "third"]
    assert page.texts(ranks) == ["3", "2", "1"]
    page.choose("figure", "mean_auc_pauc")
    assert page.order() == ["first", "second", "third"]
    assert page.texts(ranks) == ["1", "2", "3"]


def test_the_filter_acts_on_charts_and_on_every_table_of_rows(page: Page, crossed: Board) -> None:
    page.show(crossed)
    page.one("#filter").send_keys("SECOND")
    assert page.order() == ["second"]
    assert [text.split("\n")[0] for text in page.texts("#chart-ranking .hit")] == ["second"]
    for chart in ("roc", "stability"):
        drawn = page.all(f"#chart-{chart} [data-label]")
        assert {one.get_attribute("data-label") for one in drawn} == {"second"}
    assert page.texts("#chart-scores figcaption .method") == ["second"]
    assert page.texts("#machines tbody .method") == ["second"]
    assert page.texts("#stability tbody .method") == ["second"]
    assert page.texts("#ranking-evaluation .rank") == ["2"]
    assert page.one("#filtered").text == "1 of 3 rows"


def test_hiding_a_row_dims_no_other(page: Page, crossed: Board) -> None:
    page.show(crossed)
    button = page.one("#roc .legend button")
    page.act().move_to_element(button).click().perform()
    shown = {one.get_attribute("data-label") for one in page.all("#chart-roc [data-label]")}
    assert shown == {"second", "third"}
    assert page.all(".dim") == []
    assert page.run("return document.activeElement.ariaPressed") == "false"


def test_a_view_is_in_the_address_and_comes_back(page: Page, crossed: Board) -> None:
    page.show(crossed)
    assert hash_of(page) == ""
    page.choose("subset", "development")
    page.choose("figure", "auc")
    page.choose("question", "elsewhere")
    page.one("#filter").send_keys("what")
    page.run("document.querySelector('#roc .legend button').click()")
    page.all("#ranking-development thead button")[-1].click()
    Select(page.one("#against")).select_by_value("second")
    page.choose("machine", "pump")
    page.run("document.querySelectorAll('#machines .of-development.by-auc tbody td')[5].click()")
    sent = hash_of(page)
    kept = (
        page.order(),
        page.texts("#cell h3"),
        page.texts("#chart-pairs svg"),
        page.texts(".switch input:checked + span"),
        page.texts("#chart-roc [data-label]"),
        page.one("#filter").get_property("value"),
    )
    page.show(crossed)
    assert page.order() == ["first", "second", "third"]
    page.show(crossed, sent)
    assert hash_of(page) == sent
    assert kept == (
        page.order(),
        page.texts("#cell h3"),
        page.texts("#chart-pairs svg"),
        page.texts(".switch input:checked + span"),
        page.texts("#chart-roc [data-label]"),
        page.one("#filter").get_property("value"),
    )
    assert page.one("html").get_attribute("data-question") == "elsewhere"
    assert kept[1] == ["first on pump ID 00"]


def test_a_link_to_a_section_keeps_the_view(page: Page, crossed: Board) -> None:
    page.show(crossed, "#pairs?figure=auc")
    assert page.run("return scrollY") > 500
    assert page.one("html").get_attribute("data-figure") == "auc"
    page.run("document.querySelector('.places a[href=\"#ranking\"]').click()")
    page.act().pause(0.2).perform()
    assert hash_of(page) == "#ranking?figure=auc"
    assert page.one("html").get_attribute("data-figure") == "auc"
    page.run("location.hash = '#scores?filter=third'")
    page.act().pause(0.2).perform()
    assert page.order() == ["third"]
    assert page.one("html").get_attribute("data-figure") == "mean_auc_pauc"


def test_what_an_address_cannot_mean_is_left_out(page: Page, crossed: Board) -> None:
    odd = "#nowhere?figure=x&question=y&subset=z&machine=w&off=v&cell=u&sort=<b>.c&roc=q&scores=p"
    page.show(crossed, odd)
    assert page.order() == ["first", "second", "third"]
    assert page.all("#cell h3") == []
    assert page.one("#scores-of").get_property("value") == "fan/00"


def test_chart_and_table_round_alike(page: Page) -> None:
    """Python rounds halves to even, JavaScript up; 12.5 % and 81.25 % are such."""
    made = boards.made(["a", "b"], machines={"fan": 2}, subsets=["development"])
    rows = [
        replace(
            row,
            best=dict.fromkeys(row.best, share),
            mean_auc_pauc=replace(row.mean_auc_pauc, mean=mean, sd=0.00125),
        )
        for row, share, mean in zip(made.rows, (0.875, 0.125), (0.8125, 0.8115), strict=True)
    ]
    page.show(replace(made, rows=rows))
    drawn = [text.split("\n") for text in page.texts("#chart-ranking .hit")]
    cells = page.texts("#ranking-development tbody td:nth-child(2)")
    shares = page.texts("#ranking-development tbody td:nth-last-child(4)")
    assert shares == ["88 %", "12 %"]
    assert [texts[1] for texts in drawn] == [cell.replace("\n", " ") for cell in cells]
    assert [texts[2] for texts in drawn] == shares


@pytest.mark.parametrize("wide", [1240, 390])
def test_columns_go_before_the_table_scrolls(page: Page, wide: int) -> None:
    figures = ["official", "auc_source", "auc_target", "pauc_harmonic", "f1", "recall"]
    made = boards.made(boards.METHODS, machines={"fan": 2}, subsets=["development"])
    rows = [
        replace(row, more=dict.fromkeys(figures, row.auc), summary="word " * 12)
        for row in made.rows
    ]
    made = replace(
        made, rows=rows, figures={"development": figures}, protocol={"development": "2022"}
    )
    size = {"width": wide, "height": 900, "deviceScaleFactor": 1, "mobile": wide < 500}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.show(made)
    box = "document.getElementById('ranking-development').parentElement"
    over = f"return {box}.scrollWidth - {box}.clientWidth"
    assert page.run(over) <= 1
    columns = page.one("#columns")
    assert columns.is_displayed() == (wide < 500)
    if wide < 500:
        page.choose("figure", "auc_target")
        heads = page.texts("#ranking thead th")
        assert heads[1:3] == ["official score", "AUC target"]
        page.run("document.getElementById('columns').click()")
        assert len(page.texts("#ranking thead th")) == 10  # P(best) and groups are of "official"
        assert hash_of(page) == "#?figure=auc_target&columns=all"


def test_one_row_has_nothing_of_comparisons(page: Page) -> None:
    page.show(boards.made(["a"], machines={"fan": 2}, subsets=["development"]))
    heads = page.texts("#ranking thead th")
    assert not {"P(best)", "group"} & {*heads, *page.texts("#chart-ranking text")}
    assert "%" not in page.texts("#chart-ranking .hit")[0]
    assert page.texts(".verdict")[0].startswith("a is the only row, with ")
    assert page.all("#chart-answer") == []


def test_a_link_can_be_copied(page: Page, crossed: Board) -> None:
    grant = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    page.browser.execute_cdp_cmd("Browser.grantPermissions", grant)
    page.show(crossed, "#?figure=auc")
    page.one("#copy-view").send_keys(Keys.ENTER)
    read = "const done = arguments[0]; navigator.clipboard.readText().then(done, done)"
    assert str(page.browser.execute_async_script(read)).endswith(".html#?figure=auc")


def test_printing_draws_every_chart(page: Page, crossed: Board) -> None:
    page.show(crossed)
    page.browser.refresh()  # without what ``show`` asks for
    assert page.all("#chart-scores svg") == []
    page.browser.execute_cdp_cmd("Page.printToPDF", {})
    assert len(page.all("#chart-scores svg")) == 3


def test_rows_link_to_paper_and_code(page: Page, crossed: Board) -> None:
    sources = {"paper": "https://example.org/paper", "code": "javascript:alert(1)"}
    rows = [replace(crossed.rows[0], sources=sources), *crossed.rows[1:]]
    page.show(replace(crossed, rows=rows))
    links = page.all("#ranking-evaluation a")
    assert [link.get_attribute("href") for link in links] == ["https://example.org/paper"]
    assert links[0].get_property("textContent") == "paper of first"
