"""Which parts of a clip its score hangs on: each is replaced, and the score measured again.

Shapes: S samples, N changed clips, B mel bands, T frames, F frequencies, K x L parts in frequency
and time.

Source of the idea: Zeiler and Fergus, "Visualizing and understanding convolutional networks", ECCV
2014, who grey out parts of an image. A machine's silence is itself an anomaly, so that what
replaces a part here is the same part of a normal clip.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from asdbench.config.imports import imported
from asdbench.data.decode import Samples

Array = NDArray[np.float64]
Places = NDArray[np.intp]
BANDS, TIMES = 10, 12
WINDOW = 1024


def occluded(
    samples_S: Samples,
    normal_S: Samples | None,
    score: Callable[[Samples], Array],
    bands: int,
    frames: int,
    rate: int,
) -> Array:
    """How much the score of a clip falls without each of its parts (B, T).

    A part is a tenth of the mel scale for a twelfth of the clip. ``score`` gives those of changed
    clips (N, S); ``normal_S`` is what replaces a part, turned in time to fit, or silence.
    """
    signal = imported("scipy.signal")
    options = {"fs": rate, "nperseg": min(WINDOW, len(samples_S))}
    frequency_F, time_T, clip_FT = signal.stft(samples_S.astype(np.float64), **options)
    normal_FT = np.zeros_like(clip_FT)
    if normal_S is not None:
        normal_FT = signal.stft(normal_S.astype(np.float64), **options)[2]
        normal_FT = np.roll(normal_FT, _lag(np.abs(clip_FT), np.abs(normal_FT)), axis=1)
    rows = [np.flatnonzero(part) for part in _between(frequency_F, _edges(bands, rate))]
    cuts = np.linspace(0, len(samples_S) / rate, TIMES + 1)
    columns = [np.flatnonzero(part) for part in _between(time_T, cuts)]

    def without(part: tuple[Places, Places]) -> Samples:
        changed_FT, here = clip_FT.copy(), np.ix_(*part)
        changed_FT[here] = normal_FT[here]
        back = signal.istft(changed_FT, **options)[1]
        whole = np.zeros(len(samples_S))
        whole[: len(back)] = back[: len(whole)]
        found: Samples = np.clip(np.rint(whole), -32768, 32767).astype(np.int16)
        return found

    changed_NS = np.stack([without(part) for part in itertools.product(rows, columns)])
    scores_N = score(np.concatenate([samples_S[None], changed_NS]))
    falls_KL = (scores_N[0] - scores_N[1:]).reshape(len(rows), len(columns))
    return _enlarged(falls_KL, bands, frames)


def _lag(clip_FT: Array, normal_FT: Array) -> int:
    """By how many frames a normal clip is turned, so that what it does in time is where the clip
    does it: the largest circular correlation of their decibels, all frequencies together."""
    both = [np.log(x_FT + 1) for x_FT in (clip_FT, normal_FT)]
    one, other = (np.fft.rfft(x_FT - x_FT.mean(axis=1, keepdims=True), axis=1) for x_FT in both)
    return int(np.fft.irfft((one * other.conj()).sum(axis=0), clip_FT.shape[1]).argmax())


def _edges(bands: int, rate: int) -> Array:
    """The frequencies in Hz between which the parts lie: equal steps of HTK's mel scale."""
    top = 2595 * np.log10(1 + rate / 2 / 700)
    found: Array = 700 * (10 ** (np.linspace(0, top, min(BANDS, bands) + 1) / 2595) - 1)
    return found


def _between(values: Array, edges: Array) -> Iterator[NDArray[np.bool_]]:
    """Which values are in each part; the last one has all that lie beyond."""
    for low, high in itertools.pairwise([*edges[:-1], np.inf]):
        yield (values >= low) & (values < high)


def _enlarged(x_KL: Array, bands: int, frames: int) -> Array:
    """Each part's value in all of its bands and frames (B, T)."""
    rows = (np.arange(bands) * len(x_KL)) // bands
    columns = (np.arange(frames) * x_KL.shape[1]) // frames
    found: Array = x_KL[np.ix_(rows, columns)]
    return found
