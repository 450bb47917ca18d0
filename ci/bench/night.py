"""What a night on eight GPUs does, simulated: python ci/bench/night.py [--gpus 8] [--json FILE]

The cells of ``asdbench run paper`` on DCASE 2020, each with the seconds that it takes at a speed in
clip passes a second (``--speed``; by default half of an H100's memory limit, docs/scale.md; best is
what gpu.sh has measured). Cells take the next free GPU. One that shares a stage with a cell that
trains it waits, and keeps its GPU meanwhile, as FileLock has it. Then the same with failures, whose
cells begin again, and with one GPU at half speed. Orders of cells are compared by when the last one
ends, and by when the third repeat of every row is there, which is the first table worth a look.
"""

from __future__ import annotations

import heapq
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import measuring
from measuring import Report, Row

CLIPS, REPEATS, LOOK = 36_283, 5, 3
SPEED, GPUS, TRIES = 4200.0, 8, 20
FAILING = 0.05  # of the cells are lost once, at some moment
SLOW = 0.5  # speed of the GPU that lags behind
AUTOENCODER = 3600.0  # seconds of a repeat, all machine types: small steps, whatever the speed


@dataclass(frozen=True)
class Cell:
    """A row's cell: passes a clip of the stage that it may share, and of what is its own."""

    row: str
    repeat: int
    stage: str | None
    shared: float
    own: float


# (row, stage, passes a clip before, passes a clip after): the TOML of `paper`, and the defaults.
ROWS = (
    ("autoencoder", None, 0, 0),
    ("id_classifier", None, 0, 300),
    ("simclr", "views", 2 * 101, 300),
    ("id_contrastive", "ids", 101, 300),
    ("id_classifier-margin-1", None, 0, 300),
    ("id_classifier-margin-1-projection", None, 0, 300),
    ("id_contrastive-logmel", "ids, logmel", 101, 300),
    ("id_contrastive-with-contrast", "ids", 101, 300),
    ("id_contrastive-khosla", "ids, khosla", 101, 300),
    ("id_classifier-noisy-arcmix", None, 0, 300),
    ("id_classifier-os-scl", None, 0, 300),
)


def cells(speed: float) -> list[Cell]:
    """All cells in the order that a run has: repeat by repeat."""
    found = []
    for repeat in range(REPEATS):
        for row, stage, before, after in ROWS:
            shared, own = before * CLIPS / speed, after * CLIPS / speed
            if row == "autoencoder":
                own = AUTOENCODER
            found.append(Cell(row, repeat, f"{stage}/{repeat}" if stage else None, shared, own))
    return found


def _longest(every: Sequence[Cell]) -> list[Cell]:
    return sorted(every, key=lambda cell: -(cell.shared + cell.own))


def _repeats_longest(every: Sequence[Cell]) -> list[Cell]:
    return sorted(every, key=lambda cell: (cell.repeat, -(cell.shared + cell.own)))


def _twins_apart(every: Sequence[Cell]) -> list[Cell]:
    """Repeat by repeat, but a cell whose stage another one trains comes last of its repeat."""
    seen = set[str | None]()
    late = set[Cell]()
    for cell in every:
        if cell.stage in seen and cell.stage is not None:
            late.add(cell)
        seen.add(cell.stage)
    return sorted(every, key=lambda cell: (cell.repeat, cell in late))


ORDERS: dict[str, Callable[[Sequence[Cell]], list[Cell]]] = {
    "repeat by repeat, as a run has it": list,
    "the same, twins last": _twins_apart,
    "the same, longest first": _repeats_longest,
    "row by row": lambda every: sorted(every, key=lambda cell: (cell.row, cell.repeat)),
    "longest first": _longest,
}


@dataclass
class Night:
    """What became of it: when it ended, when the first repeats were there, and lost seconds."""

    end: float
    look: float
    waited: float
    again: float


def night(order: Sequence[Cell], gpus: Sequence[float], lost: dict[Cell, float]) -> Night:
    """Run cells on GPUs of these speeds; ``lost`` are cut off once, at a share of their time."""
    free = [(0.0, place) for place in range(len(gpus))]
    heapq.heapify(free)
    stages = dict[str, float]()  # when each is there
    ends = dict[Cell, float]()
    waited = again = 0.0
    for cell in order:
        now, place = heapq.heappop(free)
        begun = now
        if cell in lost:
            cut = lost[cell] * (cell.shared + cell.own) / gpus[place]
            again += cut
            now += cut
        if cell.stage is None or cell.stage not in stages:
            now += cell.shared / gpus[place]
            if cell.stage:
                stages[cell.stage] = now
        elif stages[cell.stage] > now:
            waited += stages[cell.stage] - now
            now = stages[cell.stage]
        ends[cell] = now + cell.own / gpus[place]
        assert ends[cell] >= begun
        heapq.heappush(free, (ends[cell], place))
    first = [end for cell, end in ends.items() if cell.repeat < LOOK]
    return Night(max(ends.values()), max(first), waited, again)


def _work(order: Sequence[Cell]) -> float:
    """Seconds of all that has to be computed once."""
    stages = {cell.stage: cell.shared for cell in order if cell.stage}
    return sum(stages.values()) + sum(cell.own for cell in order)


def _line(what: str, nights: Sequence[Night], work: float, speed: float) -> Row:
    middle = {
        name: statistics.mean(getattr(one, name) for one in nights) / 3600
        for name in ("end", "look", "waited", "again")
    }
    whole = middle["end"] * speed
    return {
        "order": what,
        "hours": middle["end"],
        f"to {LOOK} repeats": middle["look"],
        "computing": work / 3600 / whole,
        "waiting for a stage": middle["waited"] / whole,
        "done again": middle["again"] / whole,
        "idle": 1 - (work / 3600 + middle["waited"] + middle["again"]) / whole,
    }


def measure(speed: str | None, gpus: str | None) -> Report:
    every = cells(float(speed or SPEED))
    count = int(gpus or GPUS)
    work = _work(every)
    even, uneven = [1.0] * count, [1.0] * (count - 1) + [SLOW]
    rows = []
    for what, arrange in ORDERS.items():
        order = arrange(every)
        rows.append(_line(what, [night(order, even, {})], work, count))
    for what, arrange in ORDERS.items():
        failing = partial(_failing, arrange(every), even)
        rows.append(
            _line(f"{what}; {FAILING:.0%} lost", [*map(failing, range(TRIES))], work, count)
        )
    for what, arrange in ORDERS.items():
        found = night(arrange(every), uneven, {})
        rows.append(_line(f"{what}; one GPU at half speed", [found], work, sum(uneven)))
    title = f"`run paper`, {len(every)} cells on {count} GPUs, simulated"
    bound = f"all work, evenly spread, takes {work / 3600 / count:.3g} hours"
    return Report(title, 1, rows, [f"{float(speed or SPEED):,.0f} clip passes a second; {bound}"])


def _failing(order: Sequence[Cell], gpus: Sequence[float], seed: int) -> Night:
    rng = random.Random(seed)
    lost = {cell: rng.random() for cell in order if rng.random() < FAILING}
    return night(order, gpus, lost)


if __name__ == "__main__":
    measuring.main(measure, speed="clip passes a second of one GPU", gpus="how many")
