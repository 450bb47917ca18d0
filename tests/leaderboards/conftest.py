"""A browser for all tests of the HTML leaderboard, and a board that many of them look at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import boards
import pytest
from board_page import Page
from selenium import webdriver

from asdbench.evaluation import Board

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def whole() -> Board:
    """Five rows on both subsets of DCASE 2020."""
    return boards.made()


@pytest.fixture(scope="session")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One browser for all."""
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and chromedriver):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("profile")
    for flag in [*FLAGS, "--window-size=1400,1000", f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    driver.get("about:blank")  # what a browser opens by itself asks for parts of its own, late
    yield Page(driver, tmp_path_factory.mktemp("pages"))
    driver.quit()


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    """The browser; a page may neither make errors nor ask for anything from elsewhere."""
    window.fresh()
    yield window
    assert window.complaints() == []
    assert window.requests() == []
