"""The HTML leaderboard and axe-core: what a keyboard and a screen reader need."""

from __future__ import annotations

from importlib import resources

import boards
import pytest
from board_page import Page
from kinds_of_clips import with_kinds

from asdbench.evaluation import Board

AXE = (resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = """
const done = arguments[0];
axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations }) => done(violations.map((one) => `${one.id}: ${one.nodes[0].html}`)),
  (error) => done([String(error)]),
);
"""
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}


@pytest.fixture(scope="module")
def board() -> Board:
    return with_kinds(
        boards.made(
            ["first", "second"], machines={"fan": 2}, subsets=["development"], notes=["a note"]
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_axe_finds_nothing(page: Page, board: Board, scheme: str, phone: bool) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    if phone:
        page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    page.show(board, "#?cell=first&cell=fan&cell=00")
    page.run("for (const one of document.querySelectorAll('details')) one.open = true")
    page.run(AXE)
    assert page.browser.execute_async_script(RUN) == []
