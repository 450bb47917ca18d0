"""Which figures a board shows, and what they are called where there is little room, or more."""

from __future__ import annotations

from collections.abc import Sequence

from asdbench.evaluation import (
    DECIDED,
    NAMES,
    OFFICIAL,
    PROTOCOLS,
    RANKS,
    Board,
    Interval,
    Row,
    figure_of,
    meaning,
)

_SHORT = {RANKS: "Mean"}
_LONG = {
    RANKS: "Mean of AUC and pAUC",
    "auc": "AUC",
    "pauc": "pAUC (max FPR 0.1)",
    "mauc": "mAUC (worst machine ID of each type)",
}


def ranks(board: Board, subset: str) -> str:
    """The figure that rows of a subset are ranked by."""
    return board.figures[subset][0]


def shown(board: Board) -> list[str]:
    """The figures of all subsets, the first one's first."""
    return list(dict.fromkeys(name for subset in board.subsets for name in board.figures[subset]))


def short(figure: str) -> str:
    """For a column's head."""
    return _SHORT.get(figure, NAMES[figure])


def long(figure: str, protocol: str) -> str:
    """For a caption."""
    if figure in _LONG:
        return _LONG[figure]
    return f"{NAMES[figure].capitalize() if figure == OFFICIAL else NAMES[figure]}, " + meaning(
        figure, protocol
    )


def ranked_by(board: Board, subset: str) -> str:
    """In a sentence: "the mean of AUC and pAUC"."""
    figure, protocol = ranks(board, subset), board.protocol[subset]
    if figure == RANKS:
        return "the mean of AUC and pAUC"
    if figure == OFFICIAL:
        years = "2021" if protocol == "2021" else "2022 to 2026"
        return f"the official score of DCASE {years}, {meaning(figure, protocol)}"
    return NAMES[figure]


def by_machine(board: Board, subset: str) -> Sequence[str]:
    """The figures that are shown of each machine type."""
    if ranks(board, subset) == OFFICIAL:
        return [name for name in board.figures[subset][1:] if name not in DECIDED]
    return ("auc", "pauc") if _usual(board, subset) else board.figures[subset]


def _usual(board: Board, subset: str) -> bool:
    """Whether the figures are 2020's; rows without decisions have none of those."""
    shown, usual = board.figures[subset], PROTOCOLS["2020"]
    whole = {name for name in usual if name not in DECIDED} <= set(shown)
    return whole and list(shown) == [name for name in usual if name in shown]


def interval_of(row: Row, question: str, figure: str = RANKS) -> Interval | None:
    """The interval of a figure that answers a question."""
    found: Interval | None = getattr(figure_of(row, figure), question, None)
    return found


def explained(board: Board, subset: str) -> str:
    """What the figures of a subset are, and by which rows are ranked."""
    shown = board.figures[subset]
    if _usual(board, subset):
        decided = (
            " Recall and specificity: the share of anomalous clips that are found, and of normal "
            "clips that raise no alarm, at a threshold from the training clips' scores alone."
        )
        return (
            "AUC, pAUC (max FPR 0.1), mAUC (worst machine ID of a type) in %, averaged over "
            "machine types: mean ± standard deviation over repeats. Ranked by the mean of AUC and "
            f"pAUC.{decided if set(shown) & set(DECIDED) else ''}"
        )
    protocol = board.protocol[subset]
    told = "; ".join(f"{NAMES[name]}: {meaning(name, protocol)}" for name in shown)
    harmonic = (
        " Figures of domains are harmonic means over machine types and sections; the anomalous "
        f"clips are those of {'the domain' if protocol == '2021' else 'both domains'}."
        if set(shown) & {*PROTOCOLS[protocol]} - {*DECIDED, *PROTOCOLS["2020"]}
        else ""
    )
    return (
        f"In %, mean ± standard deviation over repeats. {told}.{harmonic} "
        f"Ranked by {ranked_by(board, subset)}."
    )


def here_alone(rows: Sequence[Row], figures: Sequence[str]) -> list[str]:
    """The figures, but for the first, that no row has an interval of on other machine IDs."""
    found = {name: [figure_of(row, name) for row in rows] for name in figures[1:]}
    return [
        name
        for name, spreads in found.items()
        if any(spreads) and not any(one and one.elsewhere for one in spreads)
    ]
