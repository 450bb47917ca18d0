"""Any number of sound files scored, one after the other or on several cores; memory stays flat."""

from __future__ import annotations

import contextlib
import itertools
import math
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from asdbench.config.system import cores
from asdbench.data.windows import Piece, heard, joined
from asdbench.detector.description import MachineId
from asdbench.detector.detector import Detector
from asdbench.detector.naming import machine_of
from asdbench.detector.scored import AT_ONCE, RecordingScore, ScoredWindow
from asdbench.detector.window_scorer import OVERLAP
from asdbench.engines.server import Job, Message
from asdbench.engines.workers import Workers

AHEAD = 32  # files that are decoded while others are scored
A_JOB = 500  # files; fewer aren't worth a process
A_BLOCK = 64  # files that a process does before it is the other's turn


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


def score_files(
    detector: Detector, files: Sequence[Path], asked: ScoringRequest, *, jobs: int | None = None
) -> Iterator[FileScore]:
    """Every file's score, in order; a broken one has an error and doesn't stop the others.

    ``jobs`` processes share the work; by default as many as there are cores, where there are
    enough files for it.
    """
    at_once = min(jobs or cores(), -(-len(files) // A_JOB))
    if at_once < 2:
        yield from scores_of(detector, files, asked)
        return
    blocks = [files[start : start + A_BLOCK] for start in range(0, len(files), A_BLOCK)]
    parts = [blocks[first::at_once] for first in range(at_once)]
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(Workers()) as workers:
        told = _Told(detector.folder.resolve(), detector.numerics.device, str(detector.rule), asked)
        todo = [Job((told, part), Path(folder)) for part in parts]
        yield from _in_order(parts, workers.run(todo, _work, at_once=at_once))


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


@dataclass(frozen=True)
class _Told:
    """What a process needs to load the same detector."""

    folder: Path
    device: str
    threshold: str
    asked: ScoringRequest


def _work(argument: tuple[_Told, Sequence[Sequence[Path]]], say: Callable[..., None]) -> None:
    """Score some blocks of files in a process of its own."""
    told, blocks = argument
    detector = Detector(told.folder, device=told.device, threshold=told.threshold)
    scores = scores_of(detector, itertools.chain.from_iterable(blocks), told.asked)
    for block in blocks:
        say(list(islice(scores, len(block))))


def _in_order(
    parts: Sequence[Sequence[Sequence[Path]]], messages: Iterable[Message]
) -> Iterator[FileScore]:
    """What processes say of their blocks, in the order of the files: each has a block in turn."""
    said: list[list[list[FileScore]]] = [[] for _ in parts]
    count, now = sum(map(len, parts)), 0
    for message in messages:
        found, part = said[message.place], parts[message.place]
        if message.kind == "said":
            found.append(message.content[0])
        elif message.kind in {"failed", "died"}:
            lost = part[len(found) :]
            found += [[FileScore(f, None, message.content[0]) for f in block] for block in lost]
        while now < count and len(said[now % len(parts)]) > now // len(parts):
            yield from said[now % len(parts)][now // len(parts)]
            said[now % len(parts)][now // len(parts)] = []
            now += 1
