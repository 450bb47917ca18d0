"""A picture of a clip: its log-mel, what made its score high, and the nearest normal clip.

Shapes: B mel bands, T frames.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from asdbench.detector.explain import Explanation

TICKS = (250, 500, 1000, 2000, 4000, 8000, 16000)  # Hz
CLIP, ADDS = "magma", "Reds"


def picture(found: Explanation) -> Figure:
    """The figure; with several windows, their scores over time are below."""
    several = len(found.scored.windows) > 1
    figure = Figure(figsize=(11, 5.4 if several else 3.6), layout="constrained")
    grid = figure.add_gridspec(2 if several else 1, 3, height_ratios=(3, 1.5)[: 1 + several])
    first = figure.add_subplot(grid[0, 0])
    axes = [first, *(figure.add_subplot(grid[0, n], sharey=first) for n in (1, 2))]
    seconds = len(found.samples) / found.rate
    low, high = _levels(found)
    titles = ("this clip", "what made its score high", "nearest normal clip")
    _draw(axes[0], found.logmel, seconds, found.rate, CLIP, low, high)
    most = max(float(found.parts.max()), 1e-12)
    _draw(axes[1], found.parts, seconds, found.rate, ADDS, 0.0, most)
    if found.nearest_logmel is not None:
        _draw(axes[2], found.nearest_logmel, seconds, found.rate, CLIP, low, high)
    else:
        axes[2].text(0.5, 0.5, "none is kept", ha="center", transform=axes[2].transAxes)
    for one, title in zip(axes, titles, strict=True):
        one.set_title(title, loc="left", fontsize=10)
    axes[0].set_ylabel("Hz")
    figure.suptitle(found.text.splitlines()[0], fontsize=11)
    axes[1].set_xlabel(f"s\n{found.how}", fontsize=8)
    if several:
        _over_time(figure.add_subplot(grid[1, :]), found)
    return figure


def _draw(
    axes: Axes,
    x_BT: NDArray[np.float64],
    seconds: float,
    rate: int,
    colours: str,
    low: float,
    high: float,
) -> None:
    bands = len(x_BT)
    axes.imshow(
        x_BT,
        origin="lower",
        aspect="auto",
        cmap=colours,
        vmin=low,
        vmax=high,
        extent=(0, seconds, 0, bands),
        interpolation="nearest",
    )
    top = _mel(rate / 2)
    ticks = [tick for tick in TICKS if tick <= rate / 2]
    axes.set_yticks([bands * _mel(tick) / top for tick in ticks], [f"{tick}" for tick in ticks])
    axes.set_xlabel("s")


def _over_time(axes: Axes, found: Explanation) -> None:
    windows = [window for window in found.scored.windows if window.score is not None]
    starts = [window.start for window in windows]
    axes.plot(starts, [window.score or 0.0 for window in windows], color="#2563eb", lw=1)
    limit = found.scored.threshold.value
    axes.axhline(limit, color="#c2410c", lw=1, ls="--")
    axes.annotate(
        "threshold", (starts[0], found.scored.threshold.value), color="#c2410c", va="bottom"
    )
    axes.axvline(found.scored.at, color="0.6", lw=1)
    axes.set_xlabel("s")
    axes.set_ylabel("score")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _levels(found: Explanation) -> tuple[float, float]:
    """One scale of dB for both clips: what is quieter than most of all is one colour."""
    both = [x for x in (found.logmel, found.nearest_logmel) if x is not None]
    values = np.concatenate([x.ravel() for x in both])
    return float(np.quantile(values, 0.02)), float(values.max())


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))
