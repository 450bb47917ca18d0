"""MLflow's page on a real store, in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from mirrors import ran
from processes import children
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from asdbench.tracking.port import HOST

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs chromium and chromedriver",
)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
ROWS = ("curved", "knn", "knn-2", "knn-3", "knn-4")
VARIANTS = "".join(f'[variants.knn-{k}]\nmethod = "knn"\nk = {k}\n' for k in (2, 3, 4))


BROWSERS_OWN = ("data:", "blob:", "chrome", "about:")
ASSISTANT = "[data-component-id='mlflow.assistant.chat_panel.close']"


class Ui(NamedTuple):
    """A server that ``asdbench ui`` has started: its folder, its port, its addresses by word."""

    folder: Path
    port: int
    pages: dict[str, str]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    profile = tmp_path_factory.mktemp("profile")
    for flag in [*FLAGS, "--window-size=1600,1100", f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory, run_once: Path, database: Path) -> Iterator[Ui]:
    """Of a board of five rows."""
    folder = tmp_path_factory.mktemp("ui")
    shutil.copytree(run_once / "data", folder / "data")
    (folder / "rows.toml").write_text(VARIANTS)
    ran(folder, methods="./curved.py,knn,knn-2,knn-3,knn-4", experiment="rows.toml")
    shutil.copy(database, folder / "o" / "mlflow.db")
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(command(port), cwd=folder, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    said = ""
    while "Ctrl-C" not in said:
        said += server.stderr.readline()
        assert server.poll() is None, said
    deadline = time.monotonic() + 120
    while not answers(port):
        assert server.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert len(children(server.pid)) < 5  # MLflow would have eight more, for jobs of other kinds
    yield Ui(folder, port, dict(re.findall(r"^(.*): (http://\S+)$", said, re.M)))
    server.terminate()
    server.wait(timeout=60)
    assert not answers(port)  # no worker of it stays behind


def command(port: int) -> list[str]:
    return [sys.executable, "-m", "asdbench", "ui", "--out", "o", "--port", str(port)]


def answers(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://{HOST}:{port}", timeout=5))
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


class Seen:
    """What a browser shows at an address; every request of it must stay on this machine."""

    def __init__(self, browser: webdriver.Chrome, address: str) -> None:
        self._browser, self._wait = browser, WebDriverWait(browser, 60)
        self._own = "/".join(address.split("/")[:3])
        browser.get(address)
        for panel in browser.find_elements(By.CSS_SELECTOR, ASSISTANT):  # it takes half the page
            panel.click()

    @property
    def text(self) -> str:
        return str(self._browser.find_element(By.TAG_NAME, "body").text)

    def until(self, *words: str) -> None:
        self._wait.until(lambda _: all(word in self.text for word in words))

    def found(self, css: str) -> list[WebElement]:
        """These elements, once there are any."""
        self._wait.until(lambda driver: driver.find_elements(By.CSS_SELECTOR, css))
        return self._browser.find_elements(By.CSS_SELECTOR, css)

    def foreign(self) -> set[str]:
        """Addresses that were asked for elsewhere, since the last page was."""
        asked = set()
        for entry in self._browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] in {"Network.requestWillBeSent", "Network.webSocketCreated"}:
                about = message["params"]
                asked.add(about.get("request", about)["url"])
        assert any(address.startswith(self._own) for address in asked)
        own = (self._own, *BROWSERS_OWN)
        return {address for address in asked if not address.startswith(own)}


def test_the_list_opens_with_figures_the_board_first_and_rows_as_they_are_ranked(
    ui: Ui, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    seen = Seen(browser, ui.pages["all rows and their figures"])
    seen.until("leaderboard", *ROWS, "Rank", "P_best")
    heads = {one.text: one.location["x"] for one in seen.found("[role=columnheader]")}
    ours = ["Rank", "Mean", "Low", "High", "SD", "Worst", "P_best"]
    assert sorted(heads.keys() & set(ours), key=lambda name: heads[name]) == ours
    names = [one.text for one in seen.found(".ag-row a")]
    ranked = json.loads((ui.folder / "o" / "board.json").read_text())["rows"]
    assert names == ["leaderboard", *(row["label"] for row in ranked)]
    figure = round(ranked[0]["mean_auc_pauc"]["mean"], 4)
    assert f"{figure:g}" in [one.text for one in seen.found(".ag-row [role=gridcell]")]
    browser.save_screenshot(str(tmp_path / "rows.png"))
    assert seen.foreign() == set()


def test_charts_open_with_a_box_of_each_rows_repeats(
    ui: Ui, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    seen = Seen(browser, ui.pages["charts, and a box of each row's repeats"])
    seen.until("repeats by method", "development/mean_auc_pauc")
    assert seen.found(".js-plotly-plot .bars")
    loaded = (
        "return [...document.images].some(i => i.src.includes('images') && i.naturalWidth > 200)"
    )
    WebDriverWait(browser, 60).until(lambda driver: driver.execute_script(loaded))
    browser.save_screenshot(str(tmp_path / "charts.png"))
    assert seen.foreign() == set()


def test_comparing_opens_on_figures_and_on_parameters_that_differ(
    ui: Ui, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    seen = Seen(browser, ui.pages["rows side by side"])
    seen.until("Figures", "Mean", "P_best", "Parameters that differ", *ROWS)
    figures, parameters = seen.text.split("Parameters that differ", 1)
    assert "Mean" in figures
    seen.until("_row")
    parameters = seen.text.split("Parameters that differ", 1)[1]
    assert "\nk\n" in parameters  # 1, 2, 3 and 4
    assert "\nmemory\n" not in parameters  # the same in all that have it
    assert "leaderboard" not in seen.text.split("Figures")[0]
    browser.save_screenshot(str(tmp_path / "compare.png"))
    assert seen.foreign() == set()


def test_the_board_is_shown_inline_and_its_controls_work(
    ui: Ui, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    """MLflow puts it into a frame that may run scripts and nothing else."""
    seen = Seen(browser, ui.pages["the leaderboard"])
    (frame,) = seen.found("iframe")
    assert frame.get_attribute("sandbox") == "allow-scripts"
    browser.switch_to.frame(frame)
    try:
        seen.until("rows-data", *ROWS)
        assert seen.found("svg")
        before = browser.find_element(By.TAG_NAME, "html").get_attribute("outerHTML")
        pressed = next(one for one in seen.found("label") if one.text == "pAUC")
        pressed.click()
        after = browser.find_element(By.TAG_NAME, "html").get_attribute("outerHTML")
        assert before != after
    finally:
        browser.switch_to.default_content()
    browser.save_screenshot(str(tmp_path / "board.png"))
    assert seen.foreign() == set()


def test_all_runs_are_rows_that_open_to_their_repeats(ui: Ui, browser: webdriver.Chrome) -> None:
    page = ui.pages["all rows and their figures"].partition("?")[0]
    seen = Seen(browser, page)
    seen.until("curved", "knn-2", "leaderboard")
    assert "repeat 1" not in seen.text  # the children are folded up under their parent
    seen.found(".ag-row button")[0].click()
    seen.until("repeat 1")
    browser.find_element(By.LINK_TEXT, "curved").click()
    seen.until("Mean", "development/mean_auc_pauc/here/low")
    assert "id_00" not in seen.text
    assert seen.foreign() == set()


def test_a_second_one_is_told_what_has_the_port_and_which_is_free(ui: Ui) -> None:
    done = subprocess.run(
        command(ui.port), cwd=ui.folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 2
    folder, page = (ui.folder / "o").resolve(), f"http://{HOST}:{ui.port}"
    assert f"port {ui.port} is taken by asdbench ui of {folder}, which is at {page};" in done.stderr
    assert re.search(r"choose another, as --port \d+", done.stderr)
