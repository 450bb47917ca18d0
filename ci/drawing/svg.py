"""Lines, arrowheads and text of a picture in SVG, in colours for light and dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

Point = tuple[float, float]

CORNER, HALO = 8.0, 2.5
SANS = "system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif"
MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace"
LIGHT = {"paper": "#fff", "ink": "#1f2328", "pale": "#656d76"}
DARK = {"paper": "#0d1117", "ink": "#e6edf3", "pale": "#9198a1"}


def document(size: Point, title: str, kinds: Sequence[str], body: Sequence[str]) -> str:
    """The whole file; things of a kind have a colour of their own, by the order of the kinds."""
    width, height = size
    dark = "\n".join(["@media (prefers-color-scheme: dark) {", *_colours(kinds, dark=True), "}"])
    style = [
        f"text {{ font: 12px {SANS}; }}",
        f".name {{ font: 600 14px {MONO}; }}",
        ".small { font-size: 11px; }",
        ".line { fill: none; stroke-linecap: butt; }",
        ".outside { stroke-dasharray: 4 3; }",
        *_colours(kinds, dark=False),
        dark,
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img">',
            f"<title>{escape(title)}</title>",
            "<style>",
            *style,
            "</style>",
            f'<rect class="paper" width="{width:g}" height="{height:g}" rx="10"/>',
            *body,
            "</svg>\n",
        ]
    )


def _colours(kinds: Sequence[str], *, dark: bool) -> list[str]:
    """A hue a kind, all equally strong."""
    names = DARK if dark else LIGHT
    rules = [
        f".paper {{ fill: {names['paper']}; }}",
        f".halo {{ stroke: {names['paper']}; }}",
        f".ink {{ fill: {names['ink']}; }}",
        f".pale {{ fill: {names['pale']}; }}",
        f".outside {{ fill: {names['paper']}; stroke: {names['pale']}; }}",
        f".sample {{ stroke: {names['pale']}; }}",
    ]
    for number, kind in enumerate(kinds):
        hue = round(215 + 360 * number / len(kinds)) % 360
        strong = f"hsl({hue}, 48%, {64 if dark else 50}%)"
        weak = f"hsl({hue}, {26 if dark else 55}%, {15 if dark else 96}%)"
        rules.append(f".{kind} {{ stroke: {strong}; }}")
        rules.append(f".{kind}.head {{ fill: {strong}; stroke: none; }}")
        rules.append(f".{kind}.room {{ fill: {weak}; }}")
    return rules


def thickness(count: int) -> float:
    """A line's, a step more for each doubling."""
    return round(1.25 * 1.38 ** math.floor(math.log2(count)), 2)


def line(points: Sequence[Point], kind: str, width: float) -> str:
    """Straight pieces with round corners."""
    path = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        (x0, y0), (x1, y1) = _towards(here, before), _towards(here, after)
        path.append(f"L{x0:g} {y0:g}Q{here[0]:g} {here[1]:g} {x1:g} {y1:g}")
    x, y = points[-1]
    path.append(f"L{x:g} {y:g}")
    return _stroke("".join(path), kind, width)


def curve(start: Point, end: Point, kind: str, width: float) -> str:
    """From top to bottom, upright at both ends."""
    (x0, y0), (x1, y1) = start, end
    middle = (y0 + y1) / 2
    return _stroke(f"M{x0:g} {y0:g}C{x0:g} {middle:g} {x1:g} {middle:g} {x1:g} {y1:g}", kind, width)


def _stroke(path: str, kind: str, width: float) -> str:
    return f'<path class="line {kind}" stroke-width="{width:g}" d="{path}"/>'


def _towards(here: Point, there: Point) -> Point:
    """A corner's radius away from here."""
    (x0, y0), (x1, y1) = here, there
    share = min(CORNER / math.hypot(x1 - x0, y1 - y0), 1)
    return round(x0 + share * (x1 - x0), 2), round(y0 + share * (y1 - y0), 2)


def arrow(points: Sequence[Point], kind: str, width: float) -> list[str]:
    """A line with a head at its end."""
    (x0, y0), (x, y) = points[-2:]
    long = head_length(width)
    away = math.hypot(x - x0, y - y0)
    base = x - long * (x - x0) / away, y - long * (y - y0) / away
    return [line([*points[:-1], base], kind, width), head((x, y), base, kind, width)]


def head(tip: Point, base: Point, kind: str, width: float) -> str:
    """An arrow's head, which ends a line of this width."""
    (x, y), (x0, y0) = tip, base
    away = math.hypot(x - x0, y - y0)
    right, down = (y0 - y) / away, (x - x0) / away
    half = 2.2 + 0.7 * width
    corners = ((x, y), (x0 + half * right, y0 + half * down), (x0 - half * right, y0 - half * down))
    points = " ".join(f"{round(a, 2):g},{round(b, 2):g}" for a, b in corners)
    return f'<polygon class="{kind} head" points="{points}"/>'


def head_length(width: float) -> float:
    return round(4 + 1.1 * width, 2)


def box(corner: Point, size: Point, kind: str) -> str:
    """A rectangle with round corners."""
    (x, y), (width, height) = corner, size
    return (
        f'<rect class="{kind} room" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        'rx="8" stroke-width="1.5"/>'
    )


def text(place: Point, words: str, kind: str = "ink", anchor: str = "start") -> str:
    """Words on a line; ``place`` is their foot."""
    where = f'x="{place[0]:g}" y="{place[1]:g}"'
    return f'<text class="{kind}" {where} text-anchor="{anchor}">{escape(words)}</text>'
