"""What the documents tell a reader to run, run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from asdbench.config import plugins
from asdbench.config.experiment import experiments, read
from asdbench.config.selection import choose
from asdbench.execution.contract import check

ROOT = Path(__file__).parents[1]
METHODS = {"autoencoder", "id_classifier", "id_contrastive", "knn", "simclr"}


def python_blocks(name: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / name).read_text(), re.M | re.S)


@pytest.mark.parametrize(
    ("document", "file"), [("docs/add-a-method.md", "mine.py"), ("README.md", "louder.py")]
)
def test_the_method_shown_keeps_the_contract_and_runs(
    document: str, file: str, tmp_path: Path
) -> None:
    path = tmp_path / file
    path.write_text(python_blocks(document)[0])
    findings = list(check(plugins.find(plugins.METHODS, str(path)), {}))
    assert [f.rule for f in findings if not f.passed] == []
    words = ["run", "smoke", "--methods", str(path), "--repeats", "1", "--out", "o"]
    command = [sys.executable, "-m", "asdbench", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"| {path.stem}" in done.stdout


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
