"""MLflow's page on the demo: rows, charts, rows side by side, the leaderboard."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from browser import IMAGES, browser
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PORT = 5099
CLOSE_ASSISTANT = "[data-component-id='mlflow.assistant.chat_panel.close']"
HIDE_PATHS = """  // where somebody's files lie is of no interest
    for (const element of document.querySelectorAll("div, span"))
        if (!element.children.length || /^Path:/.test(element.textContent))
            if (/^(Path: *)?file:/.test(element.textContent)) element.style.visibility = "hidden";
"""


def pictures(runs: Path) -> None:
    with _mlflow(runs / "demo") as pages, browser(1600, 1000) as driver:
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

        ready = {
            "runs": ".ag-row a",
            "charts": ".js-plotly-plot .bars",
            "compare": ".ag-row a",
            "board": "iframe",
        }
        for page, (name, shown) in zip(pages, ready.items(), strict=True):
            shot(page, name, shown)


@contextmanager
def _mlflow(out: Path) -> Iterator[list[str]]:
    """The addresses that `asdbench ui` prints."""
    command = [sys.executable, "-m", "asdbench", "ui", "--out", str(out), "--port", str(PORT)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        said = takewhile(lambda line: "Ctrl-C ends it" not in line, server.stderr)
        pages = [line.split()[-1] for line in said if "/#/experiments/" in line]
        while not _answers():
            time.sleep(0.2)
        yield pages
    finally:
        server.terminate()
        server.wait()


def _answers() -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{PORT}", timeout=5))
    except OSError:
        return False
