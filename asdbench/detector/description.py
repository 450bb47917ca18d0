"""What a detector's folder says of it: ``detector.json``, and the files that go with it.

``members`` are the fits whose scores are put together: one, or several repeats or rows. Each has a
file of what it learned for each machine type (or one for all), and the scores of its training
clips.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from asdbench.config.files import refuse_pipe
from asdbench.config.frontend import Frontend
from asdbench.config.keys import key
from asdbench.config.numerics import Numerics
from asdbench.data.decode import Channel
from asdbench.evaluation.limits import DAY, Limit

FILE = "detector.json"
FORMAT = 1
EVERY = "*"  # stands for all machine types, in a member's parts

MachineId = tuple[str, str]  # machine type, machine ID


@dataclass(frozen=True)
class Member:
    """One fit of a method: its files, by machine type, and the code that it is of.

    ``code`` is a copy of a method's own file; installed methods have none.
    """

    label: str
    method: str
    source: str
    parts: Mapping[str, str]
    scores: str
    code: str | None = None


@dataclass(frozen=True)
class Reference:
    """What a machine ID's training clips sound like: dB by mel band, and how loud they are.

    ``farthest`` is the largest distance of a training clip from their mean spectrum, in terms of
    their ``spread``; ``quietest`` and ``loudest`` are in dB of full scale.
    """

    spectrum: Sequence[float]
    spread: Sequence[float]
    farthest: float
    quietest: float
    loudest: float
    examples: Sequence[str] = ()


@dataclass(frozen=True)
class DetectorCard:
    """All that is told of a detector."""

    label: str
    summary: str
    members: Sequence[Member]
    frontend: Frontend
    numerics: Numerics
    channels: Sequence[Channel]
    ids: Sequence[MachineId]
    clips: int
    threshold: str
    chosen: str
    origin: Mapping[str, Any]
    fields: Mapping[str, Any]
    remarks: Sequence[str] = ()
    figures: Sequence[Mapping[str, Any]] = ()
    notes: Sequence[str] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    versions: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    hash: str = ""

    @property
    def samples(self) -> int:
        """S: how many samples a clip has."""
        assert self.frontend.clip_seconds != "auto"  # a row was run with a known length
        return round(self.frontend.clip_seconds * self.frontend.sample_rate)

    @property
    def clips_a_day(self) -> float:
        """How many clips a day has, one after the other."""
        return DAY * self.frontend.sample_rate / self.samples

    @property
    def names(self) -> list[str]:
        """Of all files that go with it."""
        names: list[str] = []
        for one in self.members:
            names += [one.scores, *one.parts.values(), *([one.code] if one.code else [])]
        names += [name for one in self.references.values() for name in one.examples]
        return sorted(set(names))

    def hashed(self, folder: Path) -> DetectorCard:
        """With the hash of every file, and of all of it."""
        files = {name: sha256(folder / name) for name in self.names}
        whole = DetectorCard(**{**vars(self), "files": files})
        return DetectorCard(**{**vars(whole), "hash": whole.digest})

    @property
    def digest(self) -> str:
        """The hash of all that is told, that of the files included."""
        return key({**asdict(self), "hash": ""})

    def text(self) -> str:
        """As JSON."""
        told = {"format": FORMAT, **asdict(self)}
        return json.dumps(told, indent=1, allow_nan=False) + "\n"


def read(folder: Path) -> DetectorCard:
    """The description in a detector's folder.

    Raises ``ValueError`` where there is none, it is of another format, or a file is missing or has
    changed since.
    """
    place = folder / FILE
    try:
        refuse_pipe(place)
        told = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(
            f"no detector in {folder}; make one with asdbench detector make, or fit"
        ) from None
    except (ValueError, RecursionError, OSError) as error:
        raise ValueError(f"{place} can't be read ({error}); make the detector again") from error
    if not isinstance(told, dict) or told.pop("format", None) != FORMAT:
        raise ValueError(f"{place} is no detector of format {FORMAT}; make it again")
    try:
        found = _described(told)
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"{place} is damaged ({error}); make the detector again") from error
    if found.hash != found.digest:
        raise ValueError(f"{place} isn't what the detector was made with; make it again")
    if found.names != sorted(found.files):
        raise ValueError(f"{place} names files that it wasn't made with; make it again")
    for name, digest in found.files.items():
        if {"", ".", ".."} & set(name.split("/")):
            raise ValueError(f"{place} names {name!r}, outside its folder; it isn't of asdbench")
        _check(folder / name, digest)
    return found


def _described(told: Mapping[str, Any]) -> DetectorCard:
    return DetectorCard(
        **{
            **told,
            "members": [Member(**one) for one in told["members"]],
            "frontend": Frontend(**told["frontend"]),
            "numerics": Numerics(**told["numerics"]),
            "ids": [(machine, id_) for machine, id_ in told["ids"]],
            "references": {name: Reference(**one) for name, one in told["references"].items()},
            "limits": {name: Limit(**one) for name, one in told["limits"].items()},
        }
    )


def _check(file: Path, digest: str) -> None:
    try:
        found = sha256(file)
    except OSError as error:
        raise ValueError(f"{file} is missing or can't be read; make the detector again") from error
    if found != digest:
        raise ValueError(f"{file} isn't what the detector was made with; make it again")


def sha256(file: Path) -> str:
    """The hash of a file."""
    refuse_pipe(file)
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
