"""What boards in words share: numbers as they are printed, and sentences about a board."""

from __future__ import annotations

from collections.abc import Sequence

from asdbench.evaluation import ALPHA, Board, Interval, Pair, Row

_TRUTHS = {
    "new": "other machine IDs of the same types, other clips and other seeds",
    "these": "these machine IDs with other clips and other seeds",
}
_MARKS = {
    "imported": "scores made elsewhere and imported; how is not known here",
    "tuned: proxy": "fields chosen by a task made of normal clips, without test labels",
    "tuned with labels": (
        "fields chosen with the labels of development test clips, where the figures are too high"
    ),
}


def plain(text: str) -> str:
    """A text from outside on one line, without what can't be printed."""
    joined = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in joined)


def percent(share: float) -> str:
    """ "81.2" for 0.8123."""
    return f"{100 * share:.1f}"


def probability(share: float) -> str:
    """In whole %; resamples can't tell what is very rare from what never happens."""
    whole = f"{100 * share:.0f}"
    return {"0": "< 1 %", "100": "> 99 %"}.get(whole, f"{whole} %")


def mark(row: Row) -> str:
    """Where a row comes from, if asdbench didn't simply run it: "imported", "tuned: proxy"."""
    kind = row.origin.get("kind")
    if kind == "import":
        return "imported"
    if kind == "tuned":
        oracle = row.origin.get("objective") == "oracle"
        return "tuned with labels" if oracle else "tuned: proxy"
    return ""


def marks(rows: Sequence[Row]) -> list[str]:
    """What the marks on these rows mean, a sentence a mark."""
    there = {mark(row) for row in rows}
    return [f"{name.capitalize()}: {meaning}." for name, meaning in _MARKS.items() if name in there]


def truth(rows: Sequence[Row]) -> str:
    """Which intervals all rows have: "new", else "these"."""
    return "new" if all(row.mean_auc_pauc.new for row in rows) else "these"


def covers(rows: Sequence[Row]) -> str:
    """What the intervals of these rows cover, in words."""
    lone = any(row.repeats == 1 for row in rows)
    return _TRUTHS[truth(rows)] + (" (with one repeat, not other seeds)" if lone else "")


def interval(found: Interval | None) -> str:
    """ "57.1 to 64.0" in %, or "-"."""
    return f"{percent(found.low)} to {percent(found.high)}" if found else "-"


def told_apart(pairs: Sequence[Pair]) -> str:
    """The test behind the letters, or that it can show nothing. Empty for one row."""
    if not pairs:
        return ""
    fewest, most = min(pair.n for pair in pairs), max(pair.n for pair in pairs)
    n = f"{most}" if fewest == most else f"{fewest} to {most}"
    level = f"{100 * ALPHA:.0f} %"
    if _powerless(pairs, most):
        return (
            "All rows share a letter: with "
            f"{len(pairs)} pair{'s' * (len(pairs) > 1)} of rows and {n} machine IDs, Wilcoxon's "
            f"signed-rank test with Holm's correction can't show a difference at {level}, however "
            "large it is."
        )
    return (
        "Rows that share a letter can't be told apart (Wilcoxon's signed-rank test over "
        f"{n} machine IDs, Holm's correction, {level})."
    )


def pairs_of(board: Board, subset: str) -> list[Pair]:
    """The pairs of rows of one subset."""
    return [pair for pair in board.pairs if pair.subset == subset]


def machine_types(rows: Sequence[Row]) -> list[str]:
    """The machine types of any of the rows; capitals last, as papers have ToyCar after valve."""
    return sorted({machine for row in rows for machine in row.machines}, key=str.swapcase)


def training(board: Board) -> str:
    """What the rows were trained on, or "" where it isn't known."""
    parts = [
        f"{part['clips']:,} {subset} clips of {part['ids']} machine IDs"
        for subset, part in board.recipe.get("train", {}).items()
    ]
    return f"Trained on {' and '.join(parts)}." if parts else ""


def _powerless(pairs: Sequence[Pair], n: int) -> bool:
    """Whether the smallest p that n IDs allow (all differences of one sign) is too large."""
    found = any(pair.corrected < ALPHA for pair in pairs)
    return not found and len(pairs) * 2 / 2**n >= ALPHA
