"""What ``describe`` prints of folders of all kinds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from dcase_trees import development, evaluation, labelled, supplements, training

from asdbench.data.folders.describe import describe
from asdbench.data.folders.text import render


def text(tree, *names: str) -> list[str]:
    path = tree(*names)
    for name in names:
        soundfile.write(Path(path, name), np.zeros(160, np.int16), 16000)
    return [" ".join(line.split()) for line in render(describe(path)).splitlines()]


@pytest.mark.parametrize(
    ("year", "said"),
    [
        (2021, "DCASE 2021 Task 2"),
        (2022, "DCASE 2022 Task 2"),
        (2023, "DCASE 2023 or 2024: the development sets have the same names"),
        (2025, "DCASE 2025 Task 2"),
        (2026, "DCASE 2026 Task 2"),
    ],
)
def test_the_year_is_said_first(tree, year: int, said: str) -> None:
    first, second, *_ = text(tree, *development(year))
    assert first.endswith(f": {said}")
    assert second.startswith("7 machine types, ")


def test_domains_attributes_and_what_is_supplemental(tree) -> None:
    names = (*training(attributes="vel_6_loc_B"), *labelled(), *supplements(3),
             *supplements(2, what="noise"))  # fmt: skip
    lines = text(tree, *(f"dev_data/fan/{name}" for name in names))
    assert "fan 00 development 3 2 2 0 0.1 0.01 0.01 0.01 16000 1" in lines
    assert "fan 00 development 2 1 2 2 3 machine, 2 noise vel (1), loc (1)" in lines
    assert "1 machine type, 1 machine ID, 12 clips, 0.00 h" in lines
    first = "DCASE 2025 or 2026: the development sets have the same names"
    assert lines[0].endswith(first)
    assert "DCASE 2025 development set: fan: 5 of 100 supplemental clips" in lines


def test_the_evaluation_set(tree) -> None:
    names = [*evaluation(2023, "Vacuum"), *evaluation(2023, "bandsaw")]
    lines = text(tree, *names)
    assert lines[0].endswith(": DCASE 2023 Task 2")
    [line] = [line for line in lines if "evaluation test set" in line]
    assert line.startswith("DCASE 2023 evaluation test set: not complete, 400 of 1,400 clips by")
    assert "DCASE 2023 evaluation set: not there is ToyDrone, ToyNscale, ToyTank, grinder," in (
        " ".join(lines)
    )
    assert not any("no labels for" in line for line in lines)
    [told] = [line for line in lines if line.startswith("bandsaw 00 evaluation 2 1 ")]
    assert told.startswith("bandsaw 00 evaluation 2 1 107 93 vel (")


def test_labels_that_are_withheld_and_folders_of_ones_own(tree) -> None:
    lines = text(tree, "dev_data/press/train/section_00_source_train_normal_0000.wav",
                 "dev_data/press/test/section_00_0000.wav")  # fmt: skip
    assert lines[0].endswith("in the layout of DCASE Task 2, but of no year's machine types")
    assert any(line.startswith("no labels for test clips of press 00: ") for line in lines)
