"""MIMII as it was published: ``[<SNR folder>/]<machine>/id_<id>/{normal,abnormal}/<number>.wav``.

An SNR folder is named ``6_dB_fan``, ``-6_dB_fan``, ``0dB``: the signal-to-noise ratio is in a
clip's name, and its attribute ``snr``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from asdbench.data.folders.drawn import Drawn, with_splits
from asdbench.data.folders.listing import Listing
from asdbench.data.folders.tree import Recognised, Wav

_CLIP = re.compile(r"((?:[^/]+/)*)id_([0-9A-Za-z]+)/(normal|abnormal)/([^/]+)")
_SNR = re.compile(r"(min|minus|-)?(\d+)_?dB(?:_(.+))?", re.IGNORECASE)


def read(listing: Listing) -> Recognised:
    """The recordings of a listing in this layout, all of them development."""
    return Recognised(wavs=with_splits(_found(listing)))


def _found(listing: Listing) -> Iterator[Drawn]:
    root = Path(os.path.abspath(listing.root))
    for entry in listing.entries:
        match = _CLIP.fullmatch(entry.where)
        if match and entry.is_sound:
            above, id, label, name = match.groups()
            machine, snr = _machine(root, above)
            named = f"{f'{snr}dB_' if snr else ''}{label}_{name}"
            wav = Wav(
                entry.path, machine, id, "development", "", named, label == "abnormal",
                attributes=(("snr", snr),) if snr else (), archive=entry.archive,
            )  # fmt: skip
            yield wav, name


def _machine(root: Path, above: str) -> tuple[str, str]:
    """The machine type, and the SNR or nothing, by the folders above, the nearest first."""
    machine = snr = ""
    for folder in (*reversed(above.split("/")[:-1]), root.name, root.parent.name):
        match = _SNR.fullmatch(folder)
        if match and not snr:
            snr = f"{'-' if match[1] and int(match[2]) else ''}{match[2]}"
            machine = machine or match[3] or ""
        elif not match:
            machine = machine or folder
    return machine, snr
