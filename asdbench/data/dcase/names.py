"""What the name of a clip of DCASE Task 2 says, of 2020 and since."""

from __future__ import annotations

import re
from typing import NamedTuple

from asdbench.data.dcase.attributes import attributes, parsed

PATTERNS = (
    "normal_id_<id>_<number>.wav, anomaly_id_<id>_<number>.wav or id_<id>_<number>.wav, or since "
    "2021 section_<id>_[source|target]_[train|test]_[normal|anomaly]_<number>[_<attributes>].wav"
)
KIND = "supplemental"  # the attribute that says what a supplemental clip is of
_ANY = re.IGNORECASE | re.DOTALL  # a line break is a letter of a name like any other
_2020 = re.compile(r"(?:(normal|anomaly)_)?id_([0-9A-Za-z]+)_.+\.\w+", _ANY)
_SECTION = re.compile(
    r"section_([0-9A-Za-z]+?)(?:_(source|target))?(?:_(?:train|test))?(?:_(normal|anomaly))?"
    r"_\d+(?:_(.*?))?_?\.\w+",
    _ANY,
)
_SUPPLEMENTAL = re.compile(r"section_([0-9A-Za-z]+)_(\D+?)_\d+(?:_(.*?))?_?\.\w+", _ANY)
_WORDS = {"noise": "noise", "background": "noise", "machine": "machine", "clean": "machine"}


class Naming(NamedTuple):
    """What a name says; ``anomalous`` is None where it doesn't."""

    id: str
    anomalous: bool | None
    domain: str | None
    attributes: tuple[tuple[str, str], ...]


def told_by(name: str, *, supplemental: bool = False) -> Naming | None:
    """What a clip's name says; None where it has no machine ID, or isn't such a name."""
    if supplemental and (match := _SUPPLEMENTAL.fullmatch(name)):
        id, words, rest = match.groups()
        return _supplemental(id, words.lower(), rest or "")
    if match := _SECTION.fullmatch(name):
        id, domain, label, rest = match.groups()
        pairs = parsed(rest or "")
        return Naming(id, _anomalous(label), domain.lower() if domain else None, pairs)
    if match := _2020.fullmatch(name):
        label, id = match.groups()
        found = dict(attributes(name))
        domain = found.pop("domain", None)
        return Naming(id, _anomalous(label), domain, tuple(found.items()))
    return None


def has_section(name: str) -> bool:
    """Whether a clip is named as since 2021."""
    return name[:8].lower() == "section_"


def _anomalous(label: str | None) -> bool | None:
    return None if label is None else label.lower() == "anomaly"


def _supplemental(id: str, words: str, rest: str) -> Naming:
    """Of "machine_source" the machine alone, in the source domain; of "noise" the noise alone."""
    said = words.split("_")
    domain = next((word for word in said if word in ("source", "target")), None)
    kind = next((_WORDS[word] for word in said if word in _WORDS), words)
    return Naming(id, None, domain, ((KIND, kind), *parsed(rest)))
