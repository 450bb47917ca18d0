"""What a run could tell: counted from clips that nobody decodes, learned from results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from folders import DEV, Folder

from asdbench.config.experiment import read, with_data
from asdbench.config.selection import choose
from asdbench.data.clips import Clip
from asdbench.evaluation.power import ID_SD, SEED_SD
from asdbench.execution.outlook import counts_of, measured_in, outlooks


def clip(id: str, anomalous: bool | None, split: str = "test", machine: str = "fan") -> Clip:
    return Clip(machine, id, DEV, split, anomalous, "x.wav")


def test_ids_count_that_have_both_classes_with_labels() -> None:
    clips = [clip("00", False)] * 3 + [clip("00", True)] * 2 + [clip("00", None)] * 9
    clips += [clip("02", False), clip("04", True), clip("00", False, "train")]
    clips += [clip("00", False, machine="pump"), clip("00", True, machine="pump")]
    assert counts_of(clips) == {"fan": [(3, 2)], "pump": [(1, 1)]}


def test_nothing_is_decoded_or_run(tmp_path: Path) -> None:
    _, experiment = read("smoke")
    choice = choose(experiment, ["all"])
    with mock.patch("asdbench.data.bank.open_bank", side_effect=AssertionError("decoded")):
        [found] = outlooks(experiment, choice, tmp_path / "none")
    assert (found.spreads.seed_in, found.spreads.id_in) == (None, None)
    assert (found.spreads.seed, found.spreads.id) == (SEED_SD, ID_SD)
    assert found.repeats in found.one_pair
    assert (found.one_pair[1].here, found.all_pairs[1].here) == (None, None)
    assert found.all_pairs[5].here > found.one_pair[5].here
    assert not (tmp_path / "none").exists()


def test_results_say_what_seeds_and_machine_ids_do(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out")
    for label in ("a", "b"):
        folder.row(label, [[f"{label}-{repeat}"] for repeat in range(2)])
        for repeat in range(2):
            folder.cell(
                f"{label}-{repeat}",
                {("fan", f"0{id_}", DEV): drawn(label, id_, repeat) for id_ in range(4)},
            )
    found = measured_in(folder.path, DEV)
    assert (found.seed_in, found.id_in) == (folder.path, folder.path)
    [first, second] = folder.board.rows
    deviations = [row.mean_auc_pauc.sd for row in (first, second)]
    assert found.seed == pytest.approx(sum(deviations) / 2)
    assert found.id > 0.05  # one row leads on two IDs, the other on two
    assert measured_in(folder.path, "evaluation").seed_in is None


def test_a_folder_without_rows_has_measured_nothing(tmp_path: Path) -> None:
    (tmp_path / "out" / "rows").mkdir(parents=True)  # as a tuning leaves it
    assert measured_in(tmp_path / "out", DEV).seed == SEED_SD
    assert measured_in(tmp_path / "gone", DEV).seed == SEED_SD


def drawn(label: str, id_: int, repeat: int) -> tuple[list[float], list[float], list[float]]:
    """Normal, anomalous, unlabelled scores; "a" is good on the first two IDs, "b" on the others."""
    skill = 3.0 if (label == "a") == (id_ < 2) else 0.2
    rng = np.random.default_rng(repeat)
    return rng.standard_normal(20).tolist(), (rng.standard_normal(20) + skill).tolist(), []


def test_without_an_id_that_has_both_classes_it_says_so(
    tmp_path: Path, wav_tree: Callable[..., Path]
) -> None:
    data = wav_tree(test=1)
    for path in data.glob("dev_data/*/test/anomaly*"):
        path.unlink()
    _, experiment = with_data(*read("small"), data)
    with pytest.raises(ValueError, match="no machine ID has both normal and anomalous"):
        outlooks(experiment, choose(experiment, ["knn"]), tmp_path)
