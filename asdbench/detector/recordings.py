"""Which files are recordings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

# What libsndfile reads. A file that is named by itself is read whatever it is called.
ENDINGS = "wav wave flac ogg oga opus mp3 aif aiff aifc au snd caf w64 rf64"
SUFFIXES = frozenset(f".{ending}" for ending in ENDINGS.split(" "))


def recordings_in(places: Iterable[Path]) -> list[Path]:
    """The sound files among some files and folders, in order; hidden ones are left out.

    Raises ``ValueError`` for a place that there isn't, or where there is no recording at all.
    """
    found: dict[Path, None] = {}
    asked = list(places)
    for place in asked:
        if place.is_dir():
            found |= dict.fromkeys(sorted(filter(is_recording, place.rglob("*"))))
        elif place.exists():
            found[place] = None
        else:
            raise ValueError(f"no file or folder {place}")
    if not found:
        named = ", ".join(map(str, asked)) or "nothing"
        raise ValueError(f"no recordings in {named}; sound files end in {ENDINGS}")
    return list(found)


def is_recording(path: Path) -> bool:
    """Whether this is a sound file, by its name, and not hidden."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
