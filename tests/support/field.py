"""A small field: two output folders, an import and a submission, on the clips that tests share."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from small_runs import planned, ran

import asdbench
from asdbench.data.clips import Clips
from asdbench.results.kept_files import seal_of

ABOUT = """
title = "Wide <b>neighbours</b>"
authors = ["Ada Lovelace", "Grace Hopper"]
team = "Analytical Engines"
description = "Three neighbours."
paper = "https://example.org/paper"
code = "https://example.org/code"
"""


def dated(out: Path, moment: str, *, version: str = "0.1.0", source: str = "") -> Path:
    """Says when the folder's cells were done, by which version of asdbench, of which source."""
    for path in out.glob("cells/*/cell.json"):
        record = json.loads(path.read_text())
        facts = record["facts"]
        facts["imported" if "imported" in facts else "finished"] = moment
        if "versions" in facts:
            facts["versions"]["asdbench"] = version
        facts |= {"source": source} if source else {}
        path.write_text(json.dumps(record))
    return out


def example(folder: Path, clips: Clips) -> list[Path]:
    """The four folders: ``spring``, ``autumn``, ``imports`` and ``lab``, the submission."""
    small = {"autoencoder": {"epochs": 1}}
    ran(folder / "spring", clips, planned(clips, "knn", "autoencoder", methods=small))
    ran(folder / "autumn", clips, planned(clips, "knn", methods={"knn": {"k": 2}}))
    ran(folder / "run", clips, planned(clips, "knn", methods={"knn": {"k": 3}}, repeats=3))
    shutil.copytree(folder / "spring", folder / "imports")
    [exported] = asdbench.export_scores(folder / "spring", rows=["autoencoder"])
    asdbench.import_scores("theirs", exported.folder, out=folder / "imports")
    for label in ("knn", "autoencoder"):
        (folder / "imports" / "rows" / f"{label}.json").unlink()
    dated(folder / "run", "2026-05-01T12:00:00Z")
    asdbench.make_submission(["knn"], out=folder / "run", to=folder / "lab")
    (folder / "lab" / "submission.toml").write_text(ABOUT)
    return [
        dated(folder / "spring", "2025-03-10T12:00:00Z"),
        dated(folder / "autumn", "2025-10-02T12:00:00Z", version="0.2.0"),
        dated(folder / "imports", "2026-01-15T12:00:00Z"),
        folder / "lab",
    ]


def written_scores(path: Path, text: str) -> None:
    """Another ``scores.csv``, with a record that says so."""
    path.write_text(text)
    record = json.loads((path.parent / "cell.json").read_text())
    record["files"][path.name] = seal_of(text)
    (path.parent / "cell.json").write_text(json.dumps(record))


def rescored(out: Path, factor: float) -> Path:
    """Multiplies all scores of the folder: other bytes, the same order of clips."""
    for path in out.glob("cells/*/scores.csv"):
        head, *lines = [line.split(",") for line in path.read_text().splitlines()]
        for line in lines:
            line[5] = repr(float(line[5]) * factor)
        written_scores(path, "".join(",".join(line) + "\n" for line in [head, *lines]))
    return out
