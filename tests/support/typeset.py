"""LaTeX, set by the real one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest


def typeset(folder: Path, body: str, *, top: str = r"\documentclass[twocolumn]{article}") -> str:
    """Set a document; its log."""
    if shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex here: the table's LaTeX is not compiled")
    parts = [top, r"\usepackage{booktabs}", r"\begin{document}", "Text.", body, r"\end{document}"]
    (folder / "paper.tex").write_text("\n".join(parts), encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "-no-shell-escape"]
    done = subprocess.run(
        [*command, "paper.tex"], cwd=folder, capture_output=True, timeout=120, check=False
    )
    log = done.stdout.decode(errors="replace")
    assert done.returncode == 0, log[-3000:]
    assert (folder / "paper.pdf").stat().st_size > 0
    return log


def too_wide(log: str) -> list[float]:
    """By how many points lines stick out."""
    return [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
