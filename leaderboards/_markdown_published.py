"""Published results in Markdown: a section of their own."""

from __future__ import annotations

from collections.abc import Sequence

from asdbench.evaluation import NAMES

from ._pipes import escape, table
from ._published import AVERAGE, Published, by_system, figures_of, machines_of, of_types


def reported(others: Sequence[Published]) -> list[str]:
    """Averages and where they come from, then each machine type."""
    averages = [one for one in others if one.machine == AVERAGE]
    names = figures_of(averages)
    lines = [
        [
            _system(one),
            *(_with_sd(one, name) for name in names),
            *map(escape, (one.auc_kind, one.training_data, one.checkpoint, one.source)),
        ]
        for one in averages
    ]
    headers = ["system", *(NAMES[name] for name in names)]
    headers += ["kind of AUC", "trained on", "chosen", "source"]
    averaged = table(lines, headers, ["left", *["right"] * len(names), *["left"] * 4])
    return [
        "### Published, not measured here",
        "",
        averaged,
        "",
        "Figures as their sources report them. What the test set chose makes them too high, and "
        "another kind of AUC is another number: don't compare these with the ranking. Unverified: "
        "not checked against the source.",
        "",
        _by_machine(others),
        "",
    ]


def _by_machine(others: Sequence[Published]) -> str:
    by_type = [one for one in others if one.machine != AVERAGE]
    machines = machines_of(by_type)
    names = of_types(by_type)
    lines = [
        [_system(next(iter(of_system.values())))]
        + [
            " / ".join(_share(found, name) for name in names)
            if (found := of_system.get(machine))
            else "-"
            for machine in machines
        ]
        for of_system in by_system(by_type).values()
    ]
    headers = [f"{' / '.join(NAMES[name] for name in names)}, published", *machines]
    return table(lines, headers, ["left", *["right"] * len(machines)])


def _system(one: Published) -> str:
    return escape(one.system) + ("" if one.verified else " (unverified)")


def _with_sd(one: Published, name: str) -> str:
    has_sd = name == "mean_auc_pauc" and one.sd is not None
    return _share(one, name) + (f" ± {100 * (one.sd or 0):.2f}" if has_sd else "")


def _share(one: Published, name: str) -> str:
    """A published figure in %, with the digits that it was published with."""
    return f"{100 * one.figures[name]:.2f}" if name in one.figures else "-"
