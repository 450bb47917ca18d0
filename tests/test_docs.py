"""What the documents tell a reader to run, runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import asdbench
from asdbench.config.experiment import experiments, read
from asdbench.config.selection import choose

ROOT = Path(__file__).parents[1]
METHODS = {"autoencoder", "id_classifier", "id_contrastive", "knn", "simclr"}


def python_blocks(name: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / name).read_text(), re.M | re.S)


def run(*words: str, cwd: Path) -> str:
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_methods_shown_keep_the_contract_and_run(tmp_path: Path) -> None:
    for document, file in (("docs/add-a-method.md", "mine.py"), ("README.md", "louder.py")):
        path = tmp_path / file
        path.write_text(python_blocks(document)[0])
        assert [f.rule for f in asdbench.check(str(path)) if not f.passed] == []
    words = ["run", "smoke", "--methods", "./mine.py,./louder.py", "--repeats", "1", "--out", "o"]
    board = run("-m", "asdbench", *words, cwd=tmp_path)
    assert "| mine" in board
    assert "| louder" in board


def test_the_script_shown_runs_as_it_stands(tmp_path: Path) -> None:
    script = tmp_path / "compare.py"
    script.write_text("\n".join(python_blocks("docs/python.md")))
    shown = run(str(script), cwd=tmp_path)
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
