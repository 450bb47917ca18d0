"""What goes wrong with a machine of single strokes: one is missed, comes twice, comes late."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from asdbench.config.imports import imported
from asdbench.data.synthetic.physics import Signal

_MOST = 4  # edits
_SECONDS = (0.04, 0.15)  # of an edited segment
_BEFORE = 0.01  # s from a segment's start to the peak of its event
_FADE = 0.005  # s
_APART = 0.3  # s between edited events: a segment, and where it is moved or repeated to
_FRAME = 0.01  # s


def event_edit(
    wave: Signal, rate: int, rng: np.random.Generator, edits_and_ms: tuple[int, float]
) -> Signal:
    """Strokes missed, doubled or late: so many events of the clip edited, late ones by so many ms.

    A segment of 40 to 150 ms around an event is covered by a quiet stretch of the clip (missed),
    heard again where it ends (doubled), or moved (late). Cross-fades of 5 ms, at equal power.
    """
    edits, late_ms = edits_and_ms
    lengths = (rate * rng.uniform(*_SECONDS, size=_MOST)).astype(np.int64)
    kinds = rng.integers(3, size=_MOST)
    hop = max(2, round(_FRAME * rate))
    stir = _stir(wave, hop)
    peaks = _events(stir, round(_APART * rate / hop), rng)[:edits]
    out = wave
    for peak, length, kind in zip(peaks, lengths, kinds, strict=False):
        start = int(peak) * hop - round(_BEFORE * rate)
        event = _taken(wave, start, length)
        if kind != 1:
            out = _pasted(out, start, _taken(wave, _quiet(stir, hop, length, rng), length), rate)
        if kind == 1:
            out = _pasted(out, start + length, event, rate)
        if kind == 2:
            out = _pasted(out, start + round(late_ms * rate / 1000), event, rate)
    return out


def _stir(wave: Signal, hop: int) -> Signal:
    """How much happens around every ``hop``-th sample: power against its median over the clip.

    The mean of that over frequencies, so that hum and rumble, strong but steady, hide no event.
    """
    around = np.arange(0, len(wave), hop)[:, None] + np.arange(-hop, hop)
    frames = np.take(wave, around, mode="wrap") * np.hanning(2 * hop)
    power = np.square(np.abs(np.fft.rfft(frames)))
    usual = np.median(power, axis=0)
    return np.asarray(np.mean(power / np.maximum(usual, 1e-30), axis=1))


def _events(stir: Signal, apart: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Frames of the clip's events: those that stand out in random order, then the loudest others.

    To stand out is to be, in dB, nearer to the loudest event than to the usual stir.
    """
    find_peaks = imported("scipy.signal").find_peaks
    peaks = find_peaks(stir, distance=apart)[0]
    loudest = peaks[np.argsort(-stir[peaks], kind="stable")]
    distinct = np.square(stir[loudest]) > np.max(stir) * np.median(stir)
    return np.concatenate([rng.permutation(loudest[distinct]), loudest[~distinct]])


def _quiet(stir: Signal, hop: int, length: int, rng: np.random.Generator) -> int:
    """Where one of the quietest tenth of the clip's stretches of this length begins."""
    frames = np.arange(len(stir))[:, None] + np.arange(-(-length // hop) + 1)
    stretches = np.take(stir, frames, mode="wrap").max(axis=1)
    quietest = np.argsort(stretches, kind="stable")[: max(1, len(stir) // 10)]
    return int(rng.choice(quietest)) * hop


def _taken(wave: Signal, start: int, length: int) -> Signal:
    return np.take(wave, np.arange(start, start + length), mode="wrap")


def _pasted(wave: Signal, start: int, piece: Signal, rate: int) -> Signal:
    """The loop with a piece in place of what was there, cross-faded at both ends."""
    ends = np.minimum(np.arange(len(piece)) + 0.5, np.arange(len(piece))[::-1] + 0.5)
    angle = np.pi / 2 * np.clip(ends / (_FADE * rate), 0.0, 1.0)
    at = np.arange(start, start + len(piece)) % len(wave)
    out = wave.copy()
    out[at] = np.cos(angle) * wave[at] + np.sin(angle) * piece
    return out
