"""``asdbench data describe``: what a folder of recordings is and holds, good or bad."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from asdbench.config.frontend import Frontend
from asdbench.data.bank import usual
from asdbench.data.building import Progress
from asdbench.data.dcase.names import KIND
from asdbench.data.folders.complete import OfficialTestSet, missing, official_test_sets
from asdbench.data.folders.recognised import DCASE, MIMII, TABLE, scan
from asdbench.data.folders.recordings import Declared, declared, problems, source_of, tags_in
from asdbench.data.folders.tree import Tree, Wav
from asdbench.data.known import Known
from asdbench.data.oddities import Oddity, oddities_of, of_length
from asdbench.data.recording import check_called, tested_machines, without_auc
from asdbench.data.sound_files import Header, no_samples
from asdbench.data.survey import survey, used_of

Counts = tuple[int, int]  # of the source and of the target domain


@dataclass(frozen=True)
class Group:
    """The clips of one machine ID in one subset: training clips, test clips by label, sound.

    ``lengths`` are in seconds, of the clips that could be read, shortest first. ``supplemental``
    are such clips by what they are of; ``attributes`` are how many values each has.
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
    train_domains: Counts = (0, 0)
    test_domains: Counts = (0, 0)
    supplemental: tuple[tuple[str, int], ...] = ()
    attributes: tuple[tuple[str, int], ...] = ()

    @property
    def labels(self) -> set[bool | None]:
        """The labels that its test clips have."""
        counts = {False: self.normal, True: self.anomalous, None: self.unlabelled}
        return {label for label, count in counts.items() if count}


@dataclass(frozen=True)
class Description:
    """A folder's contents; ``layout`` says what it is, ``problems`` what a run would stop at.

    ``left_out`` are recordings in no place that the layout has, ``passed_over`` lines of tables
    that say nothing or are of no clip, ``oddities`` what is odd about the sound.
    """

    path: Path
    layout: str
    groups: tuple[Group, ...]
    test_sets: tuple[OfficialTestSet, ...]
    missing: tuple[str, ...]
    problems: tuple[str, ...]
    unreadable: tuple[str, ...]
    odd: tuple[Path, ...]
    left_out: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    oddities: tuple[Oddity, ...] = ()

    @property
    def without_auc(self) -> tuple[str, ...]:
        """Which machine IDs have no AUC, and why, as a board notes it."""
        found = ((one.subset, one.labels, one.machine, one.id) for one in self.groups)
        said = (
            (of, without_auc(machine, id, labels)) for of, labels, machine, id in found if labels
        )
        return tuple(f"{subset} {why}" for subset, why in said if why)

    @property
    def at_fault(self) -> bool:
        """Whether a strict run would stop at something of it."""
        return bool(self.problems or self.unreadable or any(one.fault for one in self.oddities))


def describe(path: str | Path, progress: Progress | None = None) -> Description:
    """Look at every file's name and header, and listen to it once: that is remembered.

    ``progress`` is told of how many of how many. Raises ``ValueError`` where the folder is in no
    known layout.
    """
    tree = scan(path)
    found = declared(tree)
    with ThreadPoolExecutor(4) as pool:
        headers = list(pool.map(_header, [one.wav for one in found]))
    sound = [one for one, of in zip(found, headers, strict=True) if isinstance(of, Header)]
    heard, broken = _heard(sound, progress)
    without_clips, wrong_tags = _tags(path)
    members: dict[tuple[str, str, str], list[tuple[Declared, Header]]] = defaultdict(list)
    for one, header in zip(found, headers, strict=True):
        known = header if isinstance(header, Header) else Header(0, 0, 0)
        members[one.clip.machine, one.clip.id, one.clip.subset].append((one, known))
    year = tree.years[0] if tree.years else None
    clips = [one.clip for one in found]
    test_sets = official_test_sets(clips, year) if year and len(tree.years) == 1 else ()
    return Description(
        path=tree.path,
        layout=_layout(tree, found, known=any(one.sure for one in test_sets)),
        groups=tuple(_group(key, members[key]) for key in sorted(members)),
        test_sets=test_sets,
        missing=tuple(missing(found, year)) if year else (),
        problems=(
            *problems(tree),
            *wrong_tags,
            *_problem(lambda: check_called(clips)),
            *_problem(lambda: tested_machines(clips)),
        ),
        unreadable=(*(header for header in headers if isinstance(header, str)), *broken),
        odd=tree.odd,
        left_out=tree.left_out,
        passed_over=(*tree.passed_over, *without_clips),
        oddities=tuple(heard),
    )


