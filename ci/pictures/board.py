"""The HTML board: its top, and every view of it, light and dark."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

from browser import IMAGES, SCHEMES, browser, prefer
from selenium import webdriver
from selenium.webdriver.common.by import By

# Charts are drawn as they come near, and the bar would lie over what is below it.
READY = """
dispatchEvent(new Event('beforeprint'));
document.querySelector('.bar').style.position = 'static';
scrollTo(0, 0);
"""
MARGIN = 16

# By picture: the run, the element, and the view that its address asks for.
VIEWS = {
    "kinds": ("demo", "kinds", ""),
    "answer": ("demo", "answer", ""),
    "ranking": ("demo", "ranking", ""),
    "apart": ("first-shot", "apart", ""),
    "machines": ("demo", "machines", "#?cell=knn&cell=fan&cell=00"),
    "differences": ("first-shot", "pairs", ""),
    "stability": ("demo", "stability", ""),
    "roc": ("demo", "roc", ""),
    "scores": ("demo", "scores", ""),
    "cost": ("first-shot", "chart-cost", ""),
    "cite": ("demo", "cite", ""),
}


def pictures(runs: Path) -> None:
    """The top of two boards, each view of one that shows it well, and a phone."""
    with browser(1240, 1500) as driver:
        for scheme in SCHEMES:
            prefer(driver, scheme)
            for name, run, height in (("board", "demo", 1500), ("first-shot", "first-shot", 1150)):
                driver.set_window_size(1240, height)
                _open(driver, runs / run)
                driver.save_screenshot(str(IMAGES / f"{name}-{scheme}.png"))
            for name, (run, part, view) in VIEWS.items():
                _open(driver, runs / run, view)
                (IMAGES / f"{name}-{scheme}.png").write_bytes(_whole(driver, part))
    with browser(390, 844) as driver:
        phone = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        for scheme in SCHEMES:
            prefer(driver, scheme)
            _open(driver, runs / "demo")
            driver.save_screenshot(str(IMAGES / f"board-phone-{scheme}.png"))


def _whole(driver: webdriver.Chrome, part: str) -> bytes:
    """All of an element, however far it reaches, with a margin."""
    box = driver.find_element(By.ID, part).rect
    clip = {
        "x": box["x"] - MARGIN,
        "y": box["y"],
        "width": box["width"] + 2 * MARGIN,
        "height": box["height"] + MARGIN,
        "scale": 1,
    }
    asked = {"captureBeyondViewport": True, "clip": clip}
    return b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", asked)["data"])


def _open(driver: webdriver.Chrome, out: Path, view: str = "") -> None:
    driver.get("about:blank")
    driver.get((out / "leaderboard.html").resolve().as_uri() + view)
    driver.execute_script(READY)
