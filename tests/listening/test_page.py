"""The page of clips in a browser: from the board to a sound, filters, keys, and without sound."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from board_page import CONTRAST, Page
from browsers import DARK, PHONE, found_by_axe, too_wide
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

import asdbench
from asdbench.listening.page import size_of

PLAYING = "return [...document.querySelectorAll('audio')].map((sound) => !sound.paused)"


def show(page: Page, out: Path, address: str = "") -> None:
    page.browser.get("about:blank")
    page.browser.get((out / "clips" / "index.html").as_uri() + address)


def clips_of(page: Page) -> list[dict[str, Any]]:
    """What is listed, as the page's data has it."""
    drawn = json.loads(page.one("#drawn").get_attribute("textContent") or "")
    places = [int(str(item.get_attribute("data-clip"))) for item in page.all("#list li")]
    return [drawn["clips"][place] for place in places]


def plays(page: Page, which: int = 0) -> None:
    WebDriverWait(page.browser, 10).until(lambda _: page.run(PLAYING)[which])


def choose(page: Page, name: str, value: str) -> None:
    script = (
        f"const one = document.getElementById('{name}'); one.value = '{value}';"
        "one.dispatchEvent(new Event('change'))"
    )
    page.run(script)


def test_three_clicks_lead_from_the_board_to_a_clip_that_plays(page: Page, out: Path) -> None:
    page.browser.get((out / "leaderboard.html").as_uri())
    page.one('#ranking a[href*="row=knn"]').click()
    assert page.one("#row").get_attribute("value") == "knn"
    page.all("#list button")[1].click()
    page.one("#play").click()
    plays(page)
    assert page.one("#play").text == "Pause"
    assert page.run("return document.querySelector('#heard img').naturalWidth") == 32
    assert page.run("return document.querySelector('#heard audio').duration") == 1


def test_the_list_has_the_most_wrong_first_and_filters_hold_together(page: Page, out: Path) -> None:
    show(page, out, "#row=knn")
    every = clips_of(page)
    drawn = json.loads(page.one("#drawn").get_attribute("textContent") or "")
    place = drawn["rows"].index("knn")
    wrong = [clip["rows"][place][0] for clip in every]
    assert wrong == sorted(wrong, reverse=True)
    choose(page, "kind", "high")
    assert {clip["anomalous"] for clip in clips_of(page)} == {False}
    choose(page, "machine", "valve/02")
    assert {(clip["machine"], clip["id"]) for clip in clips_of(page)} == {("valve", "02")}
    choose(page, "kind", "")
    choose(page, "machine", "")
    choose(page, "tag", "severity: mild")
    assert {clip["tags"]["severity"] for clip in clips_of(page)} == {"mild"}
    address = page.browser.current_url
    listed = page.texts("#list li")
    show(page, out, f"#{address.partition('#')[2]}")
    assert page.texts("#list li") == listed
    choose(page, "row", "*")
    assert all(clip["byAll"] for clip in clips_of(page))


def test_a_clip_has_what_every_method_makes_of_it(page: Page, out: Path) -> None:
    show(page, out, "#row=knn&kind=low")
    clip = clips_of(page)[0]
    assert page.texts("#title")[0].startswith(f"{clip['machine']} {clip['id']}: an anomalous clip")
    assert page.texts("#name") == [clip["name"]]
    lines = [text.replace("\t", " ").split() for text in page.texts("#opinions tr")]
    assert len(lines) == 2
    for line, (wrong, places, called) in zip(lines, clip["rows"], strict=True):
        assert line[1:] == [
            *[f"{sum(places) / len(places):.0f}", "%", f"{wrong:.0f}", "%"],
            *[str(called), "of", "2"],
        ]
    assert len(page.all("#opinions tr:first-child .once")) == 2
    tags = {f"{name}: {value}" for name, value in clip["tags"].items()}
    assert set(page.texts("#tags .tag")) == tags
    assert "normal_id" in page.texts("#ordinary-said")[0]


def test_the_keyboard_is_enough(page: Page, out: Path) -> None:
    show(page, out, "#row=knn")
    keys = page.act
    assert page.texts("#place")[0].startswith("1 of ")
    keys().send_keys("jj").perform()
    assert page.texts("#place")[0].startswith("3 of ")
    keys().send_keys("k", Keys.ARROW_LEFT, "k").perform()
    assert page.texts("#place")[0].startswith("1 of ")  # there is none before
    keys().send_keys(" ").perform()
    plays(page)
    keys().send_keys("c").perform()
    plays(page, 1)
    assert page.run(PLAYING)[0] is False
    page.all("#list button")[0].click()
    keys().send_keys(Keys.ARROW_DOWN).perform()
    assert page.texts("#place")[0].startswith("2 of ")
    focused = page.run("return document.activeElement.ariaCurrent")
    assert focused == "true"
    page.run("document.getElementById('at-once').click()")
    keys().send_keys(Keys.ARROW_DOWN).perform()
    plays(page)
    page.one("#row").click()
    before = page.texts("#place")
    keys().send_keys("j", Keys.ESCAPE).perform()  # a list that is open wants it
    assert page.texts("#place") == before


def test_it_can_be_read_on_a_phone_and_in_the_dark(page: Page, out: Path) -> None:
    for dark in (False, True):
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", DARK if dark else {"media": ""})
        page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        show(page, out, "#row=knn")
        assert page.run("return document.documentElement.scrollWidth") <= 390
        contrast, where, count = page.run(CONTRAST)
        assert contrast >= 4.5, where
        assert count > 50
        assert found_by_axe(page) == []
        assert page.one("#theme").text == ("Light theme" if dark else "Dark theme")
    assert too_wide(page) == []


def test_without_sounds_the_rest_is_shown(page: Page, out: Path) -> None:
    silent = shutil.copytree(out, out / "silent")
    for row in silent.glob("rows/*.json"):
        row.write_text(row.read_text().replace('"synthetic"', '"synthetic-gone"'))
    asdbench.make_clips(silent, each=1)
    show(page, silent)
    assert "no dataset 'synthetic-gone'" in page.texts(".notes")[0]
    assert page.texts("#heard .empty")
    assert page.texts("#opinions tr")
    page.act().send_keys(" j").perform()
    assert page.texts("#place")[0].startswith("2 of ")
    shutil.rmtree(silent)


def test_sizes_are_said_as_people_say_them() -> None:
    assert size_of(12_685_029) == "12.7 MB"
    assert size_of(2_340_000_000) == "2.34 GB"
