"""The leaderboard on a terminal: as many columns as it has room for, intervals drawn as bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from asdbench.cli.columns import HEADS, MARK, BoardColumn, columns_of, origin, percent
from asdbench.cli.fitted_table import GAP, drawn
from asdbench.cli.words import many
from asdbench.evaluation import NAMES, RANKS, Board, Row, caution, figure_of, rivals

ASKS = {
    "clips": "with other test clips, these fits staying as they are",
    "here": "with other seeds and other test clips, on these machine IDs",
    "elsewhere": "with other seeds and test clips, and on other machine IDs of these types",
}
NOTES = 4  # of the board's, at most: the page has all


def shown(board: Board, width: int) -> RenderableType:
    """The ranking of each subset, as it fits into so many columns of a terminal."""
    parts: list[RenderableType] = []
    for subset in board.subsets:
        parts += [*([Text()] if parts else []), *_subset(board, subset, width)]
    notes = [Text(f"- {note}", style="dim") for note in board.notes[:NOTES]]
    if more := len(board.notes) - len(notes):
        notes.append(Text(f"- and {many(more, 'more note')}, on the page", style="dim"))
    return Group(*parts, *([Text()] if notes else []), *notes)


def _subset(board: Board, subset: str, width: int) -> Iterator[RenderableType]:
    rows = board.subset(subset)
    ids = {(machine, one) for row in rows for machine in row.machines for one in _ids(row, machine)}
    types = len({machine for machine, _ in ids})
    counted = f"{many(len(ids), 'machine ID')} of {many(types, 'machine type')}"
    title = f"{board.benchmark}, {subset}"
    yield Text.assemble((title, "bold"), f": {many(len(rows), 'row')}, {counted}")
    if said := caution(board.recipe):
        yield Text(said, style="yellow")
    columns, left_out = columns_of(board, subset, width)
    yield drawn(columns, rows)
    yield Text()
    yield Text(_answer(board, subset), style="bold")
    yield from (Text(line, style="dim") for line in _legend(board, subset, columns, left_out))
    if types > 1:
        yield Text()
        yield _by_type(board, subset, width)


def _answer(board: Board, subset: str) -> str:
    """Who leads, and who can't be told from it."""
    question = board.question[subset]
    first, *others = rivals(board.subset(subset))
    letters = first.letters[question]
    if not others:
        return "One row: there is nothing to compare it with."
    if letters is None:
        return f"{first.label} comes first, but whether it would again can't be told."
    alike = [row.label for row in others if set(row.letters[question] or "?") & {*letters, "?"}]
    if alike:
        return f"{first.label} comes first; it can't be told apart from {_some(alike)}."
    pair = next(
        pair
        for pair in board.pairs
        if pair.subset == subset
        and pair.figure == board.figures[subset][0]
        and {pair.first, pair.second} == {first.label, others[0].label}
    )
    told = getattr(pair, question)
    by = f"{100 * pair.difference:.1f} points"
    spread = f" ({100 * told.low:.1f} to {100 * told.high:.1f})" if told else ""
    return f"{first.label} leads, {by}{spread} ahead of {others[0].label}."


def _some(labels: Sequence[str]) -> str:
    if len(labels) > 4:
        return f"{', '.join(labels[:3])} and {len(labels) - 3} others"
    return " and ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))


def _legend(
    board: Board, subset: str, columns: Sequence[BoardColumn], left_out: Sequence[str]
) -> Iterator[str]:
    rows, question = board.subset(subset), board.question[subset]
    name = NAMES[board.figures[subset][0]]
    yield f"Ranked by {name}, in %. Intervals: 95 %, {ASKS[question]}."
    if any(column.name == "group" for column in columns) and len(rivals(rows)) > 1:
        yield "Rows that share a letter can't be told apart."
    if any(row.letters[question] is None for row in rows):
        yield "?: can't tell. One repeat doesn't show what other seeds do; run two or more."
        yield "P(best) is that among the other rows."
    for row in rows:
        if row.repeats < row.planned:
            yield f"{row.label}: {row.repeats} of {row.planned} repeats; the same run goes on."
    marks = [f"{row.label}: {said}" for row in rows if (said := origin(row))]
    marks += [f"{row.label}: {remark}" for row in rows for remark in row.remarks]
    yield from (f"{MARK} {mark}." for mark in marks)
    if left_out:
        yield f"For a wider terminal, or on the page: {', '.join(left_out)}."


def _by_type(board: Board, subset: str, width: int) -> Table:
    """What ranks, of each machine type, or its AUC where types have no such figure."""
    rows = board.subset(subset)
    types = sorted({machine for row in rows for machine in row.machines}, key=str.swapcase)
    ranks = board.figures[subset][0]
    found = [machine for row in rows for machine in row.machines.values()]
    figure = ranks if all(figure_of(machine, ranks) for machine in found) else RANKS
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    name = max(len(HEADS.get(figure, NAMES[figure])), *(len(row.label) for row in rows))
    name = max(8, min(name, width - 2 * (6 + GAP)))
    table.add_column(HEADS.get(figure, NAMES[figure]), width=name, no_wrap=True)
    room, fitting = width - name, []
    for machine in types:
        room -= max(5, len(machine)) + GAP
        if room >= 0:
            fitting.append(machine)
            table.add_column(Text(machine), justify="right", no_wrap=True)
    best = {m: max(_of_type(row, m, figure) or 0.0 for row in rows) for m in fitting}
    for row in rows:
        values = [(machine, _of_type(row, machine, figure)) for machine in fitting]
        cells = [
            Text("-" if value is None else percent(value), "bold" if value == best[m] else "")
            for m, value in values
        ]
        table.add_row(Text(row.label, overflow="ellipsis"), *cells)
    if len(fitting) < len(types):
        table.caption = Text(f"and {many(len(types) - len(fitting), 'more type')}, on the page")
    return table


def _of_type(row: Row, machine: str, figure: str) -> float | None:
    found = row.machines.get(machine)
    spread = figure_of(found, figure) if found else None
    return spread.mean if spread else None


def _ids(row: Row, machine: str) -> Sequence[str]:
    return list(row.machines[machine].ids)
