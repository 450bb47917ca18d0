"""Clips with something told of them: domain and attributes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from asdbench import Clip, Clips


def telling(clips: Clips, tell: Callable[[int, Clip], Clip]) -> Clips:
    """The same sound, with what ``tell(place, clip)`` makes of each clip."""
    told = [tell(place, clip) for place, clip in enumerate(clips)]
    _, (_, rows, bank, frontend, *_) = clips.__reduce__()  # type: ignore[misc]
    return Clips(told, rows, bank, frontend)


def with_speeds(clips: Clips) -> Clips:
    """Of each machine ID, every other clip runs fast, and every fourth is of the target domain."""
    seen: Counter[tuple[str, str]] = Counter()

    def tell(_: int, clip: Clip) -> Clip:
        place = seen[clip.machine, clip.id]
        seen[clip.machine, clip.id] += 1
        speed = "fast" if place % 2 else "slow"
        domain = "target" if place % 4 == 3 else "source"
        return replace(clip, attributes=(("vel", speed),), domain=domain)

    return telling(clips, tell)
