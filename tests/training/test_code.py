"""Checkpoints and stages are told by the code that made them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import asdbench
from asdbench.training.code import CODE

PACKAGE = Path(asdbench.__file__).parent


def _code_of(copy: Path) -> list[str]:
    line = "import json; from asdbench.training.code import CODE; print(json.dumps(CODE))"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(copy)!r}); {line}"]
    found: list[str] = json.loads(subprocess.check_output(command, text=True))
    return found


def test_it_changes_with_what_decides_what_is_trained_and_with_nothing_else(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "asdbench")
    for module in ("training/loop.py", "api.py", "cli/app.py"):
        with (tmp_path / "asdbench" / module).open("a") as file:
            file.write("# another day\n")
    changed = [now != before for now, before in zip(_code_of(tmp_path), CODE, strict=True)]
    assert changed.count(True) == 1  # the loop
