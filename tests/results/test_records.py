"""What results are found by: keys and names of cells."""

from __future__ import annotations

from dataclasses import replace

from folders import cell

from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.data.clips import Clip
from asdbench.results.records import ImportedCell, Score


def test_every_field_of_a_cell_is_in_its_key() -> None:
    base = cell()
    variants = [
        base,
        replace(base, method="other"),
        replace(base, fields={"k": 2}),
        replace(base, machine="pump"),
        replace(base, machine=None),
        replace(base, clips="abd"),
        replace(base, frontend=Frontend(n_mels=64)),
        replace(base, numerics=Numerics(device="cpu", precision="float32", threads=2)),
        replace(base, repeat=1),
        replace(base, seed=1),
    ]
    assert len({variant.key for variant in variants}) == len(variants)
    assert len({variant.name for variant in variants}) == len(variants)


def test_a_name_says_whose_cell_it_is() -> None:
    assert cell(repeat=2).name == f"knn-fan-r2-{cell(repeat=2).key}"
    assert cell(machine=None).name.startswith("knn-all-r0-")


def test_a_name_that_is_too_long_for_a_folder_is_cut_and_the_key_tells_it_from_others() -> None:
    long = [cell(machine="f" * 250), cell(machine="f" * 249), cell(method="音" * 100)]
    assert all(len(one.name.encode()) < 255 for one in long)
    assert len({one.name for one in long}) == 3
    assert long[0].name == f"knn-{'f' * 100}-r0-{long[0].key}"
    assert long[2].name.startswith("音" * 33 + "-fan")


def test_an_import_is_known_by_its_name_its_repeat_and_its_files() -> None:
    base = ImportedCell("theirs", 0, "a hash")
    variants = [
        base,
        replace(base, method="ours"),
        replace(base, repeat=1),
        replace(base, files="b"),
    ]
    assert len({variant.key for variant in variants}) == len(variants)
    assert base.name == f"theirs-all-r0-{base.key}"


def test_a_score_stands_beside_its_clips_label() -> None:
    clip = Clip("fan", "00", "development", "test", True, "a.wav")
    assert Score.of(clip, 0.5) == ("fan", "00", "development", "a.wav", True, 0.5, None)
    nameless = replace(clip, name=None, anomalous=None)
    assert Score.of(nameless, 0.5) == ("fan", "00", "development", "", None, 0.5, None)
