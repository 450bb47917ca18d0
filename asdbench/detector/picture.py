"""A picture of a clip: its log-mel, what made its score high, and the nearest normal clip.

Shapes: B mel bands, T frames.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from asdbench.detector.scored import RecordingScore

TICKS = (250, 500, 1000, 2000, 4000, 8000, 16000)  # Hz
CLIP, ADDS = "magma", "Reds"
TITLES = ("this clip", "what made its score high", "nearest normal clip")
Array = NDArray[np.float64]


def picture(
    scored: RecordingScore,
    logmel_BT: Array,
    parts_BT: Array,
    nearest_BT: Array | None,
    *,
    how: str,
    title: str,
    seconds: float,
    rate: int,
) -> Figure:
    """The figure; with several windows, their scores over time are below."""
    several = len(scored.windows) > 1
    figure = Figure(figsize=(11, 5.4 if several else 3.6), layout="constrained")
    grid = figure.add_gridspec(2 if several else 1, 3, height_ratios=(3, 1.5)[: 1 + several])
    first = figure.add_subplot(grid[0, 0])
    axes = [first, *(figure.add_subplot(grid[0, n], sharey=first) for n in (1, 2))]
    levels = _levels([x_BT for x_BT in (logmel_BT, nearest_BT) if x_BT is not None])
    _draw(axes[0], logmel_BT, seconds, rate, CLIP, levels)
    _draw(axes[1], parts_BT, seconds, rate, ADDS, (0.0, max(float(parts_BT.max()), 1e-12)))
    if nearest_BT is not None:
        _draw(axes[2], nearest_BT, seconds, rate, CLIP, levels)
    else:
        axes[2].text(0.5, 0.5, "none is kept", ha="center", transform=axes[2].transAxes)
    for one, said in zip(axes, TITLES, strict=True):
        one.set_title(said, loc="left", fontsize=10)
    axes[0].set_ylabel("Hz")
    axes[1].set_xlabel(f"s\n{how}", fontsize=8)
    figure.suptitle(title, fontsize=11, parse_math=False)
    if several:
        _over_time(figure.add_subplot(grid[1, :]), scored)
    return figure


def _draw(
    axes: Axes,
    x_BT: Array,
    seconds: float,
    rate: int,
    colours: str,
    levels: tuple[float, float],
) -> None:
    bands = len(x_BT)
    axes.imshow(
        x_BT,
        origin="lower",
        aspect="auto",
        cmap=colours,
        vmin=levels[0],
        vmax=levels[1],
        extent=(0, seconds, 0, bands),
        interpolation="nearest",
    )
    top = _mel(rate / 2)
    ticks = [tick for tick in TICKS if tick <= rate / 2]
    axes.set_yticks([bands * _mel(tick) / top for tick in ticks], [f"{tick}" for tick in ticks])
    axes.set_xlabel("s")


def _over_time(axes: Axes, scored: RecordingScore) -> None:
    windows = [window for window in scored.windows if window.score is not None]
    if not windows:
        return
    starts = [window.start for window in windows]
    axes.plot(starts, [window.score or 0.0 for window in windows], color="#2563eb", lw=1)
    limit = scored.threshold.value
    axes.axhline(limit, color="#c2410c", lw=1, ls="--")
    axes.text(starts[0], limit, "threshold", color="#c2410c", va="bottom")
    axes.axvline(scored.at, color="0.6", lw=1)
    axes.set_xlabel("s")
    axes.set_ylabel("score")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _levels(clips: Sequence[Array]) -> tuple[float, float]:
    """One scale of dB for all clips: what is quieter than most of all is one colour."""
    values = np.concatenate([x_BT.ravel() for x_BT in clips])
    return float(np.quantile(values, 0.02)), float(values.max())


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))
