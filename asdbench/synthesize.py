"""Write an experiment's synthetic clips as a folder of recordings."""

from __future__ import annotations

from pathlib import Path

import soundfile

from asdbench import plugins
from asdbench.config import build
from asdbench.experiment import read
from asdbench.progress import bars


def synthesize(name: str, folder: Path) -> str:
    """Write an experiment's synthetic clips as 16-bit wav files in the DCASE 2020 layout."""
    _, experiment = read(name)
    fields = dict(experiment.dataset)
    if fields.pop("name", None) != "synthetic":
        raise ValueError(f"experiment {name!r} does not use the synthetic dataset")
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty; give a new folder")
    dataset = build(plugins.load(plugins.DATASETS, "synthetic"), fields, "dataset synthetic")
    tops = {"development": "dev_data", "evaluation": "eval_data"}
    recordings = dataset.recordings()
    with bars() as progress:
        for clip, source in progress.track(recordings, description="writing clips"):
            samples, rate = source.read()
            path = folder / tops[clip.subset] / clip.machine / clip.split / clip.name
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, samples, rate, subtype="PCM_16")
    return f"{len(recordings)} clips are in {folder}"
