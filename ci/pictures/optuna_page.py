"""Optuna's dashboard on a study, made by this command. It needs optuna-dashboard:

asdbench tune autoencoder smoke --trials 24 --out RUNS/optuna
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from browser import IMAGES, browser
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PORT = 5098
PAGE = f"http://127.0.0.1:{PORT}/dashboard"


def pictures(runs: Path) -> None:
    study = next((runs / "optuna" / "tuning").glob("*/study.db"))
    command = [sys.executable, "-m", "optuna_dashboard._cli", "--port", str(PORT)]
    server = subprocess.Popen([*command, f"sqlite:///{study.resolve()}"])
    try:
        while not _answers():
            time.sleep(0.2)
        with browser(1400, 1150) as driver:
            driver.get(PAGE)
            wait = WebDriverWait(driver, 60)
            wait.until(lambda _: driver.find_elements(By.CSS_SELECTOR, "a[href*='studies/']"))
            driver.find_element(By.CSS_SELECTOR, "a[href*='studies/']").click()
            wait.until(lambda _: driver.find_elements(By.CSS_SELECTOR, ".js-plotly-plot"))
            time.sleep(5)  # importance takes a moment
            driver.save_screenshot(str(IMAGES / "optuna-dashboard.png"))
    finally:
        server.terminate()
        server.wait()


def _answers() -> bool:
    try:
        return bool(urllib.request.urlopen(PAGE, timeout=5))
    except OSError:
        return False
