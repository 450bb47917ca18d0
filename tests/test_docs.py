"""What the documents tell a reader to run, runs."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from inline import inline

import asdbench
from asdbench.config import plugins
from asdbench.config.experiment import experiments, read
from asdbench.config.selection import choose
from asdbench.execution.contract import findings

ROOT = Path(__file__).parents[1]
METHODS = {"autoencoder", "id_classifier", "id_contrastive", "knn", "simclr"}


def python_blocks(name: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / name).read_text(), re.M | re.S)


def test_the_methods_shown_keep_the_contract_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for document, file in (("docs/add-a-method.md", "mine.py"), ("README.md", "louder.py")):
        Path(file).write_text(python_blocks(document)[0])
        plugin = plugins.find(plugins.METHODS, file)
        assert [f.rule for f in findings(plugin, {}) if not f.passed] == []
    with inline():
        done = asdbench.run("smoke", methods=["./mine.py", "./louder.py"], repeats=1)
    assert {row.label for row in done.board.rows} == {"mine", "louder"}


def test_the_script_shown_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("compare.py").write_text("\n".join(python_blocks("docs/python.md")))
    with inline():
        runpy.run_path("compare.py")
    shown = capsys.readouterr().out
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
