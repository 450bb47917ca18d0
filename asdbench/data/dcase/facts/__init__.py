"""What is known of DCASE 2020 Task 2 without having it: archives, counts and evaluation labels.

The evaluation labels are those that the organisers released after the challenge.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from asdbench.data.clips import hash_test_set

PARTS = ("development", "additional training", "evaluation")
_PART = {
    "development (train and test)": "development",
    "additional training": "additional training",
    "evaluation test": "evaluation",
}


@dataclass(frozen=True)
class Archive:
    """One zip of the data set: its file name, its Zenodo record, what it holds, its MD5 sum."""

    name: str
    record: str
    machine: str
    part: str
    md5: str


class ClipName(NamedTuple):
    """What identifies a test clip: machine type, machine ID and file name."""

    machine: str
    id: str
    name: str


@cache
def archives() -> tuple[Archive, ...]:
    """The 18 archives: three parts of six machine types."""
    return tuple(
        Archive(
            row["archive"], row["zenodo_record"], row["machine"], _PART[row["part"]], row["md5"]
        )
        for row in _rows("dcase2020_archives.csv")
    )


@cache
def official_test_clips(subset: str) -> Mapping[ClipName, bool]:
    """Every test clip of the official "development" or "evaluation" set, and if it's anomalous.

    Development clips are numbered from 0 for each machine ID and label, so counts suffice.
    """
    assert subset in {"development", "evaluation"}, subset
    labels: dict[ClipName, bool] = {}
    if subset == "evaluation":
        for row in _rows("dcase2020_eval_labels.csv"):
            machine_id = row["file"].split("_")[1]
            labels[ClipName(row["machine"], machine_id, row["file"])] = row["anomalous"] == "1"
    else:
        for row in _rows("dcase2020_dev_test_counts.csv"):
            for column, prefix in (("normal", "normal"), ("anomalous", "anomaly")):
                for number in range(int(row[column])):
                    name = f"{prefix}_id_{row['id']}_{number:08d}.wav"
                    labels[ClipName(row["machine"], row["id"], name)] = prefix == "anomaly"
    return MappingProxyType(labels)


@cache
def official_test_set(subset: str) -> str:
    """The hash of the complete "development" or "evaluation" test set, as ``Clips.test_sets``."""
    clips = official_test_clips(subset).items()
    return hash_test_set((clip.machine, clip.id, clip.name, label) for clip, label in clips)


@cache
def evaluation_labels(machine: str, id: str) -> Mapping[str, bool]:
    """File name -> anomalous, for one machine ID of the evaluation set; empty for any other."""
    labels = official_test_clips("evaluation").items()
    return MappingProxyType(
        {key.name: label for key, label in labels if (key.machine, key.id) == (machine, id)}
    )


@cache
def subset_of(machine: str, id: str) -> str | None:
    """Which subset a machine ID belongs to in DCASE 2020; None if it isn't one of its 41."""
    for subset in ("development", "evaluation"):
        if (machine, id) in _ids(subset):
            return subset
    return None


@cache
def _ids(subset: str) -> frozenset[tuple[str, str]]:
    return frozenset((key.machine, key.id) for key in official_test_clips(subset))


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
