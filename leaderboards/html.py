"""The leaderboard as one HTML file: opens offline, tables in it, charts drawn from its data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment

from asdbench.evaluation import ALPHA, QUESTIONS, Board, caution, figure_of, rivals
from asdbench.pages import environment, inlined

from . import _answer, _cite, _downloads, _kinds, _page_tables, _published
from ._cost import COSTS, amount, costed, on_frontier, quantity
from ._drawn import drawn, long_names
from ._figures import explained, here_alone, ranked_by, ranks, short, shown
from ._page_words import MISSING, brief, duration, p_value, signed
from ._systems import dotted, facts, finished, said, shared, when
from ._text import (
    REMARK,
    correlation,
    groups,
    letters,
    mark,
    marks,
    pairs_of,
    percent,
    probability,
    remarks,
    told_apart,
    training,
)

_KEPT = re.compile(r"(<(?:pre|style|script)\b.*?</(?:pre|style|script)>)", re.S)
LARGE = 400  # rows times machine IDs
TEMPLATES = Path(__file__).parent / "templates"
STYLES = (
    *("theme.css", "page.css", "tables.css", "charts.css"),
    *("answer.css", "board.css", "print.css"),
)
SCRIPTS = (
    *("dom.js", "theme.js", "tip.js", "plot.js", "data.js", "view.js", "lazy.js", "legend.js"),
    *("intervals.js", "differences.js", "apart.js", "roc.js", "scores.js", "stability.js"),
    *("learning.js", "kinds.js", "cost.js", "tables.js", "ranking.js", "machines.js", "cell.js"),
    *("pairs.js", "csv.js", "downloads.js", "board.js"),
)

_FUNCTIONS: dict[str, Any] = {
    "figure_of": figure_of,
    "here_alone": here_alone,
    "rivals": rivals,
    "short": short,
    "ranks": ranks,
    "ranked_by": ranked_by,
    "explained": explained,
    "answers": _answer,
    "cites": _cite,
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
    "groups": groups,
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
    figures = shown(board)
    rows = f":root {{ --rows: {len(first)}; }}"
    style = inlined(TEMPLATES, STYLES, before=rows, after="\n".join(map(_alone, figures)))
    script = inlined(TEMPLATES, SCRIPTS, before='"use strict";\n{', after="start();\n}")
    text: str = (
        _environment()
        .get_template("page.html")
        .render(
            board=board,
            labels=list(dict.fromkeys(row.label for row in board.rows)),
            rows={subset: board.subset(subset) for subset in board.subsets},
            several=any(len(rivals(board.subset(subset))) > 1 for subset in board.subsets),
            repeated=any(row.repeats > 1 for row in board.rows),
            systems=board.systems,
            shared=shared(board),
            published=_published.published(board),
            finished=finished(board),
            drawn=drawn(board) | {"columns": _downloads.columns()},
            large=_large(board),
            downloads=_downloads.packed(board) if board.rows else {},
            formats=_downloads.FORMATS,
            style=style,
            script=script,
            shown=figures,
            long_names=long_names(board),
            alpha=ALPHA,
            questions=_questions(board),
            asked=board.question.get(board.subsets[0], "here") if board.rows else "here",
            levels=_page_tables.LEVELS,
            costs=COSTS,
            remark=REMARK,
            missing=MISSING,
        )
    )
    return _tight(text)


def _tight(text: str) -> str:
    """Without the indentation of templates, of which a large board has a quarter of a megabyte."""
    parts = _KEPT.split(text)
    parts[::2] = [re.sub(r"\s*\n\s*", "\n", part) for part in parts[::2]]
    return "".join(parts)


def _environment() -> Environment:
    made = environment(TEMPLATES)
    made.filters.update(
        percent=percent,
        signed=signed,
        brief=brief,
        probability=probability,
        p=p_value,
        correlation=correlation,
        duration=duration,
        when=when,
        said=said,
        dotted=dotted,
    )
    made.globals.update(_FUNCTIONS)
    return made


def _alone(figure: str) -> str:
    """Rules that hide what is of other figures, and keep the column of this one."""
    return (
        f'@media not (scripting: none) {{ [data-figure="{figure}"] .by:not(.by-{figure}) '
        "{ display: none; } }\n"
        f'[data-figure="{figure}"] #ranking .more.of-figure-{figure} {{ display: table-cell; }}'
    )


def _large(board: Board) -> bool:
    """Whether what isn't looked at had better not be laid out."""
    return sum(len(of.ids) for row in board.rows for of in row.machines.values()) > LARGE


def _questions(board: Board) -> dict[str, str]:
    """What can be asked of the page, in words; of these fits only where it matters."""
    words = {"clips": "These fits", "here": "Here", "elsewhere": "Elsewhere"}
    lone = any(row.seeds == "unknown" for row in board.rows)
    offered = lone or "clips" in board.question.values()
    return {name: words[name] for name in QUESTIONS if name != "clips" or offered}
