"""The formats that come with asdbench, found as any plugin is."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

from boards import made

from asdbench.config import plugins


def test_every_format_is_installed_and_renders() -> None:
    found = {
        name: plugin.load() for name, plugin in plugins.available(plugins.LEADERBOARDS).items()
    }
    assert set(found) >= {"csv", "html", "json", "md", "tex"}
    board = made(["knn", "wide"], machines={"fan": 2}, subsets=["development"])
    starts = {
        "csv": "label,method,subset,",
        "html": "<!doctype html>",
        "md": "# made up",
        "tex": "% made up: leaderboard by asdbench",
    }
    for name, start in starts.items():
        assert found[name](board).startswith(start)
    assert json.loads(found["json"](board))["benchmark"] == "made up"


def test_of_asdbench_they_know_the_fronts_of_evaluation_and_pages_alone() -> None:
    """As a format of somebody else's may."""
    folder = Path(str(resources.files("asdbench_leaderboards")))
    text = "\n".join(file.read_text(encoding="utf-8") for file in folder.glob("*.py"))
    assert set(re.findall(r"(?:from|import) (asdbench[.\w]*)", text)) == {
        "asdbench.evaluation",
        "asdbench.pages",
    }
