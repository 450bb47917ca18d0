"""The documents are one site: strict about links, whole, and searched without a network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import ROOT
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

import asdbench

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1240,900"]
ASKED = re.compile(r'<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)="([^"]+)')
HOSTS = "[...document.querySelectorAll('*')].filter(element => element.shadowRoot)"
FOUND = f"return {HOSTS}.map(host => host.shadowRoot.textContent).join(' ')"
FIELD = f"return {HOSTS}.map(host => host.shadowRoot.querySelector('input')).find(Boolean)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as CI does, beside the checkout."""
    folder = tmp_path_factory.mktemp("documents")
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    for name in ("asdbench", "ci", "CHANGELOG.md"):
        (folder / name).symlink_to(ROOT / name)
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "built-docs"


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text()
    listed = re.findall(r"[\w-]+\.md", text[text.index("nav:") : text.index("theme:")])
    assert sorted(listed) == sorted(path.name for path in ROOT.glob("docs/*.md"))


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    assert len([*site.glob("*.html")]) > 25
    for page in site.glob("*.html"):
        asked = ASKED.findall(page.read_text())
        assert not [one for one in asked if re.match("(https?:)?//", one)], page.name


def test_what_the_readme_links_to_within_pages_is_there(site: Path) -> None:
    linked = re.findall(r"\]\(docs/([\w-]+)\.md#([^)]+)\)", (ROOT / "README.md").read_text())
    assert linked
    for page, part in linked:
        assert f'id="{part}"' in (site / f"{page}.html").read_text(), (page, part)


def test_the_reference_has_every_public_name(site: Path) -> None:
    text = (site / "api.html").read_text()
    assert not [name for name in asdbench.__all__ if f'id="asdbench.{name}"' not in text]


@pytest.fixture
def window(tmp_path: Path) -> Iterator[WebDriver]:
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and chromedriver):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in [*FLAGS, f"--user-data-dir={tmp_path}"]:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    yield driver
    driver.quit()


def test_search_works_on_a_page_that_was_opened_from_a_file(site: Path, window: WebDriver) -> None:
    window.get((site / "index.html").as_uri())
    wait = WebDriverWait(window, 20)
    field = wait.until(lambda _: window.execute_script(FIELD))
    window.find_element(By.CSS_SELECTOR, ".md-search__button").click()
    wait.until(lambda _: field.is_displayed() and field.is_enabled())
    field.send_keys("false alarms a day")
    wait.until(lambda _: "Thresholds" in window.execute_script(FOUND))
    assert field.get_property("value") == "false alarms a day"  # what was typed stays
    assert window.get_log("browser") == []
