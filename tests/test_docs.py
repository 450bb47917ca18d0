"""What the documents tell a reader to run, runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from played import play

from asdbench.cli.app import app
from asdbench.config.experiment import experiments, read
from asdbench.config.selection import choose

ROOT = Path(__file__).parents[1]
METHODS = {"autoencoder", "id_classifier", "id_contrastive", "knn", "simclr"}


def test_the_script_shown_runs_as_it_stands(tmp_path: Path) -> None:
    shown = play(ROOT / "docs" / "python.md", tmp_path)
    assert "12 0 ()" in shown
    assert "autoencoder" in shown


@pytest.mark.parametrize("document", ["README.md", *(p.name for p in ROOT.glob("docs/*.md"))])
def test_every_link_leads_somewhere(document: str) -> None:
    path = ROOT / document if (ROOT / document).exists() else ROOT / "docs" / document
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
        assert (path.parent / target).exists(), f"{document} links to {target}"


@pytest.mark.parametrize("name", experiments())
def test_every_experiment_can_be_planned(name: str) -> None:
    _, experiment = read(name)
    choice = choose(experiment, ["all"])
    assert {row.method for row in choice.rows} >= METHODS
    assert {*experiment.variants} <= {row.label for row in choice.rows}
    assert experiments()[name].read_text().startswith("# ")


def _paths(command: Any, above: str) -> list[str]:
    """A command's path, or those of the commands below it."""
    below = getattr(command, "commands", {}).items()
    return [path for name, one in below for path in _paths(one, f"{above} {name}")] or [above]


def test_every_command_is_in_the_table_of_commands() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    known = _paths(typer.main.get_command(app), "asdbench")
    assert len(known) > 15
    assert not [path for path in known if f"`{path}" not in text]


def test_the_glossary_has_every_abbreviation_that_the_site_explains() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    short = (ROOT / "docs" / "includes" / "abbreviations.md").read_text()
    named = re.findall(r"^\*\[(.+?)\]:", short, re.M)
    assert len(named) > 5
    assert not [name for name in named if name not in glossary]
