"""The leaderboard as one HTML file: opens offline, tables in it, charts drawn from its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment

from asdbench.evaluation import (
    ALPHA,
    EVERY,
    QUESTIONS,
    Board,
    caution,
    figure_of,
)
from asdbench.pages import environment, inlined

from . import _kinds, _page_tables, _published
from ._cost import COSTS, amount, costed, on_frontier, quantity
from ._figures import explained, long, ranked_by, ranks, short
from ._systems import dotted, facts, finished, said, shared, when
from ._text import (
    REMARK,
    correlation,
    letters,
    machine_types,
    mark,
    marks,
    pairs_of,
    percent,
    probability,
    remarks,
    told_apart,
    training,
)

TEMPLATES = Path(__file__).parent / "templates"
STYLES = ("theme.css", "page.css", "tables.css", "charts.css", "print.css")
SCRIPTS = (
    "dom.js",
    "tip.js",
    "plot.js",
    "legend.js",
    "intervals.js",
    "roc.js",
    "scores.js",
    "stability.js",
    "learning.js",
    "kinds.js",
    "cost.js",
    "tables.js",
    "board.js",
)
MISSING = "\N{EN DASH}"


_FUNCTIONS: dict[str, Any] = {
    "figure_of": figure_of,
    "short": short,
    "ranks": ranks,
    "ranked_by": ranked_by,
    "explained": explained,
    "tables": _page_tables,
    "kinds": _kinds,
    "mark": mark,
    "marks": marks,
    "remarks": remarks,
    "costed": costed,
    "on_frontier": on_frontier,
    "amount": amount,
    "quantity": quantity,
    "letters": letters,
    "pairs_of": pairs_of,
    "others": _published,
    "caution": caution,
    "told_apart": told_apart,
    "training": training,
    "facts": facts,
    "zip": zip,
}


def render(board: Board) -> str:
    """The page. Nothing in it is loaded from elsewhere, and its policy forbids to."""
    first = board.subset(board.subsets[0]) if board.rows else []
    shown = _shown(board)
    rows = f":root {{ --rows: {len(first)}; }}"
    style = inlined(TEMPLATES, STYLES, before=rows, after="\n".join(map(_alone, shown)))
    script = inlined(TEMPLATES, SCRIPTS, before='"use strict";\n{', after="start();\n}")
    text: str = (
        _environment()
        .get_template("page.html")
        .render(
            board=board,
            labels=list(dict.fromkeys(row.label for row in board.rows)),
            rows={subset: board.subset(subset) for subset in board.subsets},
            systems=board.systems,
            shared=shared(board),
            published=_published.published(board),
            finished=finished(board),
            version=version("asdbench"),
            drawn=_drawn(board),
            style=style,
            script=script,
            shown=shown,
            long_names=_long_names(board, shown),
            alpha=ALPHA,
            questions=_questions(board),
            asked=board.question.get(board.subsets[0], "here") if board.rows else "here",
            levels=_page_tables.LEVELS,
            costs=COSTS,
            remark=REMARK,
        )
    )
    return text


def _environment() -> Environment:
    made = environment(TEMPLATES)
    made.filters.update(
        percent=percent,
        signed=_signed,
        probability=probability,
        p=_p,
        correlation=correlation,
        duration=_duration,
        when=when,
        said=said,
        dotted=dotted,
    )
    made.globals.update(_FUNCTIONS)
    return made


def _drawn(board: Board) -> dict[str, Any]:
    """What the charts need of the board, to five digits."""
    rows = [asdict(row) for row in board.rows]
    shown = _shown(board)
    for row in rows:
        for machine in row["machines"].values():
            for part in machine["ids"].values():
                part.update(part.pop("more"))
        for part in (row, *row["machines"].values()):
            part.update(part.pop("more"))
            for unseen in {"pooled_auc", *EVERY} - {*shown} & part.keys():
                del part[unseen]
    curves = {label: system.curves for label, system in board.systems.items() if system.curves}
    drawn: dict[str, Any] = _light(
        {
            "rows": rows,
            "curves": {label: list(map(asdict, every)) for label, every in curves.items()},
            "complete": {label: system.complete for label, system in board.systems.items()},
            "falseRates": board.false_rates,
            "figures": _long_names(board, shown),
            "ranks": {subset: ranks(board, subset) for subset in board.subsets},
            "rankedBy": {subset: ranked_by(board, subset) for subset in board.subsets},
            "machines": machine_types(board.rows),
            "kinds": list(_kinds.scales(board)),
            "costs": COSTS,
        }
    )
    return drawn


def _light(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: _light(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_light(part) for part in value]
    return value


def _shown(board: Board) -> list[str]:
    """The figures of the switch: those of all subsets, the first one's first."""
    return list(dict.fromkeys(name for subset in board.subsets for name in board.figures[subset]))


def _long_names(board: Board, shown: Sequence[str]) -> dict[str, str]:
    protocol = max(board.protocol.values(), default="2020")
    return {name: long(name, protocol) for name in shown}


def _alone(figure: str) -> str:
    """A rule that hides what is of other figures."""
    return (
        f'@media not (scripting: none) {{ [data-figure="{figure}"] .by:not(.by-{figure}) '
        "{ display: none; } }"
    )


def _questions(board: Board) -> dict[str, str]:
    """What can be asked of the page, in words; of these fits only where it matters."""
    words = {"clips": "These fits", "here": "Here", "elsewhere": "Elsewhere"}
    lone = any(row.seeds == "unknown" for row in board.rows)
    shown = lone or "clips" in board.question.values()
    return {name: words[name] for name in QUESTIONS if name != "clips" or shown}


# Words and numbers.


def _signed(share: float) -> str:
    """A difference in percentage points: "+3.0", with a real minus sign."""
    return f"{100 * share:+.1f}".replace("-", "\N{MINUS SIGN}")


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return MISSING
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
