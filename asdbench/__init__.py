"""asdbench: compare anomalous sound detection methods under one pipeline and one set of seeds.

The verbs of the command line are functions here; authors of methods find what they need beside
them. Importing it loads next to nothing: a name loads when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asdbench.ahead import dry_run, plan
    from asdbench.api import fit_detector, run, tune
    from asdbench.config.plugins import BrokenPluginError
    from asdbench.config.seeds import derive
    from asdbench.data.clips import Clip, Clips, Recording
    from asdbench.data.decode import FileSource, Generated
    from asdbench.data.loading import Dataset
    from asdbench.detector.detector import Detector
    from asdbench.detector.scored import RecordingScore
    from asdbench.detector.verbs import load_detector, make_detector
    from asdbench.evaluation import Board, Row
    from asdbench.execution.contract import Finding, check
    from asdbench.execution.dry_run import DryRun
    from asdbench.execution.outlook import Outlook
    from asdbench.execution.run import Run
    from asdbench.listening.make import ClipsPage, make_clips
    from asdbench.results.export import Exported, export_scores
    from asdbench.results.interchange import Imported, import_scores
    from asdbench.results.leaderboard import Leaderboard, load_board, render
    from asdbench.site.write import SiteWritten, write_site
    from asdbench.submission.check import check_submission
    from asdbench.submission.make import SubmissionMade, make_submission
    from asdbench.submission.reading import Flaw
    from asdbench.tracking.server import serve
    from asdbench.training.method import Context, Method, Scope, added, tunable
    from asdbench.tuning.tune import Tuned

_WHERE = {
    "Board": "evaluation",
    "BrokenPluginError": "config.plugins",
    "Clip": "data.clips",
    "Clips": "data.clips",
    "ClipsPage": "listening.make",
    "Context": "training.method",
    "Dataset": "data.loading",
    "Detector": "detector.detector",
    "DryRun": "execution.dry_run",
    "Exported": "results.export",
    "FileSource": "data.decode",
    "Flaw": "submission.reading",
    "Finding": "execution.contract",
    "Generated": "data.decode",
    "Imported": "results.interchange",
    "Leaderboard": "results.leaderboard",
    "Method": "training.method",
    "Outlook": "execution.outlook",
    "Recording": "data.clips",
    "Row": "evaluation",
    "Run": "execution.run",
    "Scope": "training.method",
    "RecordingScore": "detector.scored",
    "SiteWritten": "site.write",
    "SubmissionMade": "submission.make",
    "Tuned": "tuning.tune",
    "added": "training.method",
    "check": "execution.contract",
    "check_submission": "submission.check",
    "derive": "config.seeds",
    "dry_run": "ahead",
    "export_scores": "results.export",
    "fit_detector": "api",
    "import_scores": "results.interchange",
    "load_board": "results.leaderboard",
    "load_detector": "detector.verbs",
    "make_clips": "listening.make",
    "make_detector": "detector.verbs",
    "make_submission": "submission.make",
    "plan": "ahead",
    "render": "results.leaderboard",
    "run": "api",
    "serve": "tracking.server",
    "tunable": "training.method",
    "tune": "api",
    "write_site": "site.write",
}
__all__ = [
    "Board",
    "BrokenPluginError",
    "Clip",
    "Clips",
    "ClipsPage",
    "Context",
    "Dataset",
    "Detector",
    "DryRun",
    "Exported",
    "FileSource",
    "Finding",
    "Flaw",
    "Generated",
    "Imported",
    "Leaderboard",
    "Method",
    "Outlook",
    "Recording",
    "RecordingScore",
    "Row",
    "Run",
    "Scope",
    "SiteWritten",
    "SubmissionMade",
    "Tuned",
    "added",
    "check",
    "check_submission",
    "derive",
    "dry_run",
    "export_scores",
    "fit_detector",
    "import_scores",
    "load_board",
    "load_detector",
    "make_clips",
    "make_detector",
    "make_submission",
    "plan",
    "render",
    "run",
    "serve",
    "tunable",
    "tune",
    "write_site",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from asdbench.config.imports import undisturbed

    with undisturbed():
        return getattr(import_module(f"asdbench.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return __all__
