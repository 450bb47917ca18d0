"""The leaderboard in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

from asdbench.results import Board, Row, Spread


def render(board: Board) -> str:
    """The ranking of each subset, then each machine type; AUCs in %, mean and sd over repeats."""
    parts = [f"# {board.benchmark}", ""]
    for subset in board.subsets:
        rows = board.subset(subset)
        parts += [f"## {subset.capitalize()}", "", ranking(rows), "", _by_machine(rows), ""]
    parts += [
        "AUC, pAUC (max FPR 0.1), mAUC (worst machine ID of a type) in %, averaged over machine "
        "types: mean ± standard deviation over repeats. Ranked by the mean of AUC and pAUC.",
        "",
    ]
    trained = [
        f"{part['clips']} {subset} clips of {part['ids']} machine IDs"
        for subset, part in board.recipe.get("train", {}).items()
    ]
    if trained:
        parts += [f"Trained on {' and '.join(trained)}.", ""]
    parts += [f"- {note}" for note in board.notes]
    return "\n".join(parts).rstrip() + "\n"


def ranking(rows: Sequence[Row]) -> str:
    """One line a row, best first."""
    lines = [
        [
            place,
            row.label,
            percent(row.auc),
            percent(row.pauc),
            percent(row.mauc),
            percent(row.mean_auc_pauc),
            row.repeats if row.repeats == row.planned else f"{row.repeats} of {row.planned}",
            f"{row.seconds:.1f}",
        ]
        for place, row in enumerate(rows, start=1)
    ]
    headers = ["", "method", "AUC", "pAUC", "mAUC", "mean AUC/pAUC", "repeats", "s a repeat"]
    align = ("right", "left", *["right"] * 6)
    return str(tabulate(lines, headers, tablefmt="github", colalign=align, disable_numparse=True))


def percent(spread: Spread) -> str:
    """ "81.2 ± 0.4", or "81.2" where there is one repeat."""
    mean = f"{100 * spread.mean:.1f}"
    return mean if spread.sd is None else f"{mean} ± {100 * spread.sd:.1f}"


def _by_machine(rows: Sequence[Row]) -> str:
    """AUC / pAUC of each machine type."""
    machines = sorted({machine for row in rows for machine in row.machines})
    lines = [
        [row.label]
        + [
            f"{100 * found.auc.mean:.1f} / {100 * found.pauc.mean:.1f}"
            if (found := row.machines.get(machine))
            else "-"
            for machine in machines
        ]
        for row in rows
    ]
    align = ("left", *["right"] * len(machines))
    headers = ["AUC / pAUC", *machines]
    return str(tabulate(lines, headers, tablefmt="github", colalign=align, disable_numparse=True))
