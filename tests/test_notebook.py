"""The notebook of the documents runs, in a real kernel: cells run from there too."""

from __future__ import annotations

import runpy
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]


def _shown(notebook: nbformat.NotebookNode) -> list[str]:
    return [
        output["data"]["text/plain"] if "data" in output else output.get("text", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.get("name") != "stderr"
    ]


def test_the_notebook_runs_and_shows_what_it_is_kept_with(tmp_path: Path) -> None:
    script = runpy.run_path(str(ROOT / "ci" / "notebook.py"))
    kept = nbformat.read(script["NOTEBOOK"], as_version=4)
    now = script["executed"](script["NOTEBOOK"], tmp_path)
    assert len(_shown(now)) == len(_shown(kept))
    assert "12 cells run, 0 kept from before, 0 failed" in _shown(now)[0]
    assert _shown(now)[1] == "0"
    assert (tmp_path / "runs" / "smoke" / "leaderboard.html").exists()
    assert "did you mean autoencoder?" in _shown(now)[-1]
