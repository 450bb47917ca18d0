"""The layout of DCASE Task 2: which recordings a folder holds, and what their paths say.

- ``[dev_data|eval_data]/[raw]/<machine>/train/*.wav``
- ``[dev_data|eval_data]/[raw]/<machine>/{test,source_test,target_test}/*.wav``
- ``[dev_data|eval_data]/[raw]/<machine>/supplemental/*.wav``
- ``[dev_data|eval_data]/[raw]/<machine>/attributes_<id>.csv``
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from asdbench.data.dcase.names import told_by
from asdbench.data.folders.listing import Listing
from asdbench.data.folders.tree import Recognised, Wav

SUBSET_FOLDERS = {"dev_data": "development", "eval_data": "evaluation"}
SPLITS = {
    "train": "train",
    "test": "test",
    "source_test": "test",
    "target_test": "test",
    "supplemental": "supplemental",
}
WORK_FOLDER = ".asdbench-download"  # what a download keeps for itself inside the data's folder
_TYPE = r"(?:(dev_data|eval_data)/)?(?:raw/)?(?!(?:dev_data|eval_data)/)([^/.][^/]*)"
_CLIP = re.compile(rf"{_TYPE}/({'|'.join(SPLITS)})/[^/]+")
_TABLE = re.compile(rf"{_TYPE}/attributes_[^/]*\.csv", re.IGNORECASE)


def read(listing: Listing) -> Recognised:
    """The recordings of a listing in this layout; ``subset`` is empty where no folder says it."""
    found = Recognised()
    above = subset_named_by(listing.root)
    for entry in listing.entries:
        if place := _CLIP.fullmatch(entry.where):
            if entry.is_sound:
                _add(found, entry.path, entry.archive, place, above)
        elif place := _TABLE.fullmatch(entry.where):
            found.tables.append((place[2], entry))
    return found


def subset_named_by(root: Path) -> str:
    """The data's folder may itself be ``dev_data`` or ``eval_data``, or the ``raw`` in it."""
    absolute = Path(os.path.abspath(root))
    inner = absolute.parent if absolute.name == "raw" else absolute
    return SUBSET_FOLDERS.get(inner.name, "")


def types_in(listing: Listing) -> list[str]:
    """The machine types that have a folder to train or test on, whatever is in it."""
    return sorted({p[2] for e in listing.entries if (p := _CLIP.fullmatch(e.where))})


def _add(found: Recognised, path: str, archive: str, place: re.Match[str], above: str) -> None:
    subset, machine, folder = place.groups()
    name = path.rpartition("/")[2]
    split = SPLITS[folder]
    told = told_by(name, supplemental=split == "supplemental")
    if told is None:
        found.unnamed.append((machine, path))
        return
    domain = told.domain or (folder.removesuffix("_test") if "_" in folder else None)
    subset = SUBSET_FOLDERS.get(subset, above)
    anomalous = None if split == "supplemental" else told.anomalous
    found.wavs.append(
        Wav(
            path, machine, told.id, subset, split, name, anomalous, domain, told.attributes, archive
        )
    )
