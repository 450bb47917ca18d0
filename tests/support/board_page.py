"""A board rendered as HTML, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asdbench_leaderboards import html
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from asdbench.evaluation import Board

SWITCHED = [("evaluation", "mean_auc_pauc"), ("development", "auc"), ("development", "mauc")]

# The contrast of every text that is seen: the lowest, and where it is. (WCAG 2, large text aside.)
CONTRAST = """
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const seen = new Map(); // reading a canvas back is slow
const over = (colour, below) => {
  const key = `${colour} ${below}`;
  if (!seen.has(key)) seen.set(key, mixed(colour, below));
  return seen.get(key);
};
const mixed = (colour, below) => {
  canvas.fillStyle = below;
  canvas.fillRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgb(${r},${g},${b})`;
};
const luminance = (colour) => {
  const parts = colour.match(/\\d+/g).slice(0, 3).map((n) => n / 255);
  const [r, g, b] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  const below = element.parentElement ? behind(element.parentElement) : "rgb(255,255,255)";
  return over(getComputedStyle(element).backgroundColor, below);
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let lowest = [21, ""];
let count = 0;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  const text = walker.currentNode.data.trim();
  if (!text || !element.getClientRects().length || element.closest("script, style")) continue;
  const drawn = element.closest("svg");
  const style = getComputedStyle(element);
  const ground = behind(drawn ? drawn.parentElement : element);
  const ink = over(drawn ? style.fill : style.color, ground);
  const [a, b] = [luminance(ink), luminance(ground)].sort((x, y) => y - x);
  const contrast = (a + 0.05) / (b + 0.05);
  count += 1;
  if (contrast < lowest[0]) lowest = [contrast, `${text}: ${ink} on ${ground}`];
}
return [...lowest, count];
"""

TEXTS = """
return [...document.querySelectorAll(arguments[0])]
  .filter((element) => element.getClientRects().length)
  .map((element) => {
    const texts = [...element.querySelectorAll("text")].map((text) => text.textContent);
    return texts.length ? texts.join("\\n") : (element.innerText ?? element.textContent).trim();
  });
"""


class Page:
    """A board in the browser. Showing one again loads it again, but doesn't render it again."""

    def __init__(self, browser: webdriver.Chrome, folder: Path) -> None:
        self.browser = browser
        self.folder = folder
        self._rendered: list[tuple[Board, Path]] = []

    def show(self, made: Board, view: str = "") -> None:
        """Load a board, at the address of a view of it, and have every chart drawn."""
        self.browser.get("about:blank")  # another view of the same file would not be loaded again
        self.browser.get(self._file(made).as_uri() + view)
        self.run("dispatchEvent(new Event('beforeprint'))")

    def _file(self, made: Board) -> Path:
        for board, file in self._rendered:
            if board is made:
                return file
        file = self.folder / f"board-{len(self._rendered)}.html"
        file.write_text(html.render(made), encoding="utf-8")
        self._rendered.append((made, file))
        return file

    def fresh(self) -> None:
        """As it was at first: a wide window, no preferred colours, nothing complained of."""
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        self.complaints()
        self.requests()

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """What can be seen of each; in a chart, a line a text."""
        found: list[str] = self.browser.execute_script(TEXTS, selector)
        return found

    def run(self, script: str) -> Any:
        return self.browser.execute_script(script)

    def act(self) -> ActionChains:
        """What a hand does, without the time that a hand takes."""
        return ActionChains(self.browser, duration=0)

    def choose(self, name: str, value: str) -> None:
        radio = f'input[name="{name}"][value="{value}"]'
        self.run(f"document.querySelector('{radio}').click()")

    def order(self) -> list[str]:
        return self.texts("#ranking tbody tr .method")

    def complaints(self) -> list[str]:
        """Errors that the page made since it was asked last."""
        return [entry["message"] for entry in self.browser.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses asked for since it was asked last, the page itself and pictures in it apart."""
        found = []
        for entry in self.browser.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                found.append(event["params"]["request"]["url"])
        return [url for url in found if not url.startswith(("data:", self.folder.as_uri()))]
