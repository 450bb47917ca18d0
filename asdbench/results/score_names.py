"""The names of score files and of decision files, as each year's challenge has them.

- 2020: ``anomaly_score_<machine>_id_<ID>.csv``
- 2021: ``anomaly_score_<machine>_section_<ID>_source_test.csv``, and ``..._target_test.csv``
- since 2022: ``anomaly_score_<machine>_section_<ID>_test.csv``

Decisions are in ``decision_result_...``. The official baseline's own names,
``anomaly_score_DCASE2023T2<machine>_section_<ID>_test_seed<...>.csv``, are read as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from asdbench.data.clips import Clip

SCORES, DECISIONS = "anomaly_score", "decision_result"
KINDS = (SCORES, DECISIONS)
FORM = "anomaly_score_<machine>_id_<ID>.csv or anomaly_score_<machine>_section_<ID>_test.csv"

MachineId = tuple[str, str]

_ENDS = {
    "2020": ("_id_{}",),
    "2021": ("_section_{}_source_test", "_section_{}_target_test"),
    "2022": ("_section_{}_test",),
}
YEARS = tuple(_ENDS)
_BASELINE = re.compile(r"(.+?)_DCASE\d{4}T2(.+)_section_([0-9A-Za-z]+)_test_seed.*\.csv")
_NAME = re.compile(
    r"(anomaly_score|decision_result)_(.+)_(?:id|section)_([^_]+?)(?:_(?:source_|target_)?test)?\.csv"
)
_OF_TARGET = re.compile(r"section_[^_]+_target_test")


def file_names(kind: str, machine: str, id: str, protocol: str) -> list[str]:
    """The files that a machine ID has in a year's form: two in 2021, source and target."""
    return [f"{kind}_{machine}{end.format(id)}.csv" for end in _ENDS[protocol]]


def file_name(kind: str, clip: Clip, protocol: str) -> str:
    """The file that a test clip's line is in; in 2021 its name tells the domain."""
    names = file_names(kind, clip.machine, clip.id, protocol)
    return names[-1] if _OF_TARGET.match(str(clip.name)) else names[0]


def read_name(name: str, known: Iterable[MachineId]) -> tuple[str, MachineId] | None:
    """What a file holds, and of which of these machine IDs; None for another file."""
    ids = set(known)
    if found := _BASELINE.fullmatch(name):
        kind, machine, id_ = found.groups()
        return (kind, (machine, id_)) if kind in KINDS and (machine, id_) in ids else None
    for machine_id in ids:
        for kind in KINDS:
            for protocol in _ENDS:
                if name in file_names(kind, *machine_id, protocol):
                    return kind, machine_id
    return None


def claimed(name: str) -> MachineId | None:
    """The machine type and ID that a name claims, whether there is such a one or not."""
    found = _BASELINE.fullmatch(name) or _NAME.fullmatch(name)
    return (found[2], found[3]) if found else None
