"""What boards in words share: numbers as they are printed, and sentences about a board."""

from __future__ import annotations

import re
from collections.abc import Sequence

from asdbench.evaluation import ALPHA, Board, Interval, Pair, Row, Spread, rivals

from ._figures import ranks

CANT_TELL = "?"
REMARK = "\N{DAGGER}"  # beside a row that its reader must know more of
_LETTER = re.compile(r"[a-z]|\(\d+\)")
_ASKS = {
    "clips": "with other test clips, these fits staying as they are",
    "here": "with other seeds and other test clips, on these machine IDs",
    "elsewhere": "with other seeds and test clips, and on other machine IDs of these types",
}
_MARKS = {
    "imported": (
        "scores made elsewhere and imported; neither how is known here nor, beyond the clips' "
        "names, on what sound"
    ),
    "ensemble": "made of the scores of other rows, and trained on nothing",
    "tuned: proxy": "fields chosen by a task made of normal clips, without test labels",
    "tuned with labels": (
        "fields chosen with the labels of development test clips, where the figures are too high"
    ),
}


def plain(text: str) -> str:
    """A text from outside on one line, without what can't be printed."""
    joined = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in joined)


def in_sheet(text: str) -> str:
    """As a cell of a table: what a spreadsheet would take for a formula has a ' in front."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def percent(share: float) -> str:
    """ "81.2" for 0.8123."""
    return f"{100 * share:.1f}"


def mean_and_sd(spread: Spread | None) -> str:
    """ "81.2 ± 0.4", or "81.2" where there is one repeat."""
    if spread is None:
        return "-"
    mean = percent(spread.mean)
    return mean if spread.sd is None else f"{mean} ± {percent(spread.sd)}"


def correlation(value: float | None) -> str:
    """ "0.71", with a real minus sign."""
    return CANT_TELL if value is None else f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def probability(share: float | None, none: str = CANT_TELL) -> str:
    """In whole %; draws can't tell what is very rare from what never happens."""
    if share is None:
        return none
    whole = f"{100 * share:.0f}"
    return {"0": "< 1 %", "100": "> 99 %"}.get(whole, f"{whole} %")


def mark(row: Row) -> str:
    """Where a row comes from, if asdbench didn't simply run it: "imported", "tuned: proxy"."""
    kind = row.origin.get("kind")
    if kind in {"import", "ensemble"}:
        return "imported" if kind == "import" else "ensemble"
    if kind == "tuned":
        oracle = row.origin.get("objective") == "oracle"
        return "tuned with labels" if oracle else "tuned: proxy"
    return ""


def marks(rows: Sequence[Row]) -> list[str]:
    """What the marks on these rows mean, a sentence a mark."""
    there = {mark(row) for row in rows}
    return [f"{name.capitalize()}: {meaning}." for name, meaning in _MARKS.items() if name in there]


def remarks(rows: Sequence[Row]) -> list[str]:
    """What a reader must know of these rows, a sentence a remark: "knn, mine: pretrained"."""
    said: dict[str, list[str]] = {}
    for row in rows:
        for remark in row.remarks:
            said.setdefault(remark, []).append(row.label)
    return [f"{', '.join(labels)}: {remark}." for remark, labels in said.items()]


def letters(row: Row, question: str) -> str:
    """The letters that answer a question, or "?"."""
    return row.letters[question] or CANT_TELL


def groups(rows: Sequence[Row], question: str) -> dict[str, list[str]]:
    """By letter, the rows that share it; they can't be told apart."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for letter in _LETTER.findall(row.letters[question] or ""):
            found.setdefault(letter, []).append(row.label)
    return found


def covers(question: str) -> str:
    """What the intervals that answer a question cover, in words."""
    return _ASKS[question]


def interval(found: Interval | None) -> str:
    """ "57.1 to 64.0" in %, or "?"."""
    return f"{percent(found.low)} to {percent(found.high)}" if found else CANT_TELL


def told_apart(board: Board, subset: str, question: str | None = None) -> str:
    """What letters say, and what can't be told. Empty for one row."""
    rows = rivals(board.subset(subset))
    asked = question or board.question[subset]
    if len(rows) < 2:
        return ""
    said = [_seeds(rows, asked)]
    told = [pair for pair in pairs_of(board, subset) if getattr(pair, asked)]
    if told:
        many = f"{len(told)} pairs" if len(told) > 1 else "one pair"
        said.append(
            f"Rows that share a letter can't be told apart: {_ASKS[asked]}, their order might turn "
            f"(t tests, Holm's correction for {many}, {100 * ALPHA:.0f} %; {_ids(told)}). Machine "
            "types stay these."
        )
    elif asked == "elsewhere" and any(pair.here for pair in pairs_of(board, subset)):
        said.append(
            f"{CANT_TELL}: can't tell. There are too few machine IDs of a type to know how other "
            "ones would differ."
        )
    elif not any(row.letters["clips"] for row in rows):
        said.append(f"{CANT_TELL}: can't tell. No machine ID has two test clips of each class.")
    return " ".join(filter(None, said))


def pairs_of(board: Board, subset: str, figure: str | None = None) -> list[Pair]:
    """The pairs of rows of one subset in one figure, by default in what rows are ranked by."""
    named = figure or ranks(board, subset)
    return [pair for pair in board.pairs if pair.subset == subset and pair.figure == named]


def machine_types(rows: Sequence[Row]) -> list[str]:
    """The machine types of any of the rows; capitals last, as papers have ToyCar after valve."""
    return sorted({machine for row in rows for machine in row.machines}, key=str.swapcase)


def training(board: Board) -> str:
    """What the rows were trained on, or "" where it isn't known."""
    parts = [
        f"{part['clips']:,} {subset} clips of {part['ids']} machine ID{'s' * (part['ids'] != 1)}"
        for subset, part in board.recipe.get("train", {}).items()
    ]
    return f"Trained on {' and '.join(parts)}." if parts else ""


def _seeds(rows: Sequence[Row], question: str) -> str:
    """Which rows have one repeat, so that nothing can be said of other seeds."""
    lone = [row.label for row in rows if row.seeds == "unknown"]
    if not lone:
        return ""
    if question == "clips":
        if len(lone) < len(rows):
            return "Seeds are in no interval and in no letter: the fits stay these."
        return (
            "Seeds are in no interval and in no letter: with one repeat, nothing is known of them. "
            "Run two repeats or more to ask about other seeds."
        )
    names = "all rows" if len(lone) == len(rows) else ", ".join(map(plain, lone))
    return (
        f"{CANT_TELL}: can't tell. One repeat doesn't show what other seeds do to {names}; run two "
        "or more."
    )


def _ids(pairs: Sequence[Pair]) -> str:
    counts = sorted({pair.n for pair in pairs})
    n = " to ".join(str(count) for count in dict.fromkeys((counts[0], counts[-1])))
    return f"{n} machine ID{'s' * (n != '1')}"
