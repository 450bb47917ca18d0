"""The packages as a house: where its rooms stand, and which way arrows take down beside them.

An import of the next floor is an arrow from room to room. One that skips floors leaves its room at
a side and joins the line that runs down to what is imported. Of two rooms on a floor, the left one
is entered and left on the left. Plugins stand beside the house.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MARGIN = 20
HOUSE, OUTSIDE = (270, 764), (20, 178)  # from left to right
BESIDE, GAP, LANE = 24, 42, 19  # between rooms of a floor, floors, lines
NAME, LINE, PADDING = 25, 16, 14  # to the foot of a name; from line to line; to a text's left
CHARACTER = 6.1  # about how wide one of a sentence is
Arrows = Mapping[tuple[str, str], int]  # (who imports, what) -> imports


@dataclass(frozen=True)
class Package:
    """What a room says."""

    name: str
    also: str
    size: str
    sentence: str


@dataclass
class Room:
    """A package where it stands; ``side`` is "" where it has a floor to itself."""

    package: Package
    floor: int
    side: str
    left: float
    width: float
    top: float = 0.0
    height: float = 0.0

    @property
    def name(self) -> str:
        return self.package.name

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def wide(self) -> bool:
        """Whether the size has room beside the name."""
        return self.width > 300

    @property
    def lines(self) -> list[str]:
        """The sentence, cut to fit."""
        return textwrap.wrap(self.package.sentence, int((self.width - 2 * PADDING) / CHARACTER))

    @property
    def needs(self) -> float:
        """How high its text is."""
        return NAME + LINE * (len(self.lines) + (not self.wide)) + 15

    def edge(self, side: str) -> float:
        return self.left if side == "left" else self.left + self.width

    def across(self, share: float) -> float:
        return self.left + share * self.width


@dataclass
class Lane:
    """The line beside the house that ends at a room, and who joins it with how many imports."""

    target: Room
    side: str
    sources: list[tuple[Room, int]]
    x: float = 0.0


class House:
    """All rooms where they stand, and the lines beside them.

    Raises ``ValueError`` for an import that doesn't point down, or a plugin that imports nothing
    but the front door.
    """

    def __init__(
        self,
        floors: Sequence[Sequence[Package]],
        plugins: Sequence[Package],
        arrows: Arrows,
        front_door: str,
    ) -> None:
        outside = {one.name for one in plugins}
        self.arrows = {pair: n for pair, n in arrows.items() if pair[0] not in outside}
        self.of_plugins = {pair: n for pair, n in arrows.items() if pair[0] in outside}
        entered = {what for _, what in self.of_plugins}
        self.rooms: dict[str, Room] = {}
        for number, floor in enumerate(floors):
            # what plugins import stands on their side
            for room in _on_a_floor(sorted(floor, key=lambda one: one.name not in entered), number):
                self.rooms[room.name] = room
        self.front = self.rooms[front_door]
        self.plugins = [self._outside(one) for one in plugins]
        self.every = [*self.rooms.values(), *self.plugins]
        self._stack(len(floors))
        self.lanes = self._lanes()
        self.heights = self._heights()

    def _outside(self, package: Package) -> Room:
        """A plugin folder, beside the uppermost of what it imports."""
        names = {what for who, what in self.of_plugins if who == package.name} - {self.front.name}
        if not names:
            raise ValueError(f"{package.name} imports no package")
        floor = min(self.rooms[name].floor for name in names)
        return Room(package, floor, "outside", OUTSIDE[0], OUTSIDE[1] - OUTSIDE[0])

    def _stack(self, floors: int) -> None:
        top = float(MARGIN)
        for floor in range(floors):
            here = [room for room in self.every if room.floor == floor]
            height = max(room.needs for room in here)
            for room in here:
                room.top, room.height = top, height
            top += height + GAP

    def _lanes(self) -> list[Lane]:
        """Those that are the farther from the house the lower they end: so none crosses an end."""
        found: dict[tuple[str, str], Lane] = {}
        for (who, what), count in sorted(self.arrows.items()):
            source, target = self.rooms[who], self.rooms[what]
            if target.floor <= source.floor:
                raise ValueError(f"{who} imports {what}, which is not below it")
            if target.floor > source.floor + 1:
                side = target.side or source.side or "right"
                lane = found.setdefault((what, side), Lane(target, side, []))
                lane.sources.append((source, count))
        lanes = sorted(found.values(), key=lambda lane: lane.target.floor)
        at_the_door = [
            (room, self.of_plugins[pair])
            for room in self.plugins
            if (pair := (room.name, self.front.name)) in self.of_plugins
        ]
        lanes += [Lane(self.front, "left", at_the_door)] if at_the_door else []
        for side, wall, step in (("left", HOUSE[0], -LANE), ("right", HOUSE[1], LANE)):
            for place, lane in enumerate((x for x in lanes if x.side == side), start=1):
                lane.x = wall + place * step
        return lanes

    def _heights(self) -> dict[tuple[str, str, str], float]:
        """Where what passes a room's wall does: (room, side, what it leads to, or who comes)."""
        found = {}
        for room in self.rooms.values():
            for side in ("left", "right"):
                here = [lane for lane in self.lanes if lane.side == side]
                ends = [room.name for lane in here if lane.target is room]
                ends += [
                    one.name
                    for one in self.plugins
                    if side == "left" and (one.name, room.name) in self.of_plugins
                ]
                leaves = [
                    lane.target.name
                    for lane in reversed(here)  # the farther above the nearer: they don't cross
                    if any(source is room for source, _ in lane.sources) and room.side in ("", side)
                ]
                for place, name in enumerate([*ends, *leaves], start=1):
                    share = place / (len(ends) + len(leaves) + 1)
                    found[room.name, side, name] = room.top + share * room.height
        return found


def _on_a_floor(packages: Sequence[Package], floor: int) -> list[Room]:
    left, right = HOUSE
    if len(packages) == 1:
        return [Room(packages[0], floor, "", left, right - left)]
    width = (right - left - BESIDE) / 2
    one, other = packages
    return [
        Room(one, floor, "left", left, width),
        Room(other, floor, "right", right - width, width),
    ]
