"""Datasets: plugins that declare recordings, and the one way from those to clips."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Protocol

from asdbench.bank import Progress, open_bank
from asdbench.clips import Clips, Recording
from asdbench.frontend import Frontend


class Dataset(Protocol):
    """A frozen dataclass whose fields say which recordings it declares."""

    def recordings(self) -> list[Recording]: ...


def load(
    recordings: list[Recording], frontend: Frontend, progress: Progress | None = None
) -> tuple[Clips, Frontend, dict[str, int]]:
    """The recordings' clips, the frontend with its clip length resolved, and what was adapted.

    The last tells how often each rule of ``docs/data.md`` was needed: {"2 channels: averaged": 7}.
    Raises ``ValueError`` where a recording can't be read.
    """
    # Declared, normal and anomalous clips lie in blocks; in the bank they must not.
    recordings = sorted(recordings, key=lambda r: _digest(r.source.identity))
    seconds = None if frontend.clip_seconds == "auto" else frontend.clip_seconds
    bank = open_bank(
        [recording.source for recording in recordings],
        rate=frontend.sample_rate,
        seconds=seconds,
        progress=progress,
    )
    resolved = replace(frontend, clip_seconds=bank.length / bank.rate)
    clips = [recording.clip for recording in recordings]
    return Clips(clips, range(len(clips)), bank, resolved).canonical(), resolved, dict(bank.notes)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
