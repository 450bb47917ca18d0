"""Write synthetic clips as a folder of recordings."""

from __future__ import annotations

from pathlib import Path

import soundfile

from asdbench.data.bank import Progress
from asdbench.data.dcase.layout import SUBSET_FOLDERS
from asdbench.data.synthetic.dataset import Synthetic


def write_wavs(dataset: Synthetic, folder: Path, progress: Progress | None = None) -> int:
    """Write a dataset's clips as 16-bit wav files in the DCASE 2020 layout; says how many.

    ``progress`` is told how many of how many are. Raises ``ValueError`` if something is in the
    folder.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty; give a new folder")
    above = {subset: name for name, subset in SUBSET_FOLDERS.items()}
    recordings = dataset.recordings()
    for done, (clip, source) in enumerate(recordings, start=1):
        samples, rate = source.read()
        path = folder / above[clip.subset] / clip.machine / clip.split / str(clip.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, rate, subtype="PCM_16")
        if progress:
            progress(done, len(recordings))
    return len(recordings)
