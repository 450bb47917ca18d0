"""The site in a browser: from a file and under a sub-path, on a phone, light and dark."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from board_page import CONTRAST
from selenium import webdriver
from selenium.webdriver.common.by import By

from asdbench.site import pages

WIDER = """return [...document.querySelectorAll("main *, header *")]
  .filter((e) => !e.closest(".scroll, pre, svg, .said"))
  .filter((e) => e.getBoundingClientRect().right > innerWidth)
  .map((e) => e.outerHTML.slice(0, 80))"""


CUT = """return [...document.querySelectorAll(".scroll:not(details .scroll)")]
  .filter((e) => e.clientWidth && e.scrollWidth > e.clientWidth)
  .map((e) => e.getAttribute("aria-label"))"""
AXE = (resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
OPEN = "document.querySelectorAll('details').forEach((d) => { d.open = true })"


class Links(HTMLParser):
    """Where a page leads, and the places in it that can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        if tag == "a":
            self.links.append(told.get("href") or "")
        if told.get("id"):
            self.places.add(str(told["id"]))


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and chromedriver):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("profile")
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def served(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site under a sub-path of a web server."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(site, root / "boards" / "asd")
    handler = functools.partial(Quiet, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/boards/asd"
        server.shutdown()


def show(browser: webdriver.Chrome, address: str, width: int = 1240, scheme: str = "light") -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(address)


def follow(browser: webdriver.Chrome, text: str) -> None:
    link = browser.find_element(By.LINK_TEXT, text)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    link.click()


@pytest.mark.parametrize("at", ["file", "http"])
def test_from_the_first_page_to_a_methods_history(
    browser: webdriver.Chrome, site: Path, served: str, at: str
) -> None:
    top = site.as_uri() if at == "file" else served
    show(browser, f"{top}/index.html")
    follow(browser, "small, development")
    assert browser.find_element(By.TAG_NAME, "h1").text == "small development"
    assert browser.find_element(By.CSS_SELECTOR, "#history svg.broad").is_displayed()
    assert not browser.find_element(By.CSS_SELECTOR, "#history svg.narrow").is_displayed()
    follow(browser, "knn (Analytical Engines)")
    assert browser.find_element(By.TAG_NAME, "h1").text == "knn Analytical Engines"
    follow(browser, "ALL TEST SETS AND METHODS")
    follow(browser, "knn")
    versions = browser.find_elements(By.CSS_SELECTOR, "[aria-label^='Versions'] tbody tr")
    assert [row.text.split()[0] for row in versions] == ["2", "1"]
    assert browser.find_element(By.CSS_SELECTOR, ".chart svg.broad").is_displayed()
    follow(browser, "small")
    follow(browser, "The full board")
    assert len(browser.find_elements(By.CSS_SELECTOR, "#ranking tbody tr")) == 4
    follow(browser, "BACK TO THE PAGE OF THIS TEST SET")
    assert browser.find_element(By.TAG_NAME, "h1").text == "small development"
    assert browser.get_log("browser") == []


def test_older_versions_are_shown_on_demand(browser: webdriver.Chrome, site: Path) -> None:
    show(browser, next(site.glob("data/*/index.html")).as_uri())
    table = browser.find_element(By.CSS_SELECTOR, "#versions table")
    assert not table.is_displayed()
    browser.execute_script(
        "arguments[0].click()", browser.find_element(By.CSS_SELECTOR, "#versions summary")
    )
    assert table.is_displayed()
    assert "knn v1" in table.text
    assert "knn v1" not in browser.find_element(By.CSS_SELECTOR, "#ranking table").text


def test_every_link_leads_somewhere(site: Path) -> None:
    found = {path: Links(path.read_text()) for path in site.rglob("*.html")}
    top, seen = site.as_uri(), set()
    for path, page in found.items():
        for link in page.links:
            target = urlsplit(urljoin(path.as_uri(), link))
            if target.scheme != "file":
                assert link.startswith("https://"), link
                continue
            file = Path(unquote(target.path))
            assert target.geturl().startswith(top), f"{path.name} leads out: {link}"
            assert file.is_file(), f"{path.name}: {link}"
            if target.fragment and file in found:
                assert unquote(target.fragment) in found[file].places, f"{path.name}: {link}"
            seen.add(file)
    assert {path for path in found if path.name != "index.html"} <= seen  # nothing is an orphan


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1240])
def test_it_fits_and_can_be_read(
    browser: webdriver.Chrome, site: Path, width: int, scheme: str
) -> None:
    own = [
        path
        for path in site.rglob("*.html")
        if path.name not in {"board.html", "all-versions.html"}
    ]
    for path in own:
        show(browser, path.as_uri(), width, scheme)
        browser.execute_script(OPEN)
        assert browser.execute_script(WIDER) == [], path.name
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        contrast, where, _ = browser.execute_script(CONTRAST)
        assert contrast >= 4.5, f"{path.name}: {where}"
        assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_no_page_is_wider_than_its_window(
    browser: webdriver.Chrome, site: Path, width: int
) -> None:
    for path in (site / "index.html", site / "methods/knn.html", *site.glob("data/*/*.html")):
        show(browser, path.as_uri(), width)
        browser.execute_script(f"{OPEN}; dispatchEvent(new Event('beforeprint'))")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        if width == 1280 and path.name == "index.html":
            assert browser.execute_script(CUT) == [], path


def test_axe_finds_nothing_to_complain_of(browser: webdriver.Chrome, site: Path) -> None:
    for path in (site / "index.html", *site.glob("data/*/index.html"), site / "methods/knn.html"):
        show(browser, path.as_uri())
        browser.execute_script(f"{OPEN}; {AXE}")
        found = browser.execute_async_script("axe.run().then(arguments[0])")
        told = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
        assert told == [], path.name


def test_the_pages_were_made_from_the_templates_of_the_package() -> None:
    assert (pages.TEMPLATES / "index.html").is_file()
