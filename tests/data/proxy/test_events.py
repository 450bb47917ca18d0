"""Faults of strokes: missed, doubled or late, as many as asked for."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from waves import RATE, noise, times

from asdbench.data.proxy import events
from asdbench.data.proxy.families import FAMILIES


def strokes() -> np.ndarray:
    """A click of 20 ms every half second from 0.2 s on, under a hum that is far stronger."""
    wave = noise(0, level=0.002) + 2.0 * np.sin(2 * np.pi * 50 * times())
    ring = np.exp(-times(0.02) / 0.004) * np.sin(2 * np.pi * 2000 * times(0.02))
    for k in range(8):
        at = round((0.2 + 0.5 * k) * RATE)
        wave[at : at + len(ring)] += 0.5 * ring
    return wave


@pytest.mark.parametrize(("edits", "late_ms"), FAMILIES["event_edit"].strengths)
def test_event_edits_are_as_many_as_asked_for_and_late_by_that_much(
    edits: int, late_ms: float
) -> None:
    wave = strokes()
    kinds, which = Counter(), set()
    for seed in range(12):
        made = events.event_edit(wave, RATE, np.random.default_rng(seed), (edits, late_ms))
        changed = 0
        for k in range(8):
            stroke = slice(round((0.18 + 0.5 * k) * RATE), round((0.62 + 0.5 * k) * RATE))
            before, after = wave[stroke], made[stroke]
            if np.array_equal(before, after):
                continue
            changed += 1
            which.add(k)
            high = np.abs(np.diff(after)) > 0.1
            blows = np.flatnonzero(high)
            blows = blows[np.diff(blows, prepend=-RATE) > 0.02 * RATE]
            shift = (blows - np.flatnonzero(np.abs(np.diff(before)) > 0.1)[0]) / RATE * 1000
            if len(shift) == 0:
                kinds["missed"] += 1
            elif len(shift) == 2:
                assert shift[0] == pytest.approx(0, abs=0.2)
                assert 40 <= shift[1] <= 150
                kinds["doubled"] += 1
            else:
                assert shift == pytest.approx(late_ms, abs=0.2)
                kinds["late"] += 1
        assert changed == edits
    assert set(kinds) == {"missed", "doubled", "late"}
    assert len(which) > 4, "any stroke may be the faulty one"
