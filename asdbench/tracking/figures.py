"""Pictures for MLflow, which draws no intervals, and boxes only where no address leads."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asdbench.evaluation import NAMES, Board, Interval, Row, figure_of
from asdbench.evaluation.protocols import DECIDED

THIS, OTHER = "#c2410c", "#64748b"
LARGE = 17  # points
as_text = rc_context({"text.parse_math": False})  # names may hold dollars: they are no formulas


@as_text
def ranking(board: Board, subset: str, label: str) -> Figure:
    """All rows of a subset with their intervals, this one marked."""
    rows, asked, by = board.subset(subset), board.question[subset], board.figures[subset][0]
    figure = Figure(figsize=(8, 1.4 + 0.42 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for place, row in enumerate(rows):
        color = THIS if row.label == label else OTHER
        spread = figure_of(row, by)
        if spread is None:
            continue
        _bar(axes, place, spread.elsewhere, color, width=1.2)
        _bar(axes, place, spread.clips if asked == "clips" else spread.here, color, width=4)
        axes.plot(
            [100 * value for value in spread.values],
            [place] * len(spread.values),
            "|",
            color=color,
            ms=11,
        )
        axes.plot(100 * spread.mean, place, "o", color=color, ms=7, mec="white")
    axes.set_yticks(range(len(rows)), [f"{row.label}  {row.letters[asked] or '?'}" for row in rows])
    axes.invert_yaxis()
    if by not in DECIDED:
        axes.axvline(50, color="0.8", lw=1, zorder=0)
    axes.set_xlabel(f"{NAMES[by]}, %: mean, repeats, 95 % intervals (thick: these IDs)")
    axes.set_title(f"{board.benchmark}, {subset}", loc="left")
    _plain(axes)
    return figure


@as_text
def repeats(board: Board, subset: str) -> Figure:
    """The repeats of all rows of a subset: a box each, and every repeat as a point in it.

    It is square, with large letters: MLflow's charts show it small.
    """
    by = board.figures[subset][0]
    found = [(row, spread) for row in board.subset(subset) if (spread := figure_of(row, by))]
    side = max(6, 2 + 0.7 * len(found))
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.add_subplot()
    values = [[100 * value for value in spread.values] for _, spread in found]
    axes.boxplot(
        values,
        orientation="horizontal",
        widths=0.36,
        showfliers=False,
        patch_artist=True,
        boxprops={"facecolor": "#e2e8f0", "edgecolor": OTHER},
        medianprops={"color": THIS, "lw": 3},
        whiskerprops={"color": OTHER},
        capprops={"color": OTHER},
    )
    left = axes.get_xlim()[0]
    for place, ((row, _), of_row) in enumerate(zip(found, values, strict=True), start=1):
        axes.plot(of_row, [place] * len(of_row), "o", color=THIS, ms=7, alpha=0.6, mec="none")
        axes.text(left, place - 0.3, row.label, fontsize=LARGE)
    axes.set_ylim(len(found) + 0.4, 0.2)  # the best above
    axes.set_yticks([])
    axes.tick_params(labelsize=LARGE)
    axes.set_xlabel(f"{NAMES[by]}, %: a point a repeat", fontsize=LARGE)
    _plain(axes)
    return figure


@as_text
def machine_ids(row: Row) -> Figure:
    """AUC of each machine ID: every repeat, and the mean."""
    ids = [(machine, id_, f) for machine, m in row.machines.items() for id_, f in m.ids.items()]
    figure = Figure(figsize=(max(6, 1.6 + 0.38 * len(ids)), 4), layout="constrained")
    axes = figure.add_subplot()
    for place, (_, _, figures) in enumerate(ids):
        values = [100 * value for value in figures.auc.values]
        axes.plot([place] * len(values), values, "_", color=OTHER, ms=11)
        axes.plot(place, 100 * figures.auc.mean, "o", color=THIS, ms=6, mec="white")
    axes.set_xticks(range(len(ids)), [f"{m} {i}" for m, i, _ in ids], rotation=60, ha="right")
    axes.axhline(50, color="0.8", lw=1, zorder=0)
    axes.set_ylabel("AUC, %")
    axes.set_title(f"{row.label}, {row.subset}: each machine ID, each repeat", loc="left")
    _plain(axes)
    return figure


def _bar(axes: Axes, place: int, interval: Interval | None, color: str, *, width: float) -> None:
    if interval is not None:
        ends: Sequence[float] = [100 * interval.low, 100 * interval.high]
        axes.plot(ends, [place, place], "-", color=color, lw=width, alpha=0.6)


def _plain(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
