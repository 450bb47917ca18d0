"""Any number of sound files scored, one after the other; memory stays flat."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from asdbench.data.windows import Piece, heard, joined
from asdbench.detector.description import MachineId
from asdbench.detector.detector import Detector
from asdbench.detector.naming import machine_of
from asdbench.detector.scored import AT_ONCE, RecordingScore, ScoredWindow
from asdbench.detector.window_scorer import OVERLAP

AHEAD = 32  # files that are decoded while others are scored


@dataclass(frozen=True)
class FileScore:
    """What came of a file: its score, or why it has none."""

    file: Path
    scored: RecordingScore | None
    error: str = ""

    @property
    def excess(self) -> float:
        """How far it lies above its machine's usual score, in training clips' deviations."""
        return self.scored.excess if self.scored else -math.inf


@dataclass(frozen=True)
class ScoringRequest:
    """How files are scored: whose they are, where their path doesn't say it, and their windows."""

    machine: str | None = None
    id: str | None = None
    overlap: float = OVERLAP


@dataclass(frozen=True)
class Opened:
    """A file that is decoded, or will be while it is read."""

    file: Path
    one: MachineId
    notes: tuple[str, ...]
    windows: Iterator[Piece]


def scores_of(
    detector: Detector, files: Iterable[Path], asked: ScoringRequest
) -> Iterator[FileScore]:
    """Every file's score, in order, in this process."""
    waiting: list[Opened | FileScore] = []
    known: dict[Path, list[ScoredWindow]] = {}
    pending: list[tuple[Opened, Piece]] = []

    def scored() -> Iterator[FileScore]:
        """Score what is pending, and tell all files that are over."""
        for (opened, _), window in zip(pending, _score(detector, pending), strict=True):
            known[opened.file].append(window)
        pending.clear()
        for one in waiting:
            if isinstance(one, FileScore):
                yield one
            else:
                found = detector.summed(known.pop(one.file), one.one, one.notes)
                yield FileScore(one.file, found)
        waiting.clear()

    for opened in _opened(detector, files, asked):
        if isinstance(opened, FileScore):
            waiting.append(opened)
            continue
        known[opened.file] = []
        error = ""
        try:
            for piece in opened.windows:
                pending.append((opened, piece))
                if len(pending) == AT_ONCE:
                    yield from scored()
        except ValueError as trouble:  # a long file that is broken further on
            error = str(trouble)
        if not error and not any(o is opened for o, _ in pending) and not known[opened.file]:
            error = f"{opened.file} is shorter than its header says, and holds no whole window"
        if error:
            pending = [(other, piece) for other, piece in pending if other is not opened]
            known.pop(opened.file)
            waiting.append(FileScore(opened.file, None, error))
        else:
            waiting.append(opened)
    yield from scored()


def _score(detector: Detector, pending: Sequence[tuple[Opened, Piece]]) -> Iterator[ScoredWindow]:
    """Windows of any machines, each run of one machine ID at once."""
    for one, run in groupby(pending, key=lambda pair: pair[0].one):
        yield from detector.score_windows([piece for _, piece in run], one)


def _opened(
    detector: Detector, files: Iterable[Path], asked: ScoringRequest
) -> Iterator[Opened | FileScore]:
    """Files, decoded ahead in a thread; those that can't be read have their error."""
    cut = detector.cut(asked.overlap)

    def open_one(file: Path) -> Opened | FileScore:
        try:
            if not file.exists():
                raise ValueError(f"no file {file}")
            place = file.resolve()
            one = machine_of(place, detector.machines, asked.machine, asked.id)
            every = [heard(file, channel, cut) for channel in detector.about.channels]
        except (ValueError, OSError) as error:
            return FileScore(file, None, str(error))
        notes = tuple(dict.fromkeys(note for each in every for note in each.notes))
        windows = zip(*(each.windows for each in every), strict=True)
        return Opened(file, one, notes, map(joined, windows))

    with ThreadPoolExecutor(1) as thread:
        left = iter(files)
        ahead: deque[Future[Opened | FileScore]] = deque(
            thread.submit(open_one, file) for file in islice(left, AHEAD)
        )
        while ahead:
            found = ahead.popleft().result()
            ahead.extend(thread.submit(open_one, file) for file in islice(left, 1))
            yield found
