"""Follow a folder: each recording is scored once, when it is complete, and logged."""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from asdbench.config.files import content_of
from asdbench.config.said import with_kind
from asdbench.detector.detector import Detector
from asdbench.detector.recordings import is_recording
from asdbench.detector.scoring import FileScore, ScoringRequest, scores_of
from asdbench.detector.table import COLUMNS, line
from asdbench.detector.window_scorer import OVERLAP
from asdbench.results.tables import csv_text

OLD = 60.0  # seconds since it was last written: complete, though it is seen for the first time
SETTLE = 5.0  # seconds; a recorder that writes more seldom needs more
LOG_COLUMNS = ("time", "bytes", "modified_ns", *COLUMNS)


@dataclass(frozen=True)
class Version:
    """A file as it is now; another recording of the same name is another version."""

    file: str
    bytes: int
    modified: int


def watch(
    detector: Detector,
    incoming: Path,
    log: Path,
    *,
    machine: str | None = None,
    id: str | None = None,
    overlap: float = OVERLAP,
    every: float = 1.0,
    settle: float = SETTLE,
    show: Callable[[str], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Score what comes into a folder until ``stopped``, a line a file in ``log``.

    It is looked at every so many seconds. A file is complete when neither its size nor its time of
    change have differed for ``settle`` seconds. What the log has already isn't scored again, so
    that it goes on where it was ended. ``show`` is told every alarm, warning and error.

    Raises ``ValueError`` for a folder that there isn't, a log that can't be written, or that
    another watch is writing.
    """
    if not incoming.is_dir():
        raise ValueError(f"no folder {incoming}; name the one that recordings come into")
    if not every > 0 or not settle >= 0:
        raise ValueError(f"every = {every}, settle = {settle}: give seconds above 0")
    asked = ScoringRequest(machine, id, overlap)
    detector.cut(overlap)
    lock = FileLock(log.with_name(f".{log.name}.lock"))
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with lock.acquire(timeout=0):
            _follow(detector, incoming, log, asked, (every, settle), show, stopped)
    except Timeout:
        raise ValueError(f"another watch writes to {log}; end it, or use another log") from None
    except OSError as error:
        raise ValueError(f"cannot write {log}: {error.strerror}; nothing logged is lost") from error


def _follow(
    detector: Detector,
    incoming: Path,
    log: Path,
    asked: ScoringRequest,
    pace: tuple[float, float],
    show: Callable[[str], None],
    stopped: Callable[[], bool],
) -> None:
    done = _mended(log)
    show(f"watching {incoming}, {len(done)} files are in {log} already; Ctrl-C ends it")
    if detector.rule.kind == "gamma":
        one_in = 1 / (1 - detector.rule.value)
        show(
            f"at {detector.rule} about one normal clip in {one_in:.0f} is an alarm; --threshold "
            "alarms:1 or quantile:0.99 has fewer"
        )
    every, settle = pace
    seen: dict[Version, float] = {}  # since when a file has been as it is
    while not stopped():
        now = time.monotonic()
        seen = {one: seen.get(one, now) for one in set(_versions(incoming)) - done}
        complete = [one for one, since in seen.items() if now - since >= settle or _is_old(one)]
        for one in sorted(complete, key=lambda one: (one.modified, one.file)):
            found = _score(detector, Path(one.file), asked)
            _log(log, one, found)
            done.add(one)
            _tell(found, show)
            if stopped():
                return
        if not complete:
            time.sleep(every)


def _versions(folder: Path) -> Iterator[Version]:
    """The recordings in a folder, and in those below it."""
    for path in folder.rglob("*"):
        try:
            if is_recording(path):
                status = path.stat()
                yield Version(str(path), status.st_size, status.st_mtime_ns)
        except FileNotFoundError:
            continue  # it was moved away meanwhile


def _is_old(one: Version) -> bool:
    return time.time() - one.modified / 1e9 > OLD


def _score(detector: Detector, file: Path, asked: ScoringRequest) -> FileScore:
    try:
        (found,) = scores_of(detector, [file], asked)
    except Exception as error:  # noqa: BLE001 - a method's own fault: the watch goes on
        return FileScore(file, None, with_kind(error))
    return found


def _mended(log: Path) -> set[Version]:
    """What is logged already; a line that was cut off by a kill is taken away."""
    if not log.exists() or not log.stat().st_size:
        _append(log, [LOG_COLUMNS])
        return set()
    content = content_of(log)
    whole = content[: content.rfind(b"\n") + 1]
    if not whole.startswith(",".join(LOG_COLUMNS).encode()):
        raise ValueError(f"{log} is no log of asdbench watch; use another file")
    if whole != content:
        os.truncate(log, len(whole))
    return set(_logged(log, whole.decode("utf-8", "surrogateescape")))  # names may be other bytes


def _logged(log: Path, text: str) -> Iterator[Version]:
    """What the lines of a log say; ``ValueError`` with the line that says nothing."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for one in reader:
            yield Version(str(Path(one["file"])), int(one["bytes"]), int(one["modified_ns"]))
    except (csv.Error, TypeError, ValueError) as error:
        number = reader.line_num + isinstance(error, csv.Error)  # which comes before it counts
        raise ValueError(
            f"{log} line {number} isn't one that asdbench watch wrote ({error}); take it "
            "out, or use another file"
        ) from error


def _log(log: Path, one: Version, found: FileScore) -> None:
    now = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    _append(log, [[now, one.bytes, one.modified, *line(found)]])


def _append(log: Path, lines: list[Any]) -> None:
    """On the disk before it counts."""
    with open(log, "a", newline="", encoding="utf-8", errors="surrogateescape") as file:
        file.write(csv_text(lines))
        file.flush()
        os.fsync(file.fileno())


def _tell(found: FileScore, show: Callable[[str], None]) -> None:
    scored = found.scored
    if scored is None:
        show(f"not scored: {' '.join(found.error.split())}")
        return
    said = "; ".join(scored.warnings)
    if scored.alarm:
        show(
            f"ALARM {scored.machine} {scored.id}: {found.file}: score {scored.score:.4g}, "
            f"threshold {scored.threshold.value:.4g}{f' ({said})' if said else ''}"
        )
    elif said:
        show(f"warning: {scored.machine} {scored.id}: {found.file}: {said}")
