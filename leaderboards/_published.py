"""Results that others have published, to be shown beside what was measured, never among it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from asdbench.evaluation import SUBSETS, Board

DCASE2020 = "DCASE 2020 Task 2"
AVERAGE = "average"  # in place of a machine type

_FILE = "dcase2020.csv"
_KINDS = ("mean over machine IDs", "pooled over a machine type")
_ALLOWED = {"subset": SUBSETS, "auc_kind": _KINDS, "verified": ("yes", "no")}
_TEXTS = ("system", "machine", "training_data", "checkpoint", "source")
_COLUMNS = (
    "system",
    "subset",
    "machine",
    "auc",
    "pauc",
    "mauc",
    "mean_auc_pauc",
    "sd",
    "auc_kind",
    "training_data",
    "checkpoint",
    "verified",
    "source",
)


@dataclass(frozen=True)
class Published:
    """A system's figures for one machine type, or their ``average``, as its source reports them.

    Figures lie in 0 to 1 and are None where the source has none; ``sd`` is that of
    ``mean_auc_pauc`` over repeats. ``checkpoint`` says how the epoch was chosen. ``verified`` is
    False where nobody has checked the numbers against the source.
    """

    system: str
    subset: str
    machine: str
    auc: float | None
    pauc: float | None
    mauc: float | None
    mean_auc_pauc: float | None
    sd: float | None
    auc_kind: str
    training_data: str
    checkpoint: str
    verified: bool
    source: str

    @property
    def chosen_on_test(self) -> bool:
        """Whether the test set chose the checkpoint, so that its figures are too high."""
        return "test set" in self.checkpoint


def published(board: Board) -> dict[str, list[Published]]:
    """Published results by subset; only of a subset that is the complete DCASE 2020 test set."""
    return {
        subset: found
        for subset in board.subsets
        if board.known.get(subset) == DCASE2020
        and (found := [one for one in _dcase2020() if one.subset == subset])
    }


def by_system(results: Iterable[Published]) -> dict[str, dict[str, Published]]:
    """Results by system and machine type, in the order that they come in."""
    found: dict[str, dict[str, Published]] = {}
    for one in results:
        found.setdefault(one.system, {})[one.machine] = one
    return found


def read(text: str, file: str) -> list[Published]:
    """The results in a CSV text, numbers in %; ``ValueError`` names ``file`` and line."""
    lines = csv.DictReader(text.splitlines(), strict=True)
    if tuple(lines.fieldnames or ()) != _COLUMNS:
        raise ValueError(f"{file}, line 1: columns are not {', '.join(_COLUMNS)}")
    found: dict[tuple[str, str, str], Published] = {}
    try:
        for cells in lines:
            one = _one(cells)
            key = one.system, one.subset, one.machine
            if key in found:
                raise ValueError(f"{one.system!r} has {one.machine!r} a second time")
            found[key] = one
    except (ValueError, csv.Error) as error:
        raise ValueError(f"{file}, line {lines.reader.line_num}: {error}") from error
    return list(found.values())


@cache
def _dcase2020() -> list[Published]:
    path = files(__package__).joinpath("published", _FILE)
    return read(path.read_text(encoding="utf-8"), _FILE)


def _one(cells: Mapping[str | None, str | list[str] | None]) -> Published:
    if None in cells or None in cells.values():
        raise ValueError(f"there are not {len(_COLUMNS)} cells")
    text = {str(name): str(cell) for name, cell in cells.items()}
    _check_texts(text)
    one = Published(
        system=text["system"],
        subset=text["subset"],
        machine=text["machine"],
        auc=_share(text, "auc"),
        pauc=_share(text, "pauc"),
        mauc=_share(text, "mauc"),
        mean_auc_pauc=_share(text, "mean_auc_pauc"),
        sd=_share(text, "sd"),
        auc_kind=text["auc_kind"],
        training_data=text["training_data"],
        checkpoint=text["checkpoint"],
        verified=text["verified"] == "yes",
        source=text["source"],
    )
    if one.auc is None and one.mean_auc_pauc is None:
        raise ValueError("there is neither auc nor mean_auc_pauc")
    if one.sd is not None and one.mean_auc_pauc is None:
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
