"""What the site says in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asdbench.evaluation import NAMES, OFFICIAL, RANKS, Cost, Interval, Pair, meaning
from asdbench.site.shown import Placed, Section

CANT_TELL = "?"
MISSING = "\N{EN DASH}"
_PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_SEVERAL = 4  # names in a sentence
ASKS = {
    "clips": "with other test clips, these fits staying as they are",
    "here": "with other seeds and other test clips, on these machine IDs",
}


def percent(share: float) -> str:
    """ "81.2" for 0.8123."""
    return f"{100 * share:.1f}"


def ends(interval: Interval | None) -> str:
    """ "79.0 to 83.1", or "?"."""
    return f"{percent(interval.low)} to {percent(interval.high)}" if interval else CANT_TELL


def probability(share: float | None) -> str:
    """In whole %; draws can't tell what is very rare from what never happens."""
    if share is None:
        return CANT_TELL
    whole = f"{100 * share:.0f}"
    return {"0": "< 1 %", "100": "> 99 %"}.get(whole, f"{whole} %")


def day(moment: str | None) -> str:
    """ "2026-03-01" of a moment, or a dash."""
    return moment[:10] if moment else MISSING


def short(figure: str) -> str:
    """For a column's head."""
    return "Mean" if figure == RANKS else NAMES[figure].removesuffix(" score")


def long(figure: str, protocol: str) -> str:
    """For a heading: what a figure is."""
    if figure == RANKS:
        return "Mean of AUC and pAUC"
    name = NAMES[figure]
    return f"{name.capitalize() if name.islower() else name}: {meaning(figure, protocol)}"


def ranked_by(section: Section) -> str:
    """In a sentence."""
    figure = section.figures[0]
    if figure == RANKS:
        return "the mean of AUC and pAUC"
    told = f"the {NAMES[figure]}" if figure == OFFICIAL else NAMES[figure]
    return f"{told}, {meaning(figure, section.of.protocol)}"


def verdict(section: Section) -> str:
    """Who leads, by how much, and who can't be told from the leader."""
    leader, *others = [line for line in section.ranking if line.row.same_as is None]
    figure, question = section.figures[0], section.question
    if not others:
        return f"{leader.label} is the only entry."
    letters = set(leader.row.letters[question] or "")
    if not letters:
        return f"{leader.label} is ahead; whether the order would hold can't be told."
    near = [one.label for one in others if letters & set(one.row.letters[question] or "")]
    if near:
        return f"{leader.label} is ahead, but {_listed(near)} can't be told from it."
    pair = _pair(section, leader, others[0], figure)
    by = f", {100 * pair.difference:.1f} points above {others[0].label}" if pair else ""
    return f"{leader.label} leads{by}, and can be told from all others."


def _pair(section: Section, first: Placed, second: Placed, figure: str) -> Pair | None:
    both = {first.label, second.label}
    pairs = (pair for pair in section.made.newest.pairs if pair.figure == figure)
    return next((pair for pair in pairs if {pair.first, pair.second} == both), None)


def _listed(names: list[str]) -> str:
    if len(names) > _SEVERAL:
        return f"{', '.join(names[:_SEVERAL])} and {len(names) - _SEVERAL} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def counted(number: int, thing: str) -> str:
    """ "1 version", "2 versions"."""
    return f"{number} {thing}{'s' * (number != 1)}"


def clips(section: Section) -> str:
    """What was scored: "3 machine IDs of 2 machine types, 10 normal and 8 anomalous clips"."""
    widest = max((one.row for one in section.lines), key=lambda row: len(row.machines))
    ids = [of_id for machine in widest.machines.values() for of_id in machine.ids.values()]
    normal, anomalous = sum(i.normal for i in ids), sum(i.anomalous for i in ids)
    return (
        f"{counted(len(ids), 'machine ID')} of {counted(len(widest.machines), 'machine type')}, "
        f"{normal:,} normal and {anomalous:,} anomalous clips"
    )


def mark(line: Placed) -> str:
    """Where its scores or fields come from, if asdbench didn't simply run it."""
    origin = line.row.origin
    if origin["kind"] == "tuned":
        return "tuned with labels" if origin.get("objective") == "oracle" else "tuned: proxy"
    return {"import": "imported", "ensemble": "ensemble"}.get(str(origin["kind"]), "")


def amount(count: int | None) -> str:
    """ "1.35 M" for 1350335."""
    if count is None:
        return MISSING
    for one, prefix in _PREFIXES:
        if count >= one:
            return f"{count / one:.3g} {prefix}"
    return str(count)


def costs(cost: Cost) -> dict[str, str]:
    """What a row took, in words."""
    return {
        "training of a repeat": f"{cost.fit_seconds:.3g} s",
        "scoring of a clip": f"{cost.score_ms:.3g} ms",
        "parameters": amount(cost.parameters),
        "multiply-adds a clip": amount(cost.multiply_adds),
    }


def said(value: Any) -> str:
    """A field or a fact in words."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {said(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value)) or "none"
    return str(value)
