"""The leaderboard in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from asdbench.evaluation import (
    NAMES,
    OFFICIAL,
    Board,
    Difference,
    Pair,
    Row,
    Spread,
    caution,
    figure_of,
    rivals,
)

from ._figures import by_machine, explained, interval_of, ranks
from ._kinds import by_tag
from ._markdown_answer import in_short, sources
from ._markdown_cost import cost
from ._markdown_kinds import by_kind
from ._markdown_published import reported
from ._pipes import escape, table
from ._published import published
from ._text import (
    CANT_TELL,
    REMARK,
    covers,
    interval,
    letters,
    machine_types,
    mark,
    marks,
    mean_and_sd,
    pairs_of,
    percent,
    probability,
    remarks,
    told_apart,
    training,
)

MANY = 10  # pairs: of more, only neighbours in the ranking are shown


def render(board: Board) -> str:
    """The ranking of each subset, then each machine type; AUCs in %, mean and sd over repeats."""
    parts = [f"# {escape(board.benchmark)}", ""]
    if said := caution(board.recipe):
        parts += [said, ""]
    others = published(board)
    for subset in board.subsets:
        rows = board.subset(subset)
        parts += [f"## {subset.capitalize()}", "", in_short(board, subset), ""]
        parts += [ranking(board, subset), ""]
        parts += [*_legend(board, subset), ""]
        if pairs := pairs_of(board, subset):
            parts += [*_differences(board, subset, pairs), ""]
        parts += [_by_machine(board, subset), ""]
        parts += cost(board, subset, _name)
        if kinds := by_tag(board, subset):
            named = {_name(row): row for row in rivals(rows)}
            parts += [*by_kind(named, kinds, board.question[subset]), ""]
        if subset in others:
            parts += reported(others[subset])
    for said in dict.fromkeys(explained(board, subset) for subset in board.subsets):
        parts += [said, ""]
    if trained := training(board):
        parts += [escape(trained), ""]
    parts += [f"- {escape(note)}" for note in board.notes]
    return "\n".join(parts).rstrip() + "\n"


def ranking(board: Board, subset: str) -> str:
    """One line a row, best first, with what answers the board's question; what ranks comes last."""
    rows, question = board.subset(subset), board.question[subset]
    alone = len(rivals(rows)) == 1
    first, *others = board.figures[subset]
    shown = [*others, first]
    lines = [
        [
            str(place),
            _name(row),
            *(mean_and_sd(figure_of(row, figure)) for figure in shown),
            interval(interval_of(row, question, first)),
            "-" if alone else probability(row.best[question]),
            "-" if alone else letters(row, question),
            str(row.repeats) if row.repeats == row.planned else f"{row.repeats} of {row.planned}",
            "-" if row.seconds is None else f"{row.seconds:.1f}",
        ]
        for place, row in enumerate(rows, start=1)
    ]
    headers = ["", "method", *(NAMES[figure] for figure in shown), "95 % interval", "P(best)"]
    headers += ["group", "repeats", "s a repeat"]
    numbers = ["right"] * (len(shown) + 2)
    return table(lines, headers, ["right", "left", *numbers, "left", "right", "right"])


def _legend(board: Board, subset: str) -> Iterator[str]:
    rows, question = board.subset(subset), board.question[subset]
    lone = any(row.best[question] is None for row in rows)
    others = f", of the rows without {CANT_TELL}" if lone else ""
    name = NAMES[ranks(board, subset)]
    best = (
        " P(best): how probable it is that the row is the best, drawn from the same spread"
        f"{others}."
    )
    yield (
        f"The interval is that of {'the ' * (ranks(board, subset) == OFFICIAL)}{name}, "
        f"{covers(question)}.{best if len(rivals(rows)) > 1 else ''}"
    )
    if sentence := told_apart(board, subset):
        yield escape(sentence)
    yield from marks(rows)
    yield from (f"{REMARK} {escape(sentence)}" for sentence in remarks(rows))
    yield from sources(rows)


def _differences(board: Board, subset: str, pairs: Sequence[Pair]) -> Iterator[str]:
    """Each pair with its intervals; of many rows, neighbours in the ranking alone."""
    rows, question = rivals(board.subset(subset)), board.question[subset]
    near = [
        frozenset(both) for both in pairwise(row.label for row in rows if row.letters[question])
    ]
    shown = [pair for pair in pairs if len(pairs) <= MANY or {pair.first, pair.second} in near]
    lines = [
        [
            f"{escape(pair.first)} - {escape(pair.second)}",
            f"{100 * pair.difference:+.1f}",
            *_said(pair.clips if question == "clips" else pair.here),
            *_said(pair.elsewhere),
            "-" if pair.flips is None else f"{100 * pair.flips:.0f} %",
        ]
        for pair in shown
    ]
    headers = [
        NAMES[ranks(board, subset)],
        "difference",
        f"95 %, {'these fits' if question == 'clips' else 'here'}",
        "p",
        "95 %, other IDs",
        "p",
        "flips",
    ]
    yield table(lines, headers, ["left", *["right"] * 6])
    yield ""
    of_which = (
        ""
        if len(pairs) == len(shown)
        else "Neighbours in the ranking that can be told; the page has all. "
    )
    yield (
        f"{of_which}Differences in points with their 95 % intervals; p after Holm's correction. "
        "Flips: how often two repeats put the two in different orders."
    )


def _said(found: Difference | None) -> tuple[str, str]:
    if found is None:
        return CANT_TELL, CANT_TELL
    p = "< 0.001" if found.corrected < 0.001 else f"{found.corrected:.3f}"
    return f"{100 * found.low:+.1f} to {100 * found.high:+.1f}", p


def _by_machine(board: Board, subset: str) -> str:
    """Some figures of each machine type."""
    rows, shown = board.subset(subset), by_machine(board, subset)
    machines = machine_types(rows)
    lines = [
        [_name(row)]
        + [
            " / ".join(_mean(figure_of(found, figure)) for figure in shown)
            if (found := row.machines.get(machine))
            else "-"
            for machine in machines
        ]
        for row in rows
    ]
    headers = [" / ".join(NAMES[figure] for figure in shown), *map(escape, machines)]
    return table(lines, headers, ["left", *["right"] * len(machines)])


def _mean(spread: Spread | None) -> str:
    return percent(spread.mean) if spread else "-"


def _name(row: Row) -> str:
    """A row's label, marked where asdbench didn't simply run it, or where there is a remark."""
    sign = REMARK if row.remarks else ""
    return escape(row.label) + sign + (f" ({found})" if (found := mark(row)) else "")
