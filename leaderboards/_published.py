"""Results that others have published, to be shown beside what was measured, never among it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from asdbench.evaluation import NAMES, SUBSETS, Board

AVERAGE = "average"  # in place of a machine type

_FILES = {"DCASE 2020 Task 2": "dcase2020.csv", "DCASE 2022 Task 2": "dcase2022.csv"}
_KINDS = (
    "mean over machine IDs",
    "pooled over a machine type",
    "harmonic mean over sections, mean over machine types",
    "harmonic mean over machine types and sections",
)
_ALLOWED = {"subset": SUBSETS, "auc_kind": _KINDS, "verified": ("yes", "no")}
_TEXTS = ("system", "machine", "training_data", "checkpoint", "source")
_BEFORE = ("system", "subset", "machine")  # then figures, by the names that boards have for them
_AFTER = ("sd", "auc_kind", "training_data", "checkpoint", "verified", "source")


@dataclass(frozen=True)
class Published:
    """A system's figures for one machine type, or their ``average``, as its source reports them.

    ``figures`` lie in 0 to 1, by the names that boards have for them; ``sd`` is that of
    ``mean_auc_pauc`` over repeats. ``checkpoint`` says how the epoch, and what else there is to
    choose, was chosen. ``verified`` is False where nobody has checked the numbers against the
    source.
    """

    system: str
    subset: str
    machine: str
    figures: Mapping[str, float]
    sd: float | None
    auc_kind: str
    training_data: str
    checkpoint: str
    verified: bool
    source: str

    @property
    def chosen_on_test(self) -> bool:
        """Whether this subset's test set chose something, so that its figures are too high."""
        return "the test set" in self.checkpoint


def published(board: Board) -> dict[str, list[Published]]:
    """Published results by subset; only of a subset that is a year's complete test set."""
    found = {
        subset: [one for one in _of_file(_FILES[name]) if one.subset == subset]
        for subset in board.subsets
        if (name := board.known.get(subset)) in _FILES
    }
    return {subset: results for subset, results in found.items() if results}


def figures_of(results: Iterable[Published]) -> list[str]:
    """The figures that any of these results has, in the order of the file."""
    return list(dict.fromkeys(name for one in results for name in one.figures))


def of_types(results: Iterable[Published]) -> list[str]:
    """Those that are shown of each machine type."""
    types = (one for one in results if one.machine != AVERAGE)
    return [name for name in figures_of(types) if name != "mauc"]


def machines_of(results: Iterable[Published]) -> list[str]:
    """The machine types of any of these results, in the order of the measured ones."""
    return sorted({one.machine for one in results} - {AVERAGE}, key=str.swapcase)


def by_system(results: Iterable[Published]) -> dict[str, dict[str, Published]]:
    """Results by system and machine type, in the order that they come in."""
    found: dict[str, dict[str, Published]] = {}
    for one in results:
        found.setdefault(one.system, {})[one.machine] = one
    return found


def read(text: str, file: str) -> list[Published]:
    """The results in a CSV text, numbers in %; ``ValueError`` names ``file`` and line."""
    lines = csv.DictReader(text.splitlines(), strict=True)
    columns = tuple(lines.fieldnames or ())
    names = columns[len(_BEFORE) : len(columns) - len(_AFTER)]
    if (*_BEFORE, *names, *_AFTER) != columns or not {*names} <= {*NAMES} or not names:
        raise ValueError(
            f"{file}, line 1: columns are not {', '.join(_BEFORE)}, figures, {', '.join(_AFTER)}"
        )
    found: dict[tuple[str, str, str], Published] = {}
    try:
        for cells in lines:
            one = _one(cells, names)
            key = one.system, one.subset, one.machine
            if key in found:
                raise ValueError(f"{one.system!r} has {one.machine!r} a second time")
            found[key] = one
    except (ValueError, csv.Error) as error:
        raise ValueError(f"{file}, line {lines.reader.line_num}: {error}") from error
    return list(found.values())


@cache
def _of_file(name: str) -> list[Published]:
    path = files(__package__).joinpath("published", name)
    return read(path.read_text(encoding="utf-8"), name)


def _one(cells: Mapping[str | None, str | list[str] | None], names: Sequence[str]) -> Published:
    if None in cells or None in cells.values():
        raise ValueError(f"there are not {len(_BEFORE) + len(names) + len(_AFTER)} cells")
    text = {str(name): str(cell) for name, cell in cells.items()}
    _check_texts(text)
    shares = {name: _share(text, name) for name in names}
    one = Published(
        system=text["system"],
        subset=text["subset"],
        machine=text["machine"],
        figures={name: share for name, share in shares.items() if share is not None},
        sd=_share(text, "sd"),
        auc_kind=text["auc_kind"],
        training_data=text["training_data"],
        checkpoint=text["checkpoint"],
        verified=text["verified"] == "yes",
        source=text["source"],
    )
    if not one.figures:
        raise ValueError(f"there is none of {', '.join(names)}")
    if one.sd is not None and "mean_auc_pauc" not in one.figures:
        raise ValueError("there is an sd, but no mean_auc_pauc that it belongs to")
    return one


def _check_texts(text: Mapping[str, str]) -> None:
    for name in _TEXTS:
        if text[name].strip() != text[name] or not text[name]:
            raise ValueError(f"{name} is {text[name]!r}; give a text without blanks around it")
    for name, allowed in _ALLOWED.items():
        if text[name] not in allowed:
            raise ValueError(f"{name} is {text[name]!r}, not one of: {', '.join(allowed)}")


def _share(text: Mapping[str, str], name: str) -> float | None:
    """A number in % as a share of 1."""
    if not text[name]:
        return None
    try:
        number = float(text[name])
    except ValueError:
        number = math.nan
    if not 0 <= number <= 100:
        raise ValueError(f"{name} is {text[name]!r}, not a number from 0 to 100 (in %)")
    return number / 100
