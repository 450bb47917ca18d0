"""Methods come in by the front door, as everybody else's do."""

from __future__ import annotations

import ast
from pathlib import Path

import asdbench_methods
import pytest

import asdbench
import asdbench.training

FILES = sorted(Path(asdbench_methods.__file__).parent.glob("*.py"))
DOORS = {
    "asdbench": {*asdbench.__all__},
    "asdbench.training": {*asdbench.training.__all__},
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_of_asdbench_a_method_imports_only_what_its_front_doors_offer(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("asdbench") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("asdbench"):
            assert node.module in DOORS
            assert {alias.name for alias in node.names} <= DOORS[node.module]
        elif isinstance(node, ast.ImportFrom) and node.level:
            assert node.level == 1
