"""MLflow's page on a real store, in a real browser."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs chromium and chromedriver",
)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in [*FLAGS, "--window-size=1600,1100", f"--user-data-dir={tmp_path}/profile"]:
        options.add_argument(flag)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def page(wav_tree: Callable[..., Path], tmp_path: Path) -> Iterator[str]:
    """The address of ``asdbench ui`` on a run of two methods."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["run", "--data", str(wav_tree()), "--methods", "autoencoder,knn", "--repeats", "2"]
    words += ["--set", "autoencoder.epochs=3", "--out", "o"]
    command = [sys.executable, "-m", "asdbench"]
    subprocess.run([*command, *words], cwd=tmp_path, check=True, capture_output=True)
    ui = [*command, "ui", "--out", "o", "--port", str(port)]
    server = subprocess.Popen(ui, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    said = next(line for line in server.stderr if "http://" in line)
    address = said.split("at ")[1].split(";")[0]
    deadline = time.monotonic() + 60
    while not answers(port):
        assert server.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(timeout=20)
    assert not answers(port)  # no worker of it stays behind


def answers(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=5))
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def test_the_page_shows_rows_with_their_repeats_and_metrics(
    page: str, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    def seen() -> str:
        return str(browser.find_element(By.TAG_NAME, "body").text)

    wait = WebDriverWait(browser, 60)
    browser.get(page)
    wait.until(lambda _: "autoencoder" in seen())
    assert "knn" in seen()
    assert "demo-tree" in seen()
    assert "repeat 1" not in seen()  # the children are folded up under their parent
    browser.find_element(By.CSS_SELECTOR, ".ag-row button").click()
    wait.until(lambda _: "repeat 1" in seen())
    browser.save_screenshot(str(tmp_path / "runs.png"))
    browser.find_element(By.LINK_TEXT, "autoencoder").click()
    wait.until(lambda _: "development/auc" in seen())
    assert "development/fan/id_00/auc" in seen()
    browser.save_screenshot(str(tmp_path / "run.png"))
