"""Files with a method in them, and a Python of its own to find them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Protocol

from asdbench.config.plugins import METHODS

LOUDNESS = '''
    """A module."""
    from dataclasses import dataclass
    from typing import ClassVar
    from asdbench import Clips, Context, Scope

    @dataclass
    class Loudness:
        """Louder is more anomalous."""

        scope: ClassVar[Scope] = "machine"
        sign: float = 1.0

        def fit(self, train: Clips, context: Context) -> None:
            pass

        def score(self, test: Clips):
            return self.sign * test.waves().square().mean(dim=1).numpy()
'''


class Install(Protocol):
    """Puts a module with an entry point where Python finds both."""

    def __call__(
        self, name: str, source: str, *, entry: str | None = None, group: str = METHODS
    ) -> None: ...


def written(path: Path, source: str) -> Path:
    """A file of this source, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(source))
    return path


def installed_in(folder: Path, name: str, source: str, *, entry: str, group: str) -> None:
    """A module and its entry point, as an installer would leave them in a folder."""
    module = f"{name}_of_{folder.name}".replace("-", "_").replace("[", "_").replace("]", "_")
    written(folder / f"{module}.py", source)
    info = folder / f"{name}-1.0.dist-info"
    written(info / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    written(info / "entry_points.txt", f"[{group}]\n{entry.format(module=module)}\n")


def python(code: str, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess:
    """A Python of its own, with a folder on its path."""
    places = [str(path or ""), os.environ.get("PYTHONPATH", "")]
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, places)),
        "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",  # nobody is there, which is soon found out
    }
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
