"""A browser for pages that lie in a folder, and what these may not do in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import pytest
from board_page import Page
from selenium import webdriver

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
DARK = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}


@contextmanager
def opened(folder: Path, profile: Path) -> Iterator[Page]:
    """One browser for the pages of a folder."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and chromedriver):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in [*FLAGS, "--window-size=1400,1000", f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    try:
        driver.get("about:blank")  # what a browser opens by itself asks for parts of its own, late
        yield Page(driver, folder)
    finally:
        driver.quit()


@contextmanager
def watched(page: Page) -> Iterator[Page]:
    """The page may neither make errors nor ask for anything from elsewhere meanwhile."""
    page.fresh()
    yield page
    assert page.complaints() == []
    assert page.requests() == []


def too_wide(page: Page) -> list[int]:
    """In windows of which widths the page, everything in it unfolded, is wider than they are."""
    found = []
    page.run("for (const one of document.querySelectorAll('details')) one.open = true")
    for width in (360, 390, 768, 1280):
        size = {**PHONE, "width": width, "mobile": width < 600}
        page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        if page.run("return document.documentElement.scrollWidth") > width:
            found.append(width)
    return found


AXE = """
const done = arguments[0];
axe.run(document).then(
  ({ violations }) => done(violations.map((one) => `${one.id}: ${one.nodes[0].html}`)),
  (error) => done([String(error)]),
);
"""


def found_by_axe(page: Page) -> list[str]:
    """What axe-core has against the page as it is shown, everything in it unfolded."""
    page.run("for (const one of document.querySelectorAll('details')) one.open = true")
    page.run((resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    found: list[str] = page.browser.execute_async_script(AXE)
    return found
