"""The one way from a dataset to its clips."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.config.keys import digest
from asdbench.config.said import with_kind
from asdbench.config.schema import build
from asdbench.data.bank import open_bank, to_decode
from asdbench.data.building import Progress
from asdbench.data.clips import Clips, Recording
from asdbench.data.decode import Source
from asdbench.data.oddities import Oddity, oddities_of
from asdbench.data.recording import check, check_called
from asdbench.data.tags import Tags, tags_of


class Dataset(Protocol):
    """A frozen dataclass whose fields say which recordings it declares.

    Example:
        >>> fans = dataset_of({"name": "synthetic", "machines": ["fan"], "seconds": 1.0})
        >>> fans.recordings()[0].clip.machine
        'fan'
    """

    def recordings(self) -> list[Recording]: ...


class Loaded(NamedTuple):
    """A dataset's clips, the frontend with its clip length known, and what is odd about them.

    ``tags`` are those of test clips.
    """

    clips: Clips
    frontend: Frontend
    oddities: Sequence[Oddity]
    tags: Tags


def dataset_of(fields: Mapping[str, Any]) -> Dataset:
    """The dataset plugin that an experiment's ``dataset`` table names, with its fields.

    Raises ``ValueError`` for an unknown plugin or field.
    """
    given = dict(fields)
    name = given.pop("name", None)
    if not isinstance(name, str):
        raise ValueError('dataset has no name; add name = "synthetic" or another')
    cls = plugins.installed(plugins.DATASETS, name).load()
    with _named(name, "can't be made"):
        found: Dataset = build(cls, given, f"dataset {name}")
    return found


def recordings_of(dataset: Dataset) -> list[Recording]:
    """What a dataset declares.

    Raises ``BrokenPluginError`` where that is no list of recordings, and ``ValueError`` for a
    machine type or ID called "all", which tables take for the mean of all.
    """
    name = type(dataset).__name__
    with _named(name, "can't tell its recordings"):
        found = list(dataset.recordings())
        for one in found:
            check(one)
        check_called(one.clip for one in found)
    return found


@contextlib.contextmanager
def _named(name: str, cannot: str) -> Iterator[None]:
    """A plugin's error is told with its name and place; a user's, or a disk's, as it is."""
    try:
        yield
    except (ValueError, OSError):
        raise
    except (Exception, SystemExit) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        raise plugins.BrokenPluginError(
            f"dataset {name} {cannot}: {with_kind(error)} ({last.filename}, line {last.lineno})"
        ) from error


def protocol_of(dataset: Dataset) -> str:
    """The year by whose official score a dataset's results are ranked: 2020 if it doesn't say."""
    found: str = getattr(dataset, "protocol", "2020")
    return found


def load(
    recordings: Sequence[Recording], frontend: Frontend, progress: Progress | None = None
) -> Loaded:
    """The recordings' clips, decoded into the bank.

    ``progress`` is told how many of how many are. Raises ``ValueError`` where one can't be read, or
    a test clip has no name of its own, or some have more channels than others.
    """
    _check_names(recordings)
    _check_channels(recordings)
    scattered, sources = _in_bank(recordings)
    bank = open_bank(
        sources,
        rate=frontend.sample_rate,
        seconds=_seconds(frontend),
        progress=progress,
    )
    resolved = replace(frontend, clip_seconds=bank.length / bank.rate)
    clips = [recording.clip for recording in scattered]
    channels = max(1, len(sources) // max(1, len(clips)))
    rows = [range(n * len(clips), (n + 1) * len(clips)) for n in range(channels)]
    every = Clips(clips, rows[0], bank, resolved, rows[1:])
    notes = [
        sum((tuple(bank.notes[row]) for row in heard), ()) for heard in zip(*rows, strict=True)
    ]
    oddities = oddities_of(clips, notes, bank.used[: len(clips)])
    return Loaded(every.canonical(), resolved, oddities, tags_of(recordings))


def bytes_to_decode(recordings: Sequence[Recording], frontend: Frontend) -> int:
    """How much room decoding these recordings would take in the cache; 0 where all of it is done.

    Raises as ``load``, but for what only decoding shows.
    """
    _check_names(recordings)
    _check_channels(recordings)
    _, sources = _in_bank(recordings)
    return to_decode(sources, rate=frontend.sample_rate, seconds=_seconds(frontend))


def _in_bank(recordings: Sequence[Recording]) -> tuple[list[Recording], list[Source]]:
    """The recordings and their sources, channel after channel, as they lie in the bank.

    Declared, normal and anomalous clips lie in blocks; in the bank they must not.
    """
    scattered = sorted(recordings, key=lambda r: digest([r.source.identity], 16))
    by_channel = zip(*((one.source, *one.more) for one in scattered), strict=True)
    return scattered, [source for of_channel in by_channel for source in of_channel]


def _seconds(frontend: Frontend) -> float | None:
    return None if frontend.clip_seconds == "auto" else frontend.clip_seconds


def _check_channels(recordings: Sequence[Recording]) -> None:
    """Channels that are kept apart are there of every clip."""
    first: dict[int, Recording] = {}
    for recording in recordings:
        first.setdefault(1 + len(recording.more), recording)
    if len(first) > 1:
        named = ", ".join(
            f"{channels} of {getattr(recording.source, 'path', recording.clip.name)}"
            for channels, recording in sorted(first.items())
        )
        raise ValueError(
            f"clips with different numbers of channels: {named}; with channels = "
            '"all" every clip must have as many, so choose "first" or "mean"'
        )


def _check_names(recordings: Sequence[Recording]) -> None:
    """Rows are compared clip by clip, and clips are found by their names."""
    seen = set()
    for clip in (recording.clip for recording in recordings if recording.clip.split == "test"):
        if clip.name is None or (named := (clip.subset, clip.machine, clip.id, clip.name)) in seen:
            what = (
                f"several test clips named {clip.name!r}"
                if clip.name
                else "a test clip without a name"
            )
            raise ValueError(
                f"{clip.machine} id_{clip.id} ({clip.subset}) has {what}; rows are compared clip "
                "by clip, so give each a name of its own"
            )
        seen.add(named)
