"""The board out of the page, in other formats."""

from __future__ import annotations

import csv
import gzip
import io
import json
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import boards
import pytest
from asdbench_leaderboards import _downloads, latex, tables
from board_page import Page
from selenium.webdriver.support.ui import WebDriverWait

from asdbench.evaluation import Board, Cost

LABEL = 'a "quoted", label\N{MULTIPLICATION SIGN}'
FORMULA = "=1+1"


@pytest.fixture(scope="module")
def board() -> Board:
    made = boards.made([LABEL, FORMULA], machines={"fan": 2, "pump": 1})
    rows = [
        replace(row, cost=Cost(1000, None, 1.5, 0.25), remarks=["one", "two"], more={"f1": row.auc})
        if row.label == LABEL
        else replace(
            row,
            machines={"@fan": row.machines["fan"], "pump": row.machines["pump"]},
            sources={"paper": "https://example.org/b"},
        )
        for row in made.rows
    ]
    return replace(made, rows=rows)


def test_json_is_the_board_with_five_digits_and_tex_is_whole(board: Board) -> None:
    packed = _downloads.packed(board)
    text = {form: gzip.decompress(b64decode(packed[form])).decode() for form in packed}
    assert text["tex"] == latex.render(board)
    found = json.loads(text["json"])
    whole = json.loads(tables.render_json(board))
    assert found.keys() == whole.keys()
    assert found["rows"][0]["auc"]["mean"] == float(f"{whole['rows'][0]['auc']['mean']:.5g}")
    assert packed == _downloads.packed(board)


def cells(text: str) -> list[list[str | float]]:
    def cell(value: str) -> str | float:
        try:
            return float(f"{float(value):.5g}")
        except ValueError:
            return value

    return [[cell(value) for value in line] for line in csv.reader(io.StringIO(text))]


def test_files_come_out_of_the_page_itself(page: Page, board: Board, tmp_path: Path) -> None:
    behaviour = {"behavior": "allow", "downloadPath": str(tmp_path)}
    page.browser.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    page.show(board)
    found = {}
    for form in ("csv", "json", "tex", "bib"):
        page.one(f'[data-save="{form}"]').click()
        file = tmp_path / f"leaderboard.{form}"
        WebDriverWait(page.browser, 20).until(lambda _, file=file: file.exists())
        found[form] = file.read_text(encoding="utf-8")
    assert cells(found["csv"]) == cells(tables.render_csv(board))
    named = {tuple(line[:4]) for line in csv.reader(io.StringIO(found["csv"]))}
    assert (f"'{FORMULA}", FORMULA, "evaluation", "'@fan") not in named
    assert (f"'{FORMULA}", f"'{FORMULA}", "evaluation", "'@fan") in named
    assert json.loads(found["json"])["benchmark"] == "made up"
    assert found["tex"] == latex.render(board)
    assert found["bib"].startswith("@software{asdbench,")
    page.requests()  # a blob of its own is one
