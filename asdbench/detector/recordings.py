"""Which files are recordings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

# What libsndfile reads. A file that is named by itself is read whatever it is called.
ENDINGS = "wav wave flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64"
SUFFIXES = frozenset(f".{ending}" for ending in ENDINGS.split(" "))


def recordings_in(places: Iterable[Path]) -> list[Path]:
    """The sound files among some files and folders, in order; hidden ones are left out.

    A file that there isn't is among them, to be told of as a broken one is. Raises ``ValueError``
    where there is none of the places, or no recording at all.
    """
    found: dict[Path, None] = {}
    asked = list(places)
    for place in asked:
        inside = sorted(filter(is_recording, place.rglob("*"))) if place.is_dir() else [place]
        found |= dict.fromkeys(inside)
    if asked and not any(place.exists() for place in asked):
        raise ValueError(f"no file or folder {', '.join(map(str, asked))}")
    if not found:
        named = ", ".join(map(str, asked)) or "nothing"
        raise ValueError(f"no recordings in {named}; sound files end in {ENDINGS}")
    return list(found)


def is_recording(path: Path) -> bool:
    """Whether this is a sound file, by its name, and not hidden."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
