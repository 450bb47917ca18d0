"""Make the pictures of the README and of docs/mlflow.md.

python ci/pictures.py runs/demo runs/first-shot runs/everything

Needs chromium and chromedriver, and a run of each.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

IMAGES = Path(__file__).parents[1] / "docs" / "images"
PORT = 5099
CLOSE_ASSISTANT = "[data-component-id='mlflow.assistant.chat_panel.close']"
HIDE_PATHS = """  // where somebody's files lie is of no interest
    for (const element of document.querySelectorAll("div, span"))
        if (!element.children.length || /^Path:/.test(element.textContent))
            if (/^(Path: *)?file:/.test(element.textContent)) element.style.visibility = "hidden";
"""


@contextmanager
def browser(width: int, height: int) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--window-size={width},{height}",
    ):
        options.add_argument(flag)
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(shutil.which("chromedriver"))
    )
    yield driver
    driver.quit()


def answers() -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{PORT}", timeout=5))
    except OSError:
        return False


@contextmanager
def mlflow(out: Path) -> Iterator[list[str]]:
    """The addresses that `asdbench ui` prints."""
    command = [sys.executable, "-m", "asdbench", "ui", "--out", str(out), "--port", str(PORT)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    pages = [re.findall(r"http://[^\s;]+", line)[0] for line in islice(server.stderr, 1, 4)]
    while not answers():
        time.sleep(0.2)
    yield pages
    server.terminate()
    server.wait()


def board(out: Path, name: str, height: int, *parts: str) -> None:
    """The top of the HTML board, if it has a name, and sections of it by theirs, light and dark."""
    with browser(1240, height) as driver:
        for scheme in ("light", "dark"):
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
            driver.get((out / "leaderboard.html").resolve().as_uri())
            if name:
                driver.save_screenshot(str(IMAGES / f"{name}-{scheme}.png"))
            for part in parts:
                picture = str(IMAGES / f"{part.removeprefix('chart-')}-{scheme}.png")
                driver.find_element(By.ID, part).screenshot(picture)


def pages(out: Path) -> None:
    """MLflow: runs, charts, comparison, a run's pictures."""
    with mlflow(out) as (runs, charts, compare), browser(1500, 950) as driver:
        wait = WebDriverWait(driver, 90)

        def shot(address: str, name: str, ready: str) -> None:
            driver.get(address)
            wait.until(lambda _: driver.find_elements(By.CSS_SELECTOR, ready))
            time.sleep(4)  # drawings move to their places
            for panel in driver.find_elements(By.CSS_SELECTOR, CLOSE_ASSISTANT):
                panel.click()
            driver.execute_script(HIDE_PATHS)
            time.sleep(2)
            driver.save_screenshot(str(IMAGES / f"mlflow-{name}.png"))

        shot(runs, "runs", ".ag-row button")
        row = driver.find_element(By.CSS_SELECTOR, ".ag-row a").get_attribute("href")
        shot(charts, "charts", ".js-plotly-plot .bars")
        shot(compare, "compare", ".js-plotly-plot")
        shot(f"{row}/artifacts/plots/development_ranking.png", "plot", "img")


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    demo, first_shot, everything = map(Path, sys.argv[1:])
    board(demo, "board", 1500, "kinds")
    board(first_shot, "first-shot", 1150)
    board(everything, "", 1150, "chart-cost")
    pages(demo)
