"""What results are made of: cells and their keys, what a worker returns, a score, a row to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, cast

from asdbench.config.frontend import Frontend
from asdbench.config.keys import key
from asdbench.config.numerics import Numerics
from asdbench.data.clips import Clip

_LONGEST = 100  # bytes of a method's or a machine type's name in that of a folder
SCHEMA = 1  # raise it when the meaning of a cell's results changes: no old result is then reused


class _Keyed:
    """A cell's key and name, from its fields."""

    method: str
    repeat: int
    machine: str | None

    @cached_property
    def key(self) -> str:
        """A hash of all fields, and of nothing else."""
        return key({"schema": SCHEMA, **asdict(cast(Any, self))})

    @property
    def name(self) -> str:
        """The name of the cell's folder; the key alone tells names that are cut from each other."""
        names = f"{_cut(self.method)}-{_cut(self.machine or 'all')}"
        return f"{names}-r{self.repeat}-{self.key}"


def _cut(name: str) -> str:
    """A name whose bytes fit into that of a file, of which systems allow 255."""
    whole = name.encode("utf-8", "surrogateescape")
    return name if len(whole) <= _LONGEST else whole[:_LONGEST].decode("utf-8", "ignore")


@dataclass(frozen=True)
class Cell(_Keyed):
    """One method, on one part of one dataset, with one seed: the unit of work and of reuse.

    ``machine`` is the machine type of a method of scope "machine", else None. ``clips`` is the
    fingerprint of the clips it sees; ``fields`` holds every field of the method.
    """

    method: str
    fields: Mapping[str, Any]
    machine: str | None
    clips: str
    frontend: Frontend
    numerics: Numerics
    repeat: int
    seed: int


@dataclass(frozen=True)
class ImportedCell(_Keyed):
    """One repeat of a system that was run elsewhere; ``files`` is the hash of its score files.

    ``machine`` is None, as in the cell of a method that is fitted to all machine types at once.
    """

    method: str
    repeat: int
    files: str
    machine: None = None


@dataclass(frozen=True)
class EnsembleCell(_Keyed):
    """One repeat of a row that is made of others; ``parts`` are the names of their cells.

    ``machine`` is None, as in the cell of a method that is fitted to all machine types at once.
    """

    method: str
    repeat: int
    parts: tuple[str, ...]
    by: str
    machine: None = None


@dataclass(frozen=True)
class PlannedRow:
    """A line of the leaderboard to be: its label, its method, and its cells by repeat.

    ``origin`` says where its fields come from: ``{"kind": "run"}``, or "tuned", and how;
    ``deterministic`` that its method promises the same scores under every seed, ``remarks`` what
    its reader must know, ``sources`` where its method comes from.
    """

    label: str
    method: str
    summary: str
    fields: Mapping[str, Any]
    origin: Mapping[str, Any]
    deterministic: bool
    cells: tuple[tuple[Cell, ...], ...]
    remarks: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a worker returns: a score a test clip, and how it came about.

    ``decided`` says which of these clips are called anomalous; empty where nothing was decided.
    ``train_scores`` has those of the training clips, by which that was decided. ``cost`` is what it
    took: see ``execution.cost``.
    """

    scores: Sequence[float]
    history: Sequence[Mapping[str, Any]]
    weights: bytes = field(repr=False)
    seconds: float
    facts: Mapping[str, Any]
    decided: Sequence[bool] = ()
    cost: Mapping[str, Any] = field(default_factory=dict)
    train_scores: Sequence[float] = ()


class Score(NamedTuple):
    """One line of ``scores.csv``; a named tuple, since there are a million of them to read."""

    machine: str
    id: str
    subset: str
    clip: str
    anomalous: bool | None
    score: float
    decided: bool | None = None  # whether it was called anomalous

    @property
    def as_clip(self) -> Clip:
        """The clip that was scored."""
        return Clip(self.machine, self.id, self.subset, "test", self.anomalous, self.clip)

    @classmethod
    def of(cls, clip: Clip, score: float, decided: bool | None = None) -> Score:
        """A test clip's score, beside its label, and what was decided of it."""
        name = clip.name or ""
        return cls(clip.machine, clip.id, clip.subset, name, clip.anomalous, score, decided)


def is_of(record: Mapping[str, Any], name: str) -> bool:
    """Whether a ``cell.json`` is that of the cell of this name: by its key, where it tells one."""
    return "key" not in record or name.endswith(f"-{record['key']}")
