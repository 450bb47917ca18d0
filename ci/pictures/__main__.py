"""Make the pictures of the README and of docs/: python ci/pictures RUNS [VIEW ...]

RUNS is a folder with a run of demo and of first-shot, each under its name. Without a
view, all are made. A new view is a file here with a function ``pictures(runs)``, and a line below.

Needs chromium and chromedriver.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import board
import clips
import documents
import mlflow_pages
import optuna_page
import site_pages
import terminal
import tuned
from browser import IMAGES

VIEWS = {
    "board": board.pictures,
    "clips": clips.pictures,
    "documents": documents.pictures,
    "mlflow": mlflow_pages.pictures,
    "tuned": tuned.pictures,
    "optuna": optuna_page.pictures,
    "site": site_pages.pictures,
    "terminal": terminal.pictures,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the pictures of the README and of docs/.")
    parser.add_argument("runs", type=Path)
    parser.add_argument("views", nargs="*", metavar="view", help=", ".join(VIEWS))
    asked = parser.parse_args()
    if unknown := set(asked.views) - set(VIEWS):
        parser.error(f"no such view: {', '.join(sorted(unknown))}; there are {', '.join(VIEWS)}")
    IMAGES.mkdir(exist_ok=True)
    for view in asked.views or VIEWS:
        VIEWS[view](asked.runs)
