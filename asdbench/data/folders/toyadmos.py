"""ToyADMOS: ``<machine>/case<number>/{NormalSound_IND,AnomalousSound_IND}/<file>.wav``.

A file is named ``1101010001_ToyCar_case1_ab01_IND_ch1_0001.wav``: what was done to the toy, and
one of four microphones. The four are one clip. The case is the machine ID.
"""

from __future__ import annotations

import re
from collections import defaultdict

from asdbench.data.folders.drawn import with_splits
from asdbench.data.folders.listing import Listed, Listing
from asdbench.data.folders.tree import Recognised, Wav

_CLIP = re.compile(r"(?:.*/)?([^/]+)/case([0-9A-Za-z]+)/(Normal|Anomalous)Sound_IND/([^/]+)")
_NAME = re.compile(r"(.+_case\w+?_)([^_]+)(_IND_)ch(\d+)(_.+\.\w+)", re.IGNORECASE)
_Key = tuple[str, str, bool, str]


def read(listing: Listing) -> Recognised:
    """The recordings of a listing in this layout, all of them development."""
    channels: dict[_Key, dict[int, Listed]] = defaultdict(dict)
    faults: dict[_Key, str] = {}
    twice = []
    for entry in listing.entries:
        match = _CLIP.fullmatch(entry.where)
        if match and entry.is_sound:
            machine, case, kind, name = match.groups()
            named = _NAME.fullmatch(name)
            key = (machine, case, kind == "Anomalous", _without_channel(named) or name)
            number = int(named[4]) if named else 0
            faults[key] = named[2] if named else ""
            if number in channels[key]:
                twice.append(f"{entry.path} is there twice; take one of them out")
            channels[key].setdefault(number, entry)
    drawn = [(_wav(key, faults[key], of), key[3]) for key, of in channels.items()]
    return Recognised(wavs=with_splits(drawn), faults=twice)


def _without_channel(named: re.Match[str] | None) -> str:
    return f"{named[1]}{named[2]}{named[3].rstrip('_')}{named[5]}" if named else ""


def _wav(key: _Key, fault: str, channels: dict[int, Listed]) -> Wav:
    machine, case, anomalous, name = key
    first, *more = (channels[number] for number in sorted(channels))
    return Wav(
        first.path, machine, case, "development", "", name, anomalous,
        attributes=(("fault", fault),) if anomalous and fault else (), archive=first.archive,
        more=tuple(entry.path for entry in more),
    )  # fmt: skip
