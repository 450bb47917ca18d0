"""A detector as ONNX files that score samples without asdbench, checked against it.

Shapes: N clips, S samples, I machine IDs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from asdbench.config import files
from asdbench.config.imports import imported
from asdbench.data.threads import threads
from asdbench.detector.description import EVERY, MachineId
from asdbench.detector.detector import Detector
from asdbench.detector.onnx_check import (
    clips_for,
    difference,
    milliseconds,
    run,
    scores_of,
    session_of,
)
from asdbench.detector.onnx_readme import ExportedNetwork, onnx_readme
from asdbench.detector.references import legal

FOLDER = "onnx"
REPORT = "report.json"
TOLERANCE = 1e-4


def export_onnx(
    detector: Detector, progress: Callable[[int, int], None] = lambda *_: None
) -> list[ExportedNetwork]:
    """Write ``onnx/<machine type>.onnx`` into a detector's folder, or ``all.onnx`` of one fit.

    Input ``samples`` (N, S) float32 in [-1, 1], output ``scores`` (N, I) float32: a column for each
    machine ID in the detector's order. ``onnx/README.md`` and ``report.json`` tell the rest; so
    does each file's metadata.

    Args:
        detector: What is exported; its threshold is written down with it.
        progress: Is told how many of how many files are done.

    Returns:
        What was written, measured and compared.

    Raises:
        ValueError: where the packages aren't installed, a method can't be exported, or a file's
            scores differ from the detector's by more than 1e-4. Nothing is written then.
    """
    check_installed()
    if detector.numerics.device != "cpu":
        detector = Detector(detector.folder, device="cpu", threshold=str(detector.rule))
    place = detector.folder / FOLDER
    room = files.room_in(place, if_full="; free some space", if_denied="; copy the detector")
    with room, files.making(place) as folder:
        wanted = list(_files(detector))
        found: list[ExportedNetwork] = []
        for name, ids in wanted:
            progress(len(found), len(wanted))
            found.append(_one(detector, ids, folder / f"{name}.onnx"))
        progress(len(found), len(wanted))
        (folder / REPORT).write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")
        (folder / "README.md").write_text(onnx_readme(detector.about, found), encoding="utf-8")
    return found


def check_installed() -> None:
    """Raise ``ValueError``, saying what to install, where a package is missing."""
    for name in ("onnx", "onnxscript", "onnxruntime"):
        try:
            imported(name)
        except ImportError as error:
            raise ValueError(f'exporting needs {name}: pip install "asdbench[onnx]"') from error


def _files(detector: Detector) -> Iterator[tuple[str, list[MachineId]]]:
    """The name of each file, and its machine IDs: all, or where any member was fitted to one
    machine type at a time, those of a type."""
    ids = detector.about.ids
    if all(EVERY in member.parts for member in detector.about.members):
        yield "all", list(ids)
        return
    for machine in dict.fromkeys(machine for machine, _ in ids):
        yield legal(machine), [one for one in ids if one[0] == machine]


def _one(detector: Detector, ids: Sequence[MachineId], file: Path) -> ExportedNetwork:
    """Export, compare, and time."""
    from asdbench.detector.onnx_network import DetectorNetwork
    from asdbench.detector.onnx_write import write

    thresholds = [detector.standings.of(one).limit.value for one in ids]
    about = {
        "label": detector.about.label,
        "detector": detector.about.hash,
        "ids": json.dumps(ids),
        "thresholds": json.dumps(thresholds),
        "sample_rate": str(detector.rate),
        "samples": str(detector.length),
    }
    network = DetectorNetwork(detector, ids).eval()
    try:
        write(network, detector.length, file, about)
        session = session_of(file)
    except ValueError as error:
        raise ValueError(f"{detector.about.label} can't be exported: {error}") from error
    samples_NS, whose = clips_for(detector, ids)
    with threads(detector.numerics.threads):
        wanted_N = scores_of(detector, samples_NS, whose)
    columns = [list(ids).index(one) for one in whose]
    found_N = run(session, samples_NS)[range(len(whose)), columns]
    apart = difference(wanted_N, found_N)
    if not apart <= TOLERANCE:
        raise ValueError(
            f"{detector.about.label} can't be exported: with ONNX Runtime its scores differ by "
            f"{apart:.1g} of their size, and {TOLERANCE:g} is allowed"
        )
    return ExportedNetwork(
        file=file.name,
        ids=tuple(ids),
        thresholds=tuple(thresholds),
        sample_rate=detector.rate,
        samples=detector.length,
        size=file.stat().st_size,
        clips=len(whose),
        difference=apart,
        milliseconds=milliseconds(lambda clip: run(session, clip), samples_NS),
        torch_milliseconds=milliseconds(
            lambda clip: scores_of(detector, clip, ids[:1]), samples_NS
        ),
    )
