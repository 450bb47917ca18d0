"""Execute docs/python.ipynb anew and keep what it shows: python ci/notebook.py"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "docs" / "python.ipynb"


def executed(path: Path, folder: Path) -> nbformat.NotebookNode:
    """The notebook with today's outputs, run by a kernel in a folder; a cell that fails raises."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return notebook


def main() -> None:
    """Write the notebook with its outputs; what tells of this computer stays out."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = executed(NOTEBOOK, Path(folder))
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":  # warnings of other libraries tell where they are installed
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, NOTEBOOK)
    sys.stdout.write(f"{NOTEBOOK}: {len(notebook.cells)} cells\n")


if __name__ == "__main__":
    main()
