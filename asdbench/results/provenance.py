"""How a cell came about: its code, versions and computer."""

from __future__ import annotations

import platform
import subprocess
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from asdbench.config.system import cpu_model

VERSIONS = ("asdbench", "torch", "torchaudio", "numpy", "scipy", "scikit-learn")


def facts_of(source: str, *, on_gpu: bool) -> dict[str, Any]:
    """What a worker writes down beside a cell's results; ``source`` is the hash of its code."""
    import torch

    return {
        "source": source,
        "commit": commit(),
        "python": platform.python_version(),
        "versions": versions(VERSIONS),
        "cpu": cpu_model(),
        "gpu": torch.cuda.get_device_name() if on_gpu else None,
        "host": platform.node(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def versions(names: Iterable[str]) -> dict[str, str]:
    """The versions of these packages that are installed."""
    return {name: version(name) for name in names}


@cache
def commit() -> str | None:
    """The git commit of the checkout that asdbench runs from; None where it is installed.

    That of the first call, which is when a worker's server loads the code.
    """
    folder = Path(__file__).parents[2]
    if not (folder / ".git").exists():
        return None
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40"]
    command += ["--exclude", "*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
