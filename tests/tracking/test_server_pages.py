"""MLflow's page on a real store, in a real browser."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from mirrors import ran
from processes import children
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from asdbench.tracking.server import HOST

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs chromium and chromedriver",
)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
ROWS = ("curved", "knn", "knn-2", "knn-3", "knn-4")
VARIANTS = "".join(f'[variants.knn-{k}]\nmethod = "knn"\nk = {k}\n' for k in (2, 3, 4))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    profile = tmp_path_factory.mktemp("profile")
    for flag in [*FLAGS, "--window-size=1600,1100", f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def pages(
    tmp_path_factory: pytest.TempPathFactory, run_once: Path, database: Path
) -> Iterator[list[str]]:
    """The addresses that ``asdbench ui`` prints for a board of five rows."""
    folder = tmp_path_factory.mktemp("ui")
    shutil.copytree(run_once / "data", folder / "data")
    (folder / "rows.toml").write_text(VARIANTS)
    ran(folder, methods="./curved.py,knn,knn-2,knn-3,knn-4", experiment="rows.toml")
    shutil.copy(database, folder / "o" / "mlflow.db")
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    ui = [sys.executable, "-m", "asdbench", "ui", "--out", "o", "--port", str(port)]
    server = subprocess.Popen(ui, cwd=folder, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    said = [line for line in islice(server.stderr, 4) if "http://" in line]
    deadline = time.monotonic() + 120
    while not answers(port):
        assert server.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert len(children(server.pid)) < 5  # MLflow would have eight more, for jobs of other kinds
    yield [re.findall(r"http://[^\s;]+", line)[0] for line in said]
    server.terminate()
    server.wait(timeout=60)
    assert not answers(port)  # no worker of it stays behind


def answers(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://{HOST}:{port}", timeout=5))
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def test_the_page_shows_rows_with_their_repeats_and_metrics(
    pages: list[str], browser: webdriver.Chrome, tmp_path: Path
) -> None:
    def seen() -> str:
        return str(browser.find_element(By.TAG_NAME, "body").text)

    wait = WebDriverWait(browser, 60)
    browser.get(pages[0])
    wait.until(lambda _: "curved" in seen())
    assert "knn-2" in seen()
    assert "rows-data" in seen()
    assert "repeat 1" not in seen()  # the children are folded up under their parent
    browser.find_element(By.CSS_SELECTOR, ".ag-row button").click()
    wait.until(lambda _: "repeat 1" in seen())
    browser.save_screenshot(str(tmp_path / "runs.png"))
    browser.find_element(By.LINK_TEXT, "curved").click()
    wait.until(lambda _: "development/auc" in seen())
    assert "development/fan/id_00/auc" in seen()
    browser.save_screenshot(str(tmp_path / "run.png"))


def test_the_compare_view_has_all_five_rows_and_draws_their_figures(
    pages: list[str], browser: webdriver.Chrome, tmp_path: Path
) -> None:
    def seen() -> str:
        return str(browser.find_element(By.TAG_NAME, "body").text)

    wait = WebDriverWait(browser, 60)
    _, charts, compare = pages
    browser.get(compare)
    wait.until(lambda _: "Comparing 5 Runs" in seen())
    for label in ROWS:
        assert label in seen()
    # The plot that it opens with draws what rows are ranked by, one line a row.
    wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, ".js-plotly-plot"))
    wait.until(lambda _: "development/mean_auc_pauc" in seen().split("Run details")[0])
    browser.save_screenshot(str(tmp_path / "compare.png"))
    browser.get(charts)
    wait.until(lambda _: "mean_auc_pauc" in seen())
    wait.until(lambda _: browser.find_elements(By.CSS_SELECTOR, ".js-plotly-plot .bars"))
    browser.save_screenshot(str(tmp_path / "charts.png"))
