"""The HTML board: its top, and sections of it, light and dark."""

from __future__ import annotations

from pathlib import Path

from browser import IMAGES, SCHEMES, browser, prefer
from selenium.webdriver.common.by import By


def pictures(runs: Path) -> None:
    _board(runs / "demo", "board", 1500, "kinds")
    _board(runs / "first-shot", "first-shot", 1150)
    _board(runs / "everything", "", 1150, "chart-cost")


def _board(out: Path, name: str, height: int, *parts: str) -> None:
    """The top of the page, if it has a name here, and sections of it by theirs."""
    with browser(1240, height) as driver:
        for scheme in SCHEMES:
            prefer(driver, scheme)
            driver.get((out / "leaderboard.html").resolve().as_uri())
            if name:
                driver.save_screenshot(str(IMAGES / f"{name}-{scheme}.png"))
            for part in parts:
                picture = str(IMAGES / f"{part.removeprefix('chart-')}-{scheme}.png")
                driver.find_element(By.ID, part).screenshot(picture)
