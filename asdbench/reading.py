"""An experiment's dataset and its clips, read with a bar."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from asdbench import plugins
from asdbench.clips import Clips
from asdbench.config import build
from asdbench.datasets import Dataset, load
from asdbench.experiment import Experiment
from asdbench.progress import bars, console


def with_data(experiment: Experiment, folder: Path | None) -> Experiment:
    """The experiment on a folder of recordings instead of its own dataset, if one is given."""
    if folder is None:
        return experiment
    chosen = experiment.dataset if experiment.dataset.get("name") == "dcase2020" else {}
    here = {"name": "dcase2020", "path": str(folder.resolve())}
    return replace(experiment, dataset={**chosen, **here})


def dataset_of(experiment: Experiment) -> Dataset:
    """The dataset plugin that the experiment names, with its fields."""
    fields = dict(experiment.dataset)
    name = fields.pop("name", None)
    if not isinstance(name, str):
        raise ValueError('dataset has no name; add name = "synthetic" or another')
    found: Dataset = build(plugins.load(plugins.DATASETS, name), fields, f"dataset {name}")
    return found


def read_clips(
    dataset: Dataset, experiment: Experiment, what: str = "reading clips"
) -> tuple[Clips, Experiment]:
    """A dataset's clips, and the experiment with the clip length resolved."""
    with bars() as progress:
        bar = progress.add_task(what, total=None, visible=False)

        def advance(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total, visible=True)

        clips, frontend, notes = load(dataset.recordings(), experiment.frontend, advance)
    for note, count in notes.items():
        console.print(f"{count} of {len(clips)} clips: {note}")
    return clips, replace(experiment, frontend=frontend)
