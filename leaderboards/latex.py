"""The leaderboard in LaTeX: a table a subset, to ``\\input`` into a paper; needs booktabs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from asdbench.evaluation import (
    NAMES,
    OFFICIAL,
    RANKS,
    Board,
    Row,
    Spread,
    caution,
    figure_of,
    rivals,
)

from . import _tex_cost, _tex_published
from ._cost import costed
from ._figures import by_machine, explained, short
from ._published import AVERAGE, Published, published
from ._tex import Column, escape, line, spread, superscript, wrapped
from ._text import (
    REMARK,
    letters,
    machine_types,
    mark,
    marks,
    percent,
    plain,
    remarks,
    told_apart,
    training,
)

_GROUPS = 7  # machine types side by side, the average included; more go below
_ROOMY = 5  # that many have larger type and wider gaps, where each has two figures
_HEADS = {
    "official": "Score",
    "auc_source": r"AUC$_\mathrm{s}$",
    "auc_target": r"AUC$_\mathrm{t}$",
    "pauc_source": r"pAUC$_\mathrm{s}$",
    "pauc_target": r"pAUC$_\mathrm{t}$",
    "pauc_harmonic": "pAUC",
}
_GAP = r"@{\hspace{\gap}}"
# Right-aligned on each other; \vtop, so that the mean is on the line.
_SPREAD = (
    r"\def\spread#1#2{\vtop{\baselineskip=6pt\lineskip=0pt"
    r"\halign{\hfil##\cr#1\cr\tiny$\pm$#2\cr}\kern2pt}}"
)


def render(board: Board) -> str:
    """A table a subset: machine types side by side, mean and small sd, best in bold."""
    lines = [
        f"% {plain(board.benchmark)}: leaderboard by asdbench, from {plain(board.made_from)}",
        r"% Needs \usepackage{booktabs} in the preamble; then \input this file.",
        "% Made for the full width of a page with two columns.",
        *(f"% Note: {plain(note)}" for note in board.notes),
    ]
    others = published(board)
    for subset in board.subsets:
        lines += ["", *_table(board, subset, others.get(subset, ()))]
    return "\n".join(lines) + "\n"


def _table(board: Board, subset: str, others: Sequence[Published]) -> Iterator[str]:
    rows = board.subset(subset)
    machines = [*machine_types(rows), AVERAGE]
    yield r"\begin{table*}"
    yield r"\centering"
    yield rf"\caption{{{' '.join(_caption(board, subset))}}}"
    yield rf"\label{{tab:{_slug(board.benchmark)}-{subset}}}"
    yield r"\par\smallskip"
    if len(machines) * len(by_machine(board, subset)) <= 2 * _ROOMY:
        yield r"\small\setlength{\tabcolsep}{3pt}\def\gap{11pt}"
    else:
        yield r"\footnotesize\setlength{\tabcolsep}{1.7pt}\def\gap{5pt}"
    yield _SPREAD
    # As many columns as with two figures a type.
    at_once = max(1, 2 * _GROUPS // len(by_machine(board, subset)))
    for start in range(0, len(machines), at_once):
        if start:
            yield r"\par\medskip"
        columns = machines[start : start + at_once]
        yield from _tabular(board, subset, others, columns)
    yield from _tex_cost.cost(board, subset)
    yield r"\par\smallskip"
    yield r"\begin{minipage}{\textwidth}\footnotesize"
    yield from _notes(board, subset)
    if others:
        yield from _tex_published.notes(others)
    yield r"\end{minipage}"
    yield r"\end{table*}"


def _tabular(
    board: Board, subset: str, others: Sequence[Published], machines: Sequence[str]
) -> Iterator[str]:
    rows, question = board.subset(subset), board.question[subset]
    first, *further = board.figures[subset]
    figures: dict[str, Sequence[str]] = dict.fromkeys(machines, by_machine(board, subset))
    if AVERAGE in figures:
        figures[AVERAGE] = [*further, first]
    columns = [Column(machine, figure) for machine in machines for figure in figures[machine]]
    groups = _GAP.join("r" * len(of_machine) for of_machine in figures.values())
    yield rf"\begin{{tabular}}{{@{{}}l{_GAP}{groups}@{{}}}}"
    yield r"\toprule"
    yield from _head(figures)
    yield r"\midrule"
    best = [_best(rows, column) for column in columns]
    for row in rows:
        cells = (_cell(_spread(row, at), top) for at, top in zip(columns, best, strict=True))
        yield line(_method(row, question, len(rivals(rows)) == 1), cells)
    yield from _tex_published.lines(others, columns)
    yield r"\bottomrule"
    yield r"\end{tabular}"


def _head(figures: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Two lines: machine types with a rule below each, then their figures."""
    names, rules, heads = [], [], []
    first, final = 2, list(figures)[-1]
    for machine, of_machine in figures.items():
        last = first + len(of_machine) - 1
        name = escape(machine.capitalize() if machine == AVERAGE else machine)
        box = wrapped(name, "b")
        right, trim = ("@{}", "") if machine == final else (_GAP, "(r{\\gap})")
        names.append(rf"\multicolumn{{{last - first + 1}}}{{@{{}}c{right}}}{{{box}}}")
        rules.append(rf"\cmidrule{trim}{{{first}-{last}}}")
        heads += [rf"{{\scriptsize {_head_of(figure)}}}" for figure in of_machine]
        first = last + 1
    yield line("", names)
    yield " ".join(rules)
    yield line("Method", heads)


