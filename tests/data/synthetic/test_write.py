"""Synthetic clips as a folder: the same clips as in memory."""

import csv
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from asdbench.data.dcase.dataset import Dcase2020
from asdbench.data.synthetic.dataset import Synthetic
from asdbench.data.synthetic.write import write_wavs

SMALL = Synthetic(machines=("fan", "pump"), seconds=1.0, train=2, test_normal=1, test_anomalous=1)


def test_the_folder_is_read_as_the_same_clips(tmp_path):
    told = []
    folder = tmp_path / "new" / "tree"
    count = write_wavs(SMALL, folder, lambda done, total: told.append((done, total)))
    assert count == 2 * 6 * 4
    assert told == [(i + 1, count) for i in range(count)]

    def by_place(dataset):
        return {replace(r.clip): r.source for r in dataset.recordings()}

    written, made = by_place(Dcase2020(str(folder))), by_place(SMALL)
    assert set(written) == set(made)
    for clip in list(made)[::7]:
        np.testing.assert_array_equal(written[clip].read()[0], made[clip].read()[0])
        assert soundfile.info(written[clip].path).subtype == "PCM_16"
    assert {path.name for path in folder.iterdir()} == {"dev_data", "eval_data", "tags.csv"}
    with (folder / "tags.csv").open(newline="") as file:
        rows = {row.pop("file"): row for row in csv.DictReader(file)}
    for clip, _, tags, _ in SMALL.recordings():
        if clip.split == "test":
            above = {"development": "dev_data", "evaluation": "eval_data"}[clip.subset]
            row = rows.pop(f"{above}/{clip.machine}/test/{clip.name}")
            assert {name: value for name, value in row.items() if value} == tags
    assert not rows


def test_a_folder_that_is_not_empty_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(ValueError, match=r"is not empty; give a new folder"):
        write_wavs(SMALL, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_is_there_once_all_is_written(tmp_path):
    few = Synthetic(machines=("fan",), subsets=("development",), seconds=1.0, train=1)
    where = tmp_path / "clips"

    def stopped(done, total):
        assert not where.exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_wavs(few, where, stopped)
    assert write_wavs(few, where) == len(list(where.rglob("*.wav"))) > 0
    assert [path.name for path in tmp_path.iterdir()] == ["clips"]
