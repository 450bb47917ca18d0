"""What a dataset declares: clips, and where their sound comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from asdbench.data.decode import Source

SUBSETS = ("development", "evaluation")
MEAN = "all"  # in the place of a machine type or ID, in tables
SPLITS = ("train", "test", "supplemental")


@dataclass(frozen=True)
class Clip:
    """One recording of one machine.

    ``machine`` is the machine type ("fan"), ``id`` the machine ID ("00"), ``subset`` "development"
    or "evaluation", ``split`` "train", "test" or "supplemental": a recording that is neither to be
    scored nor simply normal, as of the noise alone. ``anomalous`` is None where it isn't known or
    not to be seen; ``name``, the file's name, is None for methods, since it can give the label
    away. ``domain`` ("source", "target") and ``attributes`` (pairs of name and value) are what is
    told of a clip to learn from; a test clip has neither, since that is withheld from methods.
    """

    machine: str
    id: str
    subset: str
    split: str
    anomalous: bool | None
    name: str | None = None
    domain: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()


class Recording(NamedTuple):
    """A clip as a dataset declares it: its description, and where its sound comes from.

    ``tags`` say what else is known of it ("fault": "bearing"), to break results down by. ``Clips``
    doesn't hold them, so no method sees any. ``more`` are its further channels, where a dataset
    keeps them apart.
    """

    clip: Clip
    source: Source
    tags: Mapping[str, str] = MappingProxyType({})
    more: tuple[Source, ...] = ()


def blinded(clip: Clip) -> Clip:
    """What a method may know of a clip: no label, no name; of a test clip nothing that is told."""
    if clip.split == "test":
        return replace(clip, anomalous=None, name=None, domain=None, attributes=())
    return replace(clip, anomalous=None, name=None)


def told(clip: Clip) -> list[object]:
    """What a fingerprint says of a clip where there is something told of it."""
    told = clip.split != "test" and (clip.domain or clip.attributes)
    return [clip.domain, clip.attributes] if told else []


def check_called(clips: Iterable[Clip]) -> None:
    """Raises ``ValueError`` for a machine type or ID that tables would take for the mean."""
    for clip in clips:
        if MEAN in (clip.machine, clip.id):
            kind = "type" if clip.machine == MEAN else "ID"
            raise ValueError(
                f"a machine {kind} is called {MEAN!r} (as of {clip.name}), which in tables is the "
                "mean of all; rename it"
            )


def tested_machines(clips: Iterable[Clip]) -> list[str]:
    """The machine types that there are test clips of. ``ValueError`` if one can't be learned."""
    clips = list(clips)
    train = {clip.machine for clip in clips if clip.split == "train"}
    test = {clip.machine for clip in clips if clip.split == "test"}
    if not test:
        raise ValueError("the dataset has no test clips; add a test folder to a machine type")
    if test - train:
        names = ", ".join(sorted(test - train))
        raise ValueError(
            f"no training clips for {names}; add them, or leave the type out with "
            "dataset.machines in an experiment file"
        )
    return sorted(test)


def without_auc(machine: str, id: str, labels: Collection[bool | None]) -> str:
    """Why a machine ID whose test clips have these labels has no AUC; empty where it has one."""
    known = {*labels} - {None}
    if len(known) == 2:
        return ""
    kind = ("only anomalous" if True in known else "only normal") if known else "no labelled"
    return f"{machine} id_{id}: {kind} test clips, so it has no AUC"


def check(recording: Recording) -> None:
    """Raise ``TypeError`` where a dataset declares something else than a recording.

    A label that is no label would be taken for one: "normal" is true.
    """
    clip = recording.clip if isinstance(recording, Recording) else None
    if not isinstance(clip, Clip):
        raise TypeError(f"{recording!r:.100} is no Recording of a Clip")
    if not any(clip.anomalous is one for one in (True, False, None)):
        raise TypeError(f"anomalous = {clip.anomalous!r} of {clip}: give True, False or None")
    for name, allowed in (("subset", SUBSETS), ("split", SPLITS)):
        if getattr(clip, name) not in allowed:
            raise TypeError(f"{name} = {getattr(clip, name)!r} of {clip}; give one of {allowed}")
    texts = {"machine": clip.machine, "id": clip.id, "name": clip.name or "-"}
    for name, value in texts.items():
        if not isinstance(value, str) or not value:
            raise TypeError(f"{name} = {value!r} of {clip}: give a text")
