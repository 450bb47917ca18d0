"""Many files scored by several processes, which take turns at blocks of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

from asdbench.config.system import cores
from asdbench.detector.detector import Detector
from asdbench.detector.scoring import FileScore, ScoringRequest, scores_of
from asdbench.engines.child import Child

A_JOB = 5000  # files; fewer aren't worth a process, which takes seconds to begin
A_BLOCK = 64  # files that a process does before it is the other's turn
_ENDED = "the process that had it ended; the system may have run out of memory"


@dataclass(frozen=True)
class Share:
    """What a process needs to load the same detector, and its blocks of files."""

    folder: Path
    device: str
    threshold: str
    asked: ScoringRequest
    blocks: Sequence[Sequence[Path]]


def score_files(
    detector: Detector, files: Sequence[Path], asked: ScoringRequest, *, jobs: int | None = None
) -> Iterator[FileScore]:
    """Every file's score, in order; a broken one has an error and doesn't stop the others.

    ``jobs`` processes share the work; by default as many as there are cores, where there are
    enough files for it.
    """
    blocks = [files[start : start + A_BLOCK] for start in range(0, len(files), A_BLOCK)]
    at_once = min(jobs or min(cores(), -(-len(files) // A_JOB)), len(blocks))
    if at_once < 2:
        yield from scores_of(detector, files, asked)
        return
    with ExitStack() as closing:
        children = []
        for first in range(at_once):
            children.append(Child(__name__, {}))
            closing.callback(children[-1].close, wait=False)
            told = detector.folder.resolve(), detector.numerics.device, str(detector.rule), asked
            with suppress(OSError):  # it has ended already, as is seen below
                children[-1].connection.send(Share(*told, blocks[first::at_once]))
        lost: dict[int, str] = {}
        for number, block in enumerate(blocks):
            here = number % at_once
            if here not in lost:
                try:
                    found = children[here].connection.recv()
                except (EOFError, OSError):
                    found = _ENDED
                if isinstance(found, list):
                    yield from found
                    continue
                lost[here] = found
            yield from (FileScore(file, None, f"{file}: {lost[here]}") for file in block)


def serve(driver: Connection) -> None:
    """Score one share, block by block."""
    share: Share = driver.recv()
    try:
        detector = Detector(share.folder, device=share.device, threshold=share.threshold)
        scores = scores_of(detector, itertools.chain.from_iterable(share.blocks), share.asked)
        for block in share.blocks:
            driver.send(list(islice(scores, len(block))))
    except ValueError as error:
        driver.send(str(error))
