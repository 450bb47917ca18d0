"""``asdbench data describe``: what a folder in the DCASE 2020 layout holds, good or bad."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tabulate import tabulate

from asdbench.data.clips import Clip
from asdbench.data.dcase import facts
from asdbench.data.dcase.dataset import SUBSETS, clips, problems, tags_in
from asdbench.data.dcase.layout import scan
from asdbench.data.decode import FileSource, Header

_SHOWN = 10  # of a list that may be long
_COLUMNS = (
    "machine",
    "id",
    "subset",
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


@dataclass(frozen=True)
class Group:
    """The clips of one machine ID in one subset: training clips, test clips by label, sound.

    ``lengths`` are in seconds, of the clips that could be read, shortest first.
    """

    machine: str
    id: str
    subset: str
    train: int
    normal: int
    anomalous: int
    unlabelled: int
    lengths: tuple[float, ...]
    rates: tuple[int, ...]
    channels: tuple[int, ...]


@dataclass(frozen=True)
class OfficialTestSet:
    """How much of DCASE 2020's test set of this subset is there, and how much that isn't in it."""

    subset: str
    found: int
    expected: int
    strangers: int

    @property
    def complete(self) -> bool:
        """All of it and nothing else, by name."""
        return self.found == self.expected and not self.strangers


@dataclass(frozen=True)
class Description:
    """A folder's contents; ``problems`` are what a run on it would stop at."""

    path: Path
    groups: tuple[Group, ...]
    test_sets: tuple[OfficialTestSet, ...]
    problems: tuple[str, ...]
    unreadable: tuple[str, ...]
    odd: tuple[Path, ...]


def describe(path: str | Path) -> Description:
    """Look at every file's name and header. Raises ``ValueError`` if nothing is in the layout."""
    tree = scan(path)
    found = clips(tree)
    with ThreadPoolExecutor(4) as pool:
        headers = list(pool.map(_header, [file for _, file in found]))
    members: dict[tuple[str, str, str], list[tuple[Clip, Header]]] = defaultdict(list)
    for (clip, _), header in zip(found, headers, strict=True):
        known = header if isinstance(header, Header) else Header(0, 0, 0)
        members[clip.machine, clip.id, clip.subset].append((clip, known))
    return Description(
        path=tree.path,
        groups=tuple(_group(key, members[key]) for key in sorted(members)),
        test_sets=tuple(_test_set([clip for clip, _ in found], subset) for subset in SUBSETS),
        problems=(*problems(tree), *_problem_of_tags(path)),
        unreadable=tuple(header for header in headers if isinstance(header, str)),
        odd=tree.odd,
    )


def render(description: Description) -> str:
    """The description as text: a table, then what is worth knowing about it."""
    groups = description.groups
    machines = {group.machine for group in groups}
    ids = {(group.machine, group.id) for group in groups}
    count = sum(g.train + g.normal + g.anomalous + g.unlabelled for g in groups)
    hours = sum(sum(group.lengths) for group in groups) / 3600
    table = tabulate(
        [_row(group) for group in groups],
        headers=_COLUMNS,
        disable_numparse=True,  # or it prints the ID 00 as 0
        colalign=("left",) * 3 + ("right",) * (len(_COLUMNS) - 3),
    )
    lines = [
        f"{description.path}: {_many(len(machines), 'machine type')}, "
        f"{_many(len(ids), 'machine ID')}, {_many(count, 'clip')}, {hours:,.2f} h",
        "",
        *[line.rstrip() for line in table.splitlines()],
        "",
        *[_sentence(test_set) for test_set in description.test_sets],
    ]
    if withheld := [f"{group.machine} {group.id}" for group in groups if group.unlabelled]:
        lines.append(
            f"no labels for test clips of {', '.join(withheld)}: the built-in ones apply where "
            "the file names of a machine ID are exactly DCASE 2020's"
        )
    lines += _listed("a run on this folder would stop, first at", description.problems)
    lines += _listed("cannot be read", description.unreadable)
    lines += _listed("odd files and folders, not used", description.odd)
    return "\n".join(lines)


def _problem_of_tags(path: str | Path) -> tuple[str, ...]:
    try:
        tags_in(path)
    except ValueError as error:
        return (str(error),)
    return ()


def _header(path: Path) -> Header | str:
    try:
        header = FileSource(path).header()
    except ValueError as error:
        return str(error)
    return header if header.frames else f"{path} holds no samples"


def _group(key: tuple[str, str, str], members: Sequence[tuple[Clip, Header]]) -> Group:
    readable = [header for _, header in members if header.frames]
    labels = [clip.anomalous for clip, _ in members if clip.split == "test"]
    return Group(
        *key,
        train=len(members) - len(labels),
        normal=labels.count(False),
        anomalous=labels.count(True),
        unlabelled=labels.count(None),
        lengths=tuple(sorted(header.frames / header.rate for header in readable)),
        rates=tuple(sorted({header.rate for header in readable})),
        channels=tuple(sorted({header.channels for header in readable})),
    )


def _test_set(found: Sequence[Clip], subset: str) -> OfficialTestSet:
    official = facts.official_test_clips(2020, subset).keys()
    there = {
        facts.ClipName(clip.machine, clip.id, str(clip.name))
        for clip in found
        if (clip.split, clip.subset) == ("test", subset)
    }
    return OfficialTestSet(subset, len(there & official), len(official), len(there - official))


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


def _sentence(test_set: OfficialTestSet) -> str:
    start = f"DCASE 2020 {test_set.subset} test set:"
    if test_set.complete:
        return f"{start} complete, {test_set.expected:,} clips"
    share = f"{test_set.found:,} of {test_set.expected:,} clips by name"
    others = f", and {test_set.strangers:,} that are not in it" if test_set.strangers else ""
    return f"{start} not complete, {share}{others}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _listed(title: str, items: Sequence[object]) -> list[str]:
    if not items:
        return []
    more = [f"  and {len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    return ["", f"{title} ({len(items)}):", *[f"  {item}" for item in items[:_SHOWN]], *more]
