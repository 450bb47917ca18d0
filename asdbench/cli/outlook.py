"""What a run could tell, as text."""

from __future__ import annotations

from tabulate import tabulate

from asdbench.execution.outlook import Outlook


def shown(outlook: Outlook) -> str:
    """The test set, the table of differences by repeats, and what it takes to tell one point."""
    ids = [counts for of_type in outlook.counts.values() for counts in of_type]
    clips, pairs = sum(map(sum, ids)), outlook.rows * (outlook.rows - 1) // 2
    many = f"among {pairs} pairs: " if pairs > 1 else ""
    headers = ["repeats", "these fits", "here", "elsewhere"]
    headers += [f"{many}here", "elsewhere"] if many else []
    lines = [
        [
            f"{repeats}{' (planned)' if repeats == outlook.repeats else ''}",
            _points(one.clips),
            _points(one.here),
            _points(one.elsewhere),
            *([_points(every.here), _points(every.elsewhere)] if many else []),
        ]
        for (repeats, one), every in zip(
            outlook.one_pair.items(), outlook.all_pairs.values(), strict=True
        )
    ]
    table = tabulate(lines, headers, tablefmt="github", disable_numparse=True)
    return "\n".join(
        [
            f"{outlook.subset}: {len(ids)} machine IDs of {len(outlook.counts)} machine types, "
            f"{clips:,} labelled test clips; {outlook.rows} rows, {outlook.repeats} repeats",
            "",
            "Differences of mean AUC/pAUC, in points, that four boards in five tell. "
            f"{_taken(outlook)}",
            "",
            str(table),
            "",
            "These fits: with other test clips. Here: with other seeds too. Elsewhere: on other "
            "machine IDs of these types too. ?: can't tell.",
            _for_a_point(outlook),
            "",
        ]
    )


def _taken(outlook: Outlook) -> str:
    found = outlook.spreads
    start = (
        f"As in {found.measured}" if found.measured else "Nothing is measured yet; taken as usual"
    )
    return (
        f"{start}: a seed moves a row by {100 * found.seed:.1f} points, and a row's lead varies by "
        f"{100 * found.id:.1f} from one machine ID to the next."
    )


def _for_a_point(outlook: Outlook) -> str:
    if outlook.for_a_point:
        return f"To tell 1 point here takes {outlook.for_a_point} repeats."
    least = min(told.clips for told in outlook.one_pair.values())
    if least > 0.01:
        return (
            f"No number of repeats tells 1 point here: so few test clips hide differences below "
            f"{100 * least:.1f} points."
        )
    return "To tell 1 point here takes more than 100 repeats."


def _points(share: float | None) -> str:
    return "?" if share is None else f"{100 * share:.1f}"
