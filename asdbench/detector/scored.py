"""What a recording's score is, with all that is to be known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from asdbench.detector.description import MachineId
from asdbench.detector.standing import Standing
from asdbench.evaluation.limits import Limit, percentile

AT_ONCE = 128  # windows; a multiple of the batches that methods score in


@dataclass(frozen=True)
class ScoredWindow:
    """One window of a recording.

    Attributes:
        start: Where it begins, in seconds.
        score: Higher is more anomalous; None where there is nothing to score.
        alarm: Whether it is above the threshold; None where there is no score.
        warnings: What is wrong with its sound.
    """

    start: float
    score: float | None
    alarm: bool | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordingScore:
    """A recording's score: that of its most anomalous window.

    Attributes:
        machine: Its machine type.
        id: Its machine ID.
        score: Higher is more anomalous; None where there is nothing to score.
        percentile: How many per cent of the training clips' scores it is above or equal to.
        alarm: Whether it is above the threshold.
        threshold: The threshold, and what it promises.
        at: Where its most anomalous window begins, in seconds.
        windows: All of its windows.
        warnings: Why its score may not mean what it says.
        excess: How far it lies above the mean of the training clips' scores, in their deviations.
    """

    machine: str
    id: str
    score: float | None
    percentile: float | None
    alarm: bool | None
    threshold: Limit
    at: float
    windows: tuple[ScoredWindow, ...]
    warnings: tuple[str, ...] = ()
    excess: float = -np.inf

    @property
    def alarms(self) -> int:
        """How many of its windows are above the threshold."""
        return sum(bool(window.alarm) for window in self.windows)

    @classmethod
    def of(
        cls,
        windows: Sequence[ScoredWindow],
        one: MachineId,
        standing: Standing,
        said: Sequence[str],
    ) -> RecordingScore:
        """A recording of these windows; ``said`` are warnings of all of it."""
        scored = [window for window in windows if window.score is not None]
        worst = max(scored, key=_score_of, default=windows[0])
        return cls(
            machine=one[0],
            id=one[1],
            score=worst.score,
            percentile=None if worst.score is None else percentile(standing.train, worst.score),
            alarm=any(window.alarm for window in scored) if scored else None,
            threshold=standing.limit,
            at=worst.start,
            windows=tuple(windows),
            warnings=(*said, *_gathered(windows)),
            excess=-np.inf if worst.score is None else standing.excess(worst.score),
        )


def _score_of(window: ScoredWindow) -> float:
    return -np.inf if window.score is None else window.score


def _gathered(windows: Sequence[ScoredWindow]) -> Iterator[str]:
    """Each kind of warning once, with how many windows have it."""
    kinds: dict[str, list[str]] = {}
    for window in windows:
        for text in window.warnings:
            kinds.setdefault(text.partition(":")[0], []).append(text)
    for said in kinds.values():
        few = f" ({len(said)} of {len(windows)} windows)" if len(windows) > 1 else ""
        yield f"{said[0]}{few}"