def _head_of(figure: str) -> str:
    return _HEADS.get(figure) or escape(short(figure))


def _spread(row: Row, at: Column) -> Spread | None:
    place = row if at.machine == AVERAGE else row.machines.get(at.machine)
    return figure_of(place, at.figure) if place else None


def _cell(found: Spread | None, best: str) -> str:
    if found is None:
        return "--"
    mean = percent(found.mean)
    shown = rf"\textbf{{{mean}}}" if mean == best else mean
    return shown if found.sd is None else spread(shown, percent(found.sd))


def _best(rows: Sequence[Row], at: Column) -> str:
    """The highest mean of a column as it is printed: ties at that precision share it."""
    found = [percent(there.mean) for row in rows if (there := _spread(row, at))]
    return max(found, key=float) if len(rivals(rows)) > 1 and found else ""


def _method(row: Row, question: str, alone: bool) -> str:
    """The label, its letters, and where it comes from if asdbench didn't simply run it.

    A row that is ``alone`` has no letters.
    """
    found = f" ({mark(row)})" if mark(row) else ""
    found = (escape(REMARK) if row.remarks else "") + found
    signs = "" if alone else superscript(escape(letters(row, question)))
    return wrapped(escape(row.label) + signs + found)


def _caption(board: Board, subset: str) -> Iterator[str]:
    rows = board.subset(subset)
    best = "; best in bold" if len(rivals(rows)) > 1 else ""
    yield (
        rf"{escape(board.benchmark)}, {subset} set: {_shown(board, subset)} in \%, "
        f"{_repeats(rows)}{best}."
    )
    yield escape(caution(board.recipe))
    yield escape(told_apart(board, subset))
    yield escape(training(board))
    if "seed" in board.recipe:
        yield f"Base seed {escape(str(board.recipe['seed']))}."


def _shown(board: Board, subset: str) -> str:
    if board.figures[subset][0] == RANKS:
        return r"AUC and pAUC (max.\ FPR 0.1)"
    return escape(", ".join(NAMES[figure] for figure in board.figures[subset]))


def _repeats(rows: Sequence[Row]) -> str:
    counts = sorted({row.repeats for row in rows})
    if counts == [1]:
        return "one repeat"
    many = " to ".join(str(n) for n in dict.fromkeys((counts[0], counts[-1])))
    return rf"mean over {many} repeats with $\pm$~standard deviation"


def _notes(board: Board, subset: str) -> Iterator[str]:
    """What columns and marks mean."""
    if board.figures[subset][0] == RANKS:
        yield (
            "A machine type has the mean over its IDs; the average is that over machine types. "
            "mAUC: AUC of the worst ID of a type. Mean: that of AUC and pAUC, by which rows are "
            "ranked."
        )
    else:
        if OFFICIAL in board.figures[subset]:
            yield "Score: the official one. s, t: of source and target clips."
        yield escape(explained(board, subset))
    rows = board.subset(subset)
    yield from map(escape, marks(rows))
    yield from (escape(f"{REMARK} {sentence}") for sentence in remarks(rows))
    if costed(rows):
        yield _tex_cost.note()


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