def _layout(tree: Tree, found: Sequence[Declared], *, known: bool) -> str:
    """What the folder is, in words; ``known`` are test clips by name."""
    if tree.layout == DCASE and not tree.years:
        return "in the layout of DCASE Task 2, but of no year's machine types"
    if tree.layout == DCASE:
        named = f"DCASE {' or '.join(map(str, tree.years))}"
        if tree.years == (2020,) and not known:  # it may be anybody's fan 00
            return f"in the layout of {named} Task 2"
        if len(tree.years) == 1:
            return f"{named} Task 2"
        subsets = sorted({one.clip.subset for one in found})
        which = f"the {subsets[0]} sets" if len(subsets) == 1 else "what is there"
        return f"{named}: {which} {'have' if len(subsets) == 1 else 'has'} the same names"
    if tree.layout == TABLE:
        return f"as its {TABLE} says"
    ratios = {dict(wav.attributes).get("snr", "") for wav in tree.wavs} - {""}
    if tree.layout == MIMII and ratios:
        return f"MIMII, at {', '.join(sorted(ratios, key=int))} dB"
    return tree.layout


def _problem(check: Callable[[], object]) -> tuple[str, ...]:
    try:
        check()
    except ValueError as error:
        return (str(error),)
    return ()


def _tags(path: str | Path) -> tuple[Sequence[str], tuple[str, ...]]:
    """Lines of a table of tags that are passed over, and what a run would stop at."""
    try:
        return tags_in(path).passed_over, ()
    except ValueError as error:
        return (), (str(error),)


def _header(wav: Wav) -> Header | str:
    try:
        header = source_of(wav).header()
    except ValueError as error:
        return str(error)
    return header if header.frames else no_samples(wav.path)


def _heard(found: Sequence[Declared], progress: Progress | None) -> tuple[list[Oddity], list[str]]:
    """What is odd about the sound of clips that have a header, and which can't be decoded."""
    rate = Frontend().sample_rate
    sources = [source_of(one.wav) for one in found]
    known = survey(sources, rate, progress)
    whole = [
        (one.clip, source, k)
        for one, source, k in zip(found, sources, known, strict=True)
        if isinstance(k, Known)
    ]
    broken = [one for one in known if isinstance(one, str)]
    if not whole:
        return [], broken
    clips, readable, heard = zip(*whole, strict=True)
    length = usual(one.length for one in heard)
    notes = [(*one.notes, *of_length(one.length, length)) for one in heard]
    used = used_of(readable, heard, rate, length, progress)
    return oddities_of(clips, notes, used), broken


def _group(key: tuple[str, str, str], members: Sequence[tuple[Declared, Header]]) -> Group:
    readable = [header for _, header in members if header.frames]
    test = [one for one, _ in members if one.clip.split == "test"]
    labels = [one.clip.anomalous for one in test]
    train = [one.clip for one, _ in members if one.clip.split == "train"]
    kinds = Counter(
        dict(one.clip.attributes).get(KIND, "")
        for one, _ in members
        if one.clip.split == "supplemental"
    )
    return Group(
        *key,
        train=len(train),
        normal=labels.count(False),
        anomalous=labels.count(True),
        unlabelled=labels.count(None),
        lengths=tuple(sorted(header.frames / header.rate for header in readable)),
        rates=tuple(sorted({header.rate for header in readable})),
        channels=tuple(sorted({header.channels for header in readable})),
        train_domains=_domains([clip.domain for clip in train]),
        test_domains=_domains([one.tags.get("domain") for one in test]),
        supplemental=tuple(sorted(kinds.items())),
        attributes=_attributes([_known(one) for one, _ in members]),
    )


def _domains(domains: Sequence[str | None]) -> Counts:
    return domains.count("source"), domains.count("target")


def _known(one: Declared) -> Mapping[str, str]:
    return {**dict(one.clip.attributes), **one.tags}


def _attributes(known: Sequence[Mapping[str, str]]) -> tuple[tuple[str, int], ...]:
    values: dict[str, set[str]] = defaultdict(set)
    for pairs in known:
        for name, value in pairs.items():
            if name not in ("domain", KIND):
                values[name].add(value)
    return tuple((name, len(found)) for name, found in values.items())
