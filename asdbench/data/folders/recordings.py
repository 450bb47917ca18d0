"""From a folder of recordings to what a dataset declares."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Protocol

from asdbench.data.choices import check_known
from asdbench.data.clips import Clip, Recording
from asdbench.data.dcase.attributes import parsed
from asdbench.data.dcase.facts import SUBSETS, YEARS
from asdbench.data.dcase.names import PATTERNS
from asdbench.data.decode import AUTO, Channel, FileSource
from asdbench.data.folders.labels import truths
from asdbench.data.folders.recognised import DCASE, TOYADMOS, scan
from asdbench.data.folders.tag_file import TagsRead, read_tags, tables
from asdbench.data.folders.tree import Tree, Wav
from asdbench.data.zipped import ZipSource

_log = logging.getLogger(__name__)
CHANNELS = ("auto", "first", "mean", "all")
_NEAR = 2026  # of two channels, the first is the microphone that is near: the official baseline's


class Chosen(Protocol):
    """A folder, and what is to be used of it."""

    @property
    def path(self) -> str: ...
    @property
    def machines(self) -> tuple[str, ...]: ...
    @property
    def subsets(self) -> tuple[str, ...]: ...
    @property
    def channels(self) -> str: ...


class Declared(NamedTuple):
    """A clip, the file that it is, and what is known of it beside its label."""

    clip: Clip
    wav: Wav
    tags: Mapping[str, str]


def recordings_of(chosen: Chosen, year: int | None = None) -> list[Recording]:
    """Every clip of the chosen part, in the order of machine, ID, subset, split and name.

    ``year`` is that of DCASE which the folder has to be of. Raises ``ValueError`` for what
    ``problems`` says of it, for a folder of another year, and where nothing is left.
    """
    check_known("subset", chosen.subsets, SUBSETS, "in a dataset")
    check_known("choice of channels", (chosen.channels,), CHANNELS, "in a dataset")
    tree = _scanned(chosen, year)
    for problem in problems(tree):
        raise ValueError(problem)
    _say_left_out(tree)
    tags, without_clips = tags_in(chosen.path)
    if passed_over := [*tree.passed_over, *without_clips]:
        more = f" and {len(passed_over) - 1:,} more lines" * (len(passed_over) > 1)
        _log.warning("passed over: %s%s", passed_over[0], more)
    found = [one for one in declared(tree) if one.clip.subset in chosen.subsets]
    if tags:
        found = [
            one._replace(tags={**one.tags, **tags.get(Path(one.wav.path), {})}) for one in found
        ]
    if not found:
        raise ValueError(
            f"no clips of subset {' or '.join(chosen.subsets) or '(none asked for)'} in "
            f"{tree.path}; there is: {', '.join(sorted({wav.subset for wav in tree.wavs}))}; "
            "choose among these"
        )
    return _with_sources(found, chosen.channels, tree)


def _say_left_out(tree: Tree) -> None:
    if tree.left_out:
        many = len(tree.left_out)
        are = "1 recording is" if many == 1 else f"{many:,} recordings are"
        _log.warning(
            "%s left out, in no place that the layout has: %s (`asdbench data describe` lists all)",
            are,
            tree.left_out[0],
        )


def protocol_of(chosen: Chosen, year: int | None = None) -> str:
    """The official score of the folder's year: "2020", "2021" or "2022".

    It is "2020" where no test clip has a domain, and else "2022" where the year isn't known.
    """
    tree = _scanned(chosen, year)
    said = {YEARS[number].protocol for number in tree.years}
    tested = (one for one in declared(tree) if one.clip.split == "test")
    if not any(one.tags.get("domain") for one in tested):
        return "2020"
    return said.pop() if len(said) == 1 else "2022"


def tags_in(path: str | Path) -> TagsRead:
    """The tags of a folder's files, of all machine types: its table tells of all."""
    if not tables(Path(path).expanduser()):
        return TagsRead({}, ())
    whole = scan(path)
    return read_tags(whole.path, whole.wavs)


