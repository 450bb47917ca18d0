"""A house of packages as a picture in SVG."""

from __future__ import annotations

import textwrap

from drawing import svg
from drawing.house import GAP, LINE, MARGIN, NAME, OUTSIDE, PADDING, House, Lane, Room
from drawing.svg import Point, thickness

WIDTH = 900
ASIDE = 0.16  # of a room's width: where an arrow to the floor's other half leaves and ends
LEGEND = (1, 4, 16, 64)
ABOUT_ARROWS = (
    "Imports point down, in the colour of what is imported. Those that skip floors join on the way."
)
ABOUT_PLUGINS = "Plugins: found by entry point, imported by no package."


def drawn(house: House, title: str) -> str:
    """The picture."""
    body = [piece for room in house.plugins for piece in _to_its_packages(house, room)]
    for lane in reversed(house.lanes):
        body += _lane(house, lane)
    for (who, what), count in sorted(house.arrows.items()):
        body += _stairs(house.rooms[who], house.rooms[what], count)
    for room in house.every:
        body += _room(room)
    body += _legend() + _about_plugins(house.plugins[0])
    bottom = max(room.bottom for room in house.every)
    width = max(WIDTH, *(lane.x + MARGIN for lane in house.lanes))
    return svg.document((width, bottom + MARGIN), title, [*house.rooms], body)


def _lane(house: House, lane: Lane) -> list[str]:
    """From the room that is farthest from its end, thicker with each that joins."""
    target, x, kind = lane.target, lane.x, lane.target.name
    end = house.heights[target.name, lane.side, target.name]
    joined = sorted(
        ((_way_to(house, lane, room), count) for room, count in lane.sources),
        key=lambda way: -abs(way[0][-1][1] - end),
    )
    tops = [points[-1][1] for points, _ in joined]
    down = 1 if tops[0] < end else -1
    bends = [(x, top + down * svg.CORNER) for top in tops]
    pieces, total = [], 0
    for number, (points, count) in enumerate(joined):
        total += count
        pieces.append(svg.line([*points, bends[number]], kind, thickness(count)))
        if number + 1 < len(joined):
            pieces.append(svg.line(bends[number : number + 2], kind, thickness(total)))
    last = [bends[-1], (x, end), (target.edge(lane.side), end)]
    halo = [bends[0], (x, end - down * svg.CORNER)]
    return [
        svg.line(halo, "halo", thickness(total) + svg.HALO),
        *pieces,
        *svg.arrow(last, kind, thickness(total)),
    ]


def _way_to(house: House, lane: Lane, room: Room) -> list[Point]:
    """From a room's wall to the line's middle; from its floor where the wall is another's."""
    if room.side == "outside":
        top = room.top + PADDING
        return [(room.edge("right"), top), (lane.x, top)]
    if room.side in ("", lane.side):
        height = house.heights[room.name, lane.side, lane.target.name]
        return [(room.edge(lane.side), height), (lane.x, height)]
    below, x = room.bottom + GAP / 2, room.across(0.7 if lane.side == "right" else 0.3)
    return [(x, room.bottom), (x, below), (lane.x, below)]


def _stairs(source: Room, target: Room, count: int) -> list[str]:
    """An arrow to the next floor."""
    if target.floor != source.floor + 1:
        return []
    if not target.side:
        start = end = source.across(0.5)
    elif source.side in ("", target.side):
        start = end = target.across(0.5)
    else:
        leftwards = target.side == "left"
        start = source.across(ASIDE if leftwards else 1 - ASIDE)
        end = target.across(1 - ASIDE if leftwards else ASIDE)
    width = thickness(count)
    base = end, target.top - svg.head_length(width)
    return [
        svg.curve((start, source.bottom), base, target.name, width),
        svg.head((end, target.top), base, target.name, width),
    ]


def _to_its_packages(house: House, room: Room) -> list[str]:
    """A plugin folder's arrow to the package beside it, and those to others further down."""
    pieces = []
    for (who, what), count in sorted(house.of_plugins.items()):
        if who != room.name or what == house.front.name:
            continue
        target, height = house.rooms[what], house.heights[what, "left", room.name]
        start = [(room.edge("right"), height)]
        if target.floor != room.floor:
            start = [(room.across(0.5), room.bottom), (room.across(0.5), height)]
        pieces += svg.arrow([*start, (target.left, height)], what, thickness(count))
    return pieces


def _room(room: Room) -> list[str]:
    package, left = room.package, room.left + PADDING
    kind = "outside" if room.side == "outside" else package.name
    foot = room.top + NAME
    name = f'<tspan class="name">{package.name}</tspan><tspan class="pale">{package.also}</tspan>'
    pieces = [
        svg.box((room.left, room.top), (room.width, room.height), kind),
        f'<text class="ink" x="{left:g}" y="{foot:g}">{name}</text>',
    ]
    if room.wide:
        place = room.left + room.width - PADDING, foot
        pieces.append(svg.text(place, package.size, "pale small", "end"))
    else:
        foot += LINE
        pieces.append(svg.text((left, foot), package.size, "pale small"))
    for number, words in enumerate(room.lines, start=1):
        pieces.append(svg.text((left, foot + number * LINE + 2), words))
    return pieces


def _legend() -> list[str]:
    """What an arrow means, above the plugins."""
    left, top = OUTSIDE[0], MARGIN + LINE
    said = textwrap.wrap(ABOUT_ARROWS, 26)
    pieces = [svg.text((left, top + n * LINE), one, "pale small") for n, one in enumerate(said)]
    top += len(said) * LINE
    for count in LEGEND:
        pieces.append(svg.line([(left, top), (left + 36, top)], "sample", thickness(count)))
        words = {1: "1 import", LEGEND[-1]: f"{count} and more"}.get(count, str(count))
        pieces.append(svg.text((left + 46, top + 4), words, "pale small"))
        top += LINE
    return pieces


def _about_plugins(first: Room) -> list[str]:
    said = textwrap.wrap(ABOUT_PLUGINS, 26)
    foot = first.top - PADDING - LINE * (len(said) - 1)
    return [
        svg.text((first.left, foot + n * LINE), one, "pale small") for n, one in enumerate(said)
    ]
