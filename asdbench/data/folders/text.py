"""A folder's description as text: what it is, tables, then what is worth knowing about it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tabulate import tabulate

from asdbench.data.folders.describe import Description, Group

_SHOWN = 10  # of a list that may be long
_NAMES = ("machine", "id", "subset")
_COLUMNS = (
    *_NAMES,
    "train",
    "normal",
    "anomalous",
    "unlabelled",
    "total s",
    "min s",
    "median s",
    "max s",
    "rate Hz",
    "channels",
)
_TOLD = (
    *_NAMES,
    "train source",
    "train target",
    "test source",
    "test target",
    "supplemental",
    "attributes (values)",
)


Listing = tuple[tuple[str, ...], list[list[str]]]  # heads and lines of a table


def render(description: Description) -> str:
    """The description as text, with every column of its tables."""
    lines = [*heading(description), ""]
    for heads, rows in tables(description):
        lines += [*_table(heads, rows), ""]
    return "\n".join([*lines, *remarks(description)])


def heading(description: Description) -> list[str]:
    """What the folder is, and how much of what it holds."""
    groups = description.groups
    machines = {group.machine for group in groups}
    ids = {(group.machine, group.id) for group in groups}
    hours = sum(sum(group.lengths) for group in groups) / 3600
    return [
        f"{description.path}: {description.layout}",
        f"{_many(len(machines), 'machine type')}, {_many(len(ids), 'machine ID')}, "
        f"{_many(sum(map(_count, groups)), 'clip')}, {hours:,.2f} h",
    ]


def tables(description: Description) -> list[Listing]:
    """A line a machine ID and subset: its clips, and what is told of them, if anything is."""
    groups = description.groups
    told = [_told(group) for group in groups if _is_told(group)]
    return [(_COLUMNS, [_row(group) for group in groups]), *([(_TOLD, told)] if told else [])]


def remarks(description: Description) -> list[str]:
    """What is worth knowing: how much of a year there is, what is wrong, odd or left out."""
    lines = [*map(str, description.test_sets), *_cut(description.missing)]
    if withheld := [f"{one.machine} {one.id}" for one in description.groups if one.unlabelled]:
        lines.append(
            f"no labels for test clips of {', '.join(withheld)}: the built-in ones apply where "
            "the file names of a machine ID are exactly those of a year of DCASE, 2020 to 2025, "
            "and of no other year"
        )
    lines += _listed("a run on this folder would stop, first at", description.problems)
    lines += _listed("cannot be read", description.unreadable)
    lines += _listed("about the labels", description.without_auc)
    lines += _listed("about the sound", description.oddities)
    lines += _listed("recordings in no place that the layout has, left out", description.left_out)
    lines += _listed("lines of tables that are passed over", description.passed_over)
    lines += _listed("odd files and folders, not used", description.odd)
    return lines


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    align = ["left"] * 3 + ["right"] * (len(columns) - 3)
    if columns == _TOLD:
        align[-1] = "left"
    table = tabulate(
        rows,
        headers=columns,
        disable_numparse=True,  # or it prints the ID 00 as 0
        colalign=align,
    )
    return [line.rstrip() for line in table.splitlines()]


def _row(group: Group) -> list[str]:
    seconds = group.lengths or (0.0,)
    lengths = [f"{value:.2f}" for value in (seconds[0], median(seconds), seconds[-1])]
    return [
        *(group.machine, group.id, group.subset),
        *map(str, (group.train, group.normal, group.anomalous, group.unlabelled)),
        f"{sum(seconds):,.1f}",
        *lengths,
        ", ".join(map(str, group.rates)),
        ", ".join(map(str, group.channels)),
    ]


def _told(group: Group) -> list[str]:
    return [
        *(group.machine, group.id, group.subset),
        *map(str, (*group.train_domains, *group.test_domains)),
        ", ".join(f"{count} {kind}".strip() for kind, count in group.supplemental),
        ", ".join(f"{name} ({count})" for name, count in group.attributes),
    ]


def _is_told(group: Group) -> bool:
    domains = (*group.train_domains, *group.test_domains)
    return any(domains) or bool(group.supplemental or group.attributes)


def _count(group: Group) -> int:
    scored = group.normal + group.anomalous + group.unlabelled
    return group.train + scored + sum(count for _, count in group.supplemental)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _cut(items: Sequence[object], indent: str = "") -> list[str]:
    more = [f"{indent}and {len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    return [*(f"{indent}{item}" for item in items[:_SHOWN]), *more]


def _listed(title: str, items: Sequence[object]) -> list[str]:
    return ["", f"{title} ({len(items)}):", *_cut(items, "  ")] if items else []