def problems(tree: Tree) -> Iterator[str]:
    """What keeps a run from using this tree, one line for each file that is at fault."""
    yield from tree.faults
    for path in tree.unnamed:
        yield (
            f"no machine ID in the name of {path}: expected {PATTERNS}; rename the file or take "
            "it out of the folder"
        )
    seen: dict[tuple[str, str, str, str], str] = {}
    for wav in tree.wavs:
        if wav.split == "train" and wav.anomalous:
            yield (
                f"an anomaly among the training clips: {wav.path}; training takes normal clips "
                "only, so move it to test/ or take it out"
            )
        first = seen.setdefault((wav.machine, wav.id, wav.split, wav.name), wav.path)
        if first != wav.path:
            yield (
                f"the {wav.machine} {wav.split} clip {wav.name} is there twice: {first} and "
                f"{wav.path}; take one of them out"
            )


def declared(tree: Tree) -> list[Declared]:
    """Each file as a clip, labelled by its name or, where that is silent, by released labels."""
    known = truths(tree)
    found = []
    for wav in tree.wavs:
        told = {"domain": wav.domain or "", **dict(wav.attributes)}
        clip = Clip(wav.machine, wav.id, wav.subset, wav.split, wav.anomalous, wav.name)
        if wav.split != "test":
            anomalous = False if wav.split == "train" else None
            clip = Clip(
                *(wav.machine, wav.id, wav.subset, wav.split, anomalous, wav.name),
                domain=wav.domain,
                attributes=wav.attributes,
            )
            told = {}
        elif wav.anomalous is None and (wav.machine, wav.id) in known:
            truth = known[wav.machine, wav.id][wav.name]
            clip = Clip(wav.machine, wav.id, wav.subset, wav.split, truth.anomalous, wav.name)
            told |= {"domain": truth.domain, **dict(parsed(truth.attributes))}
        found.append(Declared(clip, wav, {name: value for name, value in told.items() if value}))
    return sorted(found, key=_order)


def source_of(wav: Wav, channel: Channel = AUTO, file: str = "") -> FileSource | ZipSource:
    """Where a file's sound is; ``file`` is one of its further channels, if those are files."""
    path = file or wav.path
    if wav.archive:
        return ZipSource(Path(wav.archive), path[len(wav.archive) + 1 :], channel)
    return FileSource(Path(path), channel)


def _scanned(chosen: Chosen, year: int | None) -> Tree:
    tree = scan(chosen.path, machines=chosen.machines, year=year)
    if year and (tree.layout != DCASE or year not in tree.years):
        named = " or ".join(map(str, tree.years))
        is_there = f"DCASE {named}" if named else f"in the layout of {tree.layout}"
        others = " or ".join(f'"dcase{number}"' for number in tree.years)
        raise ValueError(
            f"{tree.path} is {is_there}, not DCASE {year}; use the dataset "
            f'{f"{others} or " if others else ""}"folder"'
        )
    return tree


def _with_sources(found: Sequence[Declared], channels: str, tree: Tree) -> list[Recording]:
    if channels == "mean" and tree.layout == TOYADMOS:
        raise ValueError('the channels of ToyADMOS are files of their own; choose "first" or "all"')
    if channels == "all":
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(_with_all_channels, found))
    near = channels == "first" or (channels == "auto" and _NEAR in tree.years)
    channel: Channel = 0 if near else channels
    return [Recording(one.clip, source_of(one.wav, channel), one.tags) for one in found]


def _with_all_channels(one: Declared) -> Recording:
    """A file's channels, or the files that are its channels."""
    if one.wav.more:
        first, *more = (source_of(one.wav, AUTO, file) for file in (one.wav.path, *one.wav.more))
    else:
        count = source_of(one.wav).header().channels
        first, *more = (source_of(one.wav, number) for number in range(count))
    return Recording(one.clip, first, one.tags, tuple(more))


def _order(one: Declared) -> tuple[str, ...]:
    clip = one.clip
    return clip.machine, clip.id, clip.subset, clip.split, str(clip.name), one.wav.path
