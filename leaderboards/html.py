"""The leaderboard as one HTML file: opens offline, tables in it, charts drawn from its data."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from asdbench.evaluation import ALPHA, QUESTIONS, Board, MachineFigures, Pair, Row, caution

from . import _kinds
from ._published import AVERAGE, by_system, published
from ._systems import dotted, facts, finished, said, shared, when
from ._text import (
    correlation,
    letters,
    machine_types,
    mark,
    marks,
    pairs_of,
    percent,
    probability,
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
    "tables.js",
    "board.js",
)
SHOWN = ("mean_auc_pauc", "auc", "pauc", "mauc")  # in the order of the switch; the first ranks
LEVELS = 13  # colours of the heat map, theme.css
STEP = 0.05  # the heat map's scale begins and ends at a multiple of it
MISSING = "\N{EN DASH}"


def render(board: Board) -> str:
    """The page. Nothing in it is loaded from elsewhere, and its policy forbids to."""
    first = board.subset(board.subsets[0]) if board.rows else []
    style = "\n".join([f":root {{ --rows: {len(first)}; }}", *map(_text, STYLES)])
    script = "\n".join(['"use strict";', "{", *map(_text, SCRIPTS), "start();", "}"])
    text: str = (
        _environment()
        .get_template("page.html")
        .render(
            board=board,
            labels=list(dict.fromkeys(row.label for row in board.rows)),
            rows={subset: board.subset(subset) for subset in board.subsets},
            systems=board.systems,
            shared=shared(board),
            published=published(board),
            finished=finished(board),
            version=version("asdbench"),
            drawn=_drawn(board),
            style=Markup(style),
            script=Markup(script),
            style_hash=_hash(style),
            script_hash=_hash(script),
            shown=SHOWN,
            average=AVERAGE,
            alpha=ALPHA,
            questions=_questions(board),
            asked=board.question.get(board.subsets[0], "here") if board.rows else "here",
            levels=LEVELS,
        )
    )
    return text


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
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
        by_system=by_system,
    )
    made.globals.update(
        parts=_parts,
        scale=_scale,
        ends=_ends,
        level=_level,
        kinds=_kinds,
        worst=_worst,
        figure_of_id=_figure_of_id,
        mark=mark,
        marks=marks,
        matrix=_matrix,
        letters=letters,
        pairs_of=pairs_of,
        caution=caution,
        told_apart=told_apart,
        training=training,
        facts=facts,
        zip=zip,
    )
    return made


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What a Content-Security-Policy calls an inline script or style by."""
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _drawn(board: Board) -> dict[str, Any]:
    """What the charts need of the board, to five digits."""
    rows = [asdict(row) for row in board.rows]
    for row in rows:
        for part in (row, *row["machines"].values()):
            del part["pooled_auc"]
    curves = {label: system.curves for label, system in board.systems.items() if system.curves}
    drawn: dict[str, Any] = _light(
        {
            "rows": rows,
            "curves": {label: list(map(asdict, every)) for label, every in curves.items()},
            "complete": {label: system.complete for label, system in board.systems.items()},
            "falseRates": board.false_rates,
            "machines": machine_types(board.rows),
            "kinds": list(_kinds.scales(board)),
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


# Tables.


def _parts(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Machine types and their IDs, those of every row."""
    found: dict[str, set[str]] = {machine: set() for machine in machine_types(rows)}
    for row in rows:
        for machine, figures in row.machines.items():
            found[machine].update(figures.ids)
    return {machine: sorted(ids) for machine, ids in found.items()}


def _figure_of_id(figure: str) -> str:
    """The figure of an ID that goes into a machine type's: mAUC is made of AUCs."""
    return "auc" if figure == "mauc" else figure


def _scale(rows: Iterable[Row], figure: str) -> tuple[float, float]:
    """Where the colours of a heat map begin and end."""
    values: list[float] = []
    for row in rows:
        for machine in row.machines.values():
            values.append(getattr(machine, figure).mean)
            values += [getattr(of_id, _figure_of_id(figure)).mean for of_id in machine.ids.values()]
    return _ends(values)


def _ends(values: Sequence[float]) -> tuple[float, float]:
    low, high = int(min(values) / STEP), -int(-max(values) / STEP // 1)
    return low * STEP, max(high, low + 1) * STEP


def _level(value: float, scale: tuple[float, float]) -> int:
    """The colour of a value, 0 to ``LEVELS`` - 1."""
    low, high = scale
    return max(0, min(LEVELS - 1, int((value - low) / (high - low) * LEVELS)))


def _worst(machine: MachineFigures, figure: str) -> str | None:
    """The ID with the lowest figure; None where there is only one ID."""
    means = {name: getattr(of_id, figure).mean for name, of_id in machine.ids.items()}
    return min(means, key=lambda name: means[name]) if len(means) > 1 else None


def _matrix(board: Board, subset: str) -> dict[tuple[str, str], tuple[Pair, int]]:
    """Each pair both ways round, with the sign that its difference has that way."""
    pairs = pairs_of(board, subset)
    there = {(pair.first, pair.second): (pair, 1) for pair in pairs}
    return there | {(pair.second, pair.first): (pair, -1) for pair in pairs}
