"""Write synthetic clips as a folder of recordings."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from asdbench.config import files
from asdbench.data.building import Progress
from asdbench.data.dcase.layout import SUBSET_FOLDERS
from asdbench.data.encoded import encoded
from asdbench.data.synthetic.dataset import Synthetic

TAGS = "tags.csv"


def write_wavs(dataset: Synthetic, folder: Path, progress: Progress | None = None) -> int:
    """Write a dataset's clips as 16-bit wav files in the DCASE 2020 layout; says how many.

    What is known of the test clips goes into ``tags.csv``. The folder is there once all are
    written. ``progress`` is told how many of how many clips are. Raises ``ValueError`` if something
    is in the folder.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty; give a new folder")
    room = files.room_in(folder, if_full="; free some space", if_denied="; give another folder")
    with room, files.making(folder) as new:
        return _write_all(dataset, new, progress)


def _write_all(dataset: Synthetic, folder: Path, progress: Progress | None) -> int:
    above = {subset: name for name, subset in SUBSET_FOLDERS.items()}
    recordings = dataset.recordings()
    tagged = {}
    for done, recording in enumerate(recordings, start=1):
        clip, tags = recording.clip, recording.tags
        samples, rate = recording.source.read()[:2]
        path = folder / above[clip.subset] / clip.machine / clip.split / str(clip.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(samples, rate, "WAV"))
        if tags:
            tagged[path.relative_to(folder).as_posix()] = tags
        if progress:
            progress(done, len(recordings))
    _write_tags(folder / TAGS, tagged)
    return len(recordings)


def _write_tags(path: Path, tagged: Mapping[str, Mapping[str, str]]) -> None:
    """A row a file, a column a tag; empty where a file hasn't got it."""
    names = dict.fromkeys(name for tags in tagged.values() for name in tags)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, ["file", *names], restval="", lineterminator="\n")
        table.writeheader()
        table.writerows({"file": name, **tags} for name, tags in tagged.items())
