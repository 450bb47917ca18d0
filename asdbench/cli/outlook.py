"""What a run could tell, as text."""

from __future__ import annotations

from pathlib import Path

from tabulate import tabulate

from asdbench.cli.words import many
from asdbench.evaluation import NAMES, RANKS
from asdbench.execution.outlook import Outlook


def shown(outlook: Outlook) -> str:
    """The test set, the table of differences by repeats, and what it takes to tell one point."""
    ids = [counts for of_type in outlook.counts.values() for counts in of_type]
    clips, pairs = sum(map(sum, ids)), outlook.rows * (outlook.rows - 1) // 2
    among = f"among {pairs} pairs: " if pairs > 1 else ""
    headers = ["repeats", "these fits", "here", "elsewhere"]
    headers += [f"{among}here", "elsewhere"] if among else []
    lines = [
        [
            f"{repeats}{' (planned)' if repeats == outlook.repeats else ''}",
            _points(one.clips),
            _points(one.here),
            _points(one.elsewhere),
            *([_points(every.here), _points(every.elsewhere)] if among else []),
        ]
        for (repeats, one), every in zip(
            outlook.one_pair.items(), outlook.all_pairs.values(), strict=True
        )
    ]
    table = tabulate(lines, headers, tablefmt="github", disable_numparse=True)
    return "\n".join(
        [
            f"{outlook.subset}: {many(len(ids), 'machine ID')} of "
            f"{many(len(outlook.counts), 'machine type')}, {many(clips, 'labelled test clip')}; "
            f"{many(outlook.rows, 'row')}, {many(outlook.repeats, 'repeat')}",
            "",
            f"{_of_what(outlook)} {_taken(outlook)}",
            "",
            str(table),
            "",
            "These fits: with other test clips. Here: with other seeds too. Elsewhere: on other "
            "machine IDs of these types too. ?: can't tell.",
            _for_a_point(outlook),
            "",
        ]
    )


def _of_what(outlook: Outlook) -> str:
    """Which figure it is said of, and what that means for the one that ranks."""
    said = f"Differences of {NAMES[RANKS]}, in points, that four boards in five tell."
    if outlook.ranks == RANKS:
        return said
    return (
        f"{said} Rows will be ranked by the {NAMES[outlook.ranks]}, which hangs on the few clips "
        "of each domain: its differences have to be larger."
    )


def _taken(outlook: Outlook) -> str:
    found = outlook.spreads
    return (
        f"A seed moves a row by {100 * found.seed:.1f} points ({_from(found.seed_in)}), and a "
        f"row's lead varies by {100 * found.id:.1f} from one machine ID to the next "
        f"({_from(found.id_in)})."
    )


def _from(folder: Path | None) -> str:
    return f"as in {folder}" if folder else "not measured yet: what is usual"


def _for_a_point(outlook: Outlook) -> str:
    if outlook.for_a_point:
        return f"To tell 1 point here takes {outlook.for_a_point} repeats."
    clips = [told.clips for told in outlook.one_pair.values()]
    if clips[-1] is None:
        return "So few test clips tell nothing."
    if clips[-1] > 0.01:
        return (
            "No number of repeats tells 1 point here: with so few test clips, even "
            f"{max(outlook.one_pair)} repeats hide differences below {100 * clips[-1]:.1f} points."
        )
    return "To tell 1 point here takes more than 100 repeats."


def _points(share: float | None) -> str:
    return "?" if share is None else f"{100 * share:.1f}"
