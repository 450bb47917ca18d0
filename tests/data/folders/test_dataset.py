"""The dataset ``folder``: what can be chosen of any folder."""

from __future__ import annotations

import pytest
from dcase_trees import development, evaluation

from asdbench.data.folders.dataset import Folder
from asdbench.data.loading import dataset_of


def test_it_is_a_plugin_with_these_fields(tree) -> None:
    path = tree(*development(2023), *evaluation(2023, "Vacuum"))
    fields = {"machines": ["fan", "Vacuum"], "subsets": ["evaluation"], "channels": "first"}
    dataset = dataset_of({"name": "folder", "path": path, **fields})
    assert dataset == Folder(path, ("fan", "Vacuum"), ("evaluation",), "first")
    assert {r.clip.machine for r in dataset.recordings()} == {"Vacuum"}


def test_the_choice_of_machine_types_does_not_change_what_the_folder_is(tree) -> None:
    path = tree(*development(2024), *evaluation(2024, "ToothBrush"), *evaluation(2024, "Scanner"))
    tested = [r.clip for r in Folder(path, machines=("ToothBrush",)).recordings()]
    assert None not in {clip.anomalous for clip in tested}


def test_what_is_not_there_is_said(tree) -> None:
    path = tree(*development(2023))
    with pytest.raises(ValueError, match=r"no clips of subset evaluation in .* there is: devel"):
        Folder(path, subsets=("evaluation",)).recordings()
