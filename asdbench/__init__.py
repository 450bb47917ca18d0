"""asdbench: compare anomalous sound detection methods under one pipeline and one set of seeds.

The verbs of the command line are functions here; authors of methods find what they need beside
them. Importing it loads neither torch nor numpy: names load when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from asdbench.config.imports import undisturbed
from asdbench.config.seeds import derive
from asdbench.data.clips import Clip, Clips, Recording
from asdbench.evaluation import Board, Row
from asdbench.training.method import Context, Method, Scope, tunable

if TYPE_CHECKING:
    from asdbench.api import run, tune
    from asdbench.data.decode import FileSource, Generated
    from asdbench.data.loading import Dataset
    from asdbench.execution.contract import check
    from asdbench.results.interchange import export_scores, import_scores
    from asdbench.results.leaderboard import load_board, render
    from asdbench.tracking.server import serve

_WHERE = {
    "Dataset": "asdbench.data.loading",
    "FileSource": "asdbench.data.decode",
    "Generated": "asdbench.data.decode",
    "check": "asdbench.execution.contract",
    "export_scores": "asdbench.results.interchange",
    "import_scores": "asdbench.results.interchange",
    "load_board": "asdbench.results.leaderboard",
    "render": "asdbench.results.leaderboard",
    "run": "asdbench.api",
    "serve": "asdbench.tracking.server",
    "tune": "asdbench.api",
}
__all__ = [
    "Board",
    "Clip",
    "Clips",
    "Context",
    "Dataset",
    "FileSource",
    "Generated",
    "Method",
    "Recording",
    "Row",
    "Scope",
    "check",
    "derive",
    "export_scores",
    "import_scores",
    "load_board",
    "render",
    "run",
    "serve",
    "tunable",
    "tune",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with undisturbed():
        return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return __all__
