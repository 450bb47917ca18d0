"""The page of a tuning, in a browser: verdict, fields, charts of all kinds of trials, trust."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from board_page import CONTRAST, Page
from browsers import DARK, PHONE, found_by_axe, opened, too_wide, watched
from selenium.webdriver.common.keys import Keys
from tuned_results import result, study_of

from asdbench.tuning.importance import importances
from asdbench.tuning.page import page as page_of
from asdbench.tuning.result import Result
from asdbench.tuning.trust import Correlation, TrueFigure, Trust
from asdbench.tuning.verdict import Verdict

NOTHING = Correlation(float("nan"), None, None, 3)
POINTS = [TrueFigure(0, -0.2, 0.5), TrueFigure(3, -0.1, 0.6), TrueFigure(4, -0.3, 0.45)]
TRUST = Trust(
    *(Correlation(0.5, 0.1, 0.8, 25), {"tone": Correlation(0.2, -0.3, 0.6, 25), "warp": NOTHING}),
    *(0.6, 0.5, 0.6, 0.52, 1.0, POINTS),
)
PARAMS = {"lr": 0.03, "stage.width": 11, "stage.kind": "<b>large"}


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("pages")
    with opened(folder, tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    with watched(window) as page:
        yield page


def show(page: Page, found: Result, trials: int, again: int | None = None) -> None:
    """The page of a study of so many trials, and of one of them ``again``."""
    study = study_of(trials)
    if again is not None:
        study.add_trial(study.trials[again])
    file = page.folder / "tuned.html"
    whole = Result(**{**vars(found), "trials": study.trials})
    file.write_text(page_of(whole, importances(study)), encoding="utf-8")
    page.browser.get(file.as_uri())


def test_the_verdict_is_first_with_a_command_to_paste(page: Page, tmp_path: Path) -> None:
    found = result(tmp_path, trust=TRUST, params=PARAMS)
    show(page, found, 12)
    assert page.texts("h1") == ["mine: trial 3 replaces the default"]
    assert page.texts(".lead")[0].startswith("Trial 3 replaces the default: it is ahead by 0.250")
    words = shlex.split(page.texts("#command")[0])
    assert words[:3] == ["asdbench", "run", str(tmp_path / "tuned" / "mine.toml")]
    tiles = dict(text.split("\n")[:2] for text in page.texts(".tiles div"))
    assert tiles["ahead by"] == "0.250"
    assert tiles["trials"] == "12"
    assert tiles["truly"] == "60.0 %"
    assert "10 finished, 1 stopped early, 1 failed" in page.texts(".tiles")[0]
    last = page.texts("#chart-verdict svg")[0].split("\n")[-3:-1]
    assert last == ["task 2", "\N{MINUS SIGN}0.125"]
    page.one("#copy").click()
    assert page.run("return getSelection().toString()") == page.texts("#command")[0]


def test_a_default_that_stays_is_said_to_stay(page: Page, tmp_path: Path) -> None:
    show(page, result(tmp_path, verdict=Verdict(0.1, 0.1, 0.2)), 12)
    assert page.texts("h1") == ["mine: the default stays"]
    assert page.texts("#fields tbody tr")[0].split()[:4] == ["lr", "0.01", "0.03125", "0.01"]
    show(page, result(tmp_path, params={"lr": 0.01}), 12)
    assert page.texts("h1") == ["mine: the default did best and stays"]
    show(page, result(tmp_path, objective="oracle"), 12)
    assert "only the evaluation subset may be reported" in page.texts(".notes")[0]


def test_trials_of_every_end_are_drawn_wherever_they_have_a_field(
    page: Page, tmp_path: Path
) -> None:
    show(page, result(tmp_path, trust=TRUST, params=PARAMS), 12)
    assert len(page.all("#chart-history .point")) == 12
    for chart, count in (("#chart-history", 1), ("#chart-slices .panel:first-child", 1)):
        assert len(page.all(f"{chart} .hollow")) == count
        assert len(page.all(f"{chart} .cross")) == count
    captions = [text.split("\n") for text in page.texts("#chart-slices figcaption")]
    assert captions[0] == ["lr", "log scale"]
    assert sorted(caption[0] for caption in captions) == ["lr", "stage.kind", "stage.width"]
    assert ["stage.width", "4 without it"] in captions
    assert any("<b>large" in text for text in page.texts("#chart-slices svg"))
    assert page.texts("#chart-importance svg")[0].split("\n")[0] == "lr"
    assert len(page.all("#chart-truth .point")) == 3
    assert "does not vary" in page.texts("#chart-families svg")[0]
    page.one("#trials summary").click()
    assert "ValueError: <too> wide" in page.texts("#trials tbody tr")[6]


def test_a_point_says_what_it_is_to_a_pointer_and_to_the_keyboard(
    page: Page, tmp_path: Path
) -> None:
    show(page, result(tmp_path, trust=TRUST, params=PARAMS), 12)
    page.run(
        "document.querySelector('#chart-history .m1').scrollIntoView({ block: 'center' });"
        "document.querySelector('#chart-history .m1').focus({ focusVisible: true })"
    )
    page.act().pause(0.1).perform()
    page.run("document.querySelector('#chart-history .m1').blur()")
    page.run("document.querySelector('#chart-history .m1').focus({ focusVisible: true })")
    tip = page.one("#tip")
    assert tip.text.startswith("trial 3, the pick\nobjective ")
    assert "stage.kind: <b>large" in tip.text
    page.act().send_keys(Keys.ESCAPE).perform()
    assert not tip.is_displayed()


def test_trials_with_one_trials_fields_are_marked_as_it_is(page: Page, tmp_path: Path) -> None:
    params = study_of(4).trials[3].params
    show(page, result(tmp_path, params=params), 12, again=3)
    marked = page.all("#chart-history .m1")
    assert [one.get_attribute("data-trial") for one in marked] == ["3", "12"]


def test_few_trials_and_no_truth_are_said(page: Page, tmp_path: Path) -> None:
    show(page, result(tmp_path), 2)
    assert "Too few finished trials" in page.texts("#importance")[0]
    assert "no labels" in page.texts("#trust")[0]
    assert len(page.all("#chart-history .point")) == 2


def test_it_can_be_read_on_a_phone_and_in_the_dark(page: Page, tmp_path: Path) -> None:
    for dark in (False, True):
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", DARK if dark else {"media": ""})
        page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        show(page, result(tmp_path, trust=TRUST, params=PARAMS), 12)
        assert page.run("return document.documentElement.scrollWidth") <= 390
        contrast, where, count = page.run(CONTRAST)
        assert contrast >= 4.5, where
        assert count > 50
        assert found_by_axe(page) == []
    assert too_wide(page) == []
