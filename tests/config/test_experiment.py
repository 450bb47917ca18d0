"""Experiments: recipes in TOML, the flags laid over them, and what a recipe can't say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from asdbench.config.experiment import (
    Experiment,
    Resolved,
    experiments,
    read,
    resolve,
    with_data,
)
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics


def test_the_experiments_that_come_with_it_can_be_read() -> None:
    assert {"demo", "smoke", "small", "paper"} <= set(experiments())
    for name, path in experiments().items():
        assert read(name) == read(str(path))
        assert read(name)[0] == name


def test_settings_are_laid_over_the_file_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'repeats = 2\n[dataset]\nname = "synthetic"\nseconds = 1.0\n[methods.knn]\nk = 2\n'
    )
    name, experiment = read(
        str(path),
        [{"methods": {"knn": {"p": 1}}, "repeats": 5}, {"methods": {"knn": {"p": 2}}, "seed": 7}],
    )
    assert name == "mine"
    assert experiment == Experiment(
        repeats=5,
        seed=7,
        dataset={"name": "synthetic", "seconds": 1.0},
        methods={"knn": {"k": 2, "p": 2}},
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("repeats = 0", r"odd: repeats = 0; choose from 1 to 10,000"),
        ("repeats = 1000000000", r"odd: repeats = 1000000000; choose from 1 to 10,000"),
        ("cells_per_gpu = 0", r"odd: cells_per_gpu = 0; at least one is needed"),
        ("repeatz = 1", r"odd: no field 'repeatz'; did you mean repeats\?"),
        ('repeats = "3"', r"odd\.repeats = '3': .*integer"),
        ("[frontend]\nn_mel = 3", r"odd\.frontend: no field 'n_mel'; did you mean n_mels\?"),
        ("[frontend]\nn_fft = 512", r"odd\.frontend: frontend win_length is 1024, longer than"),
        ('[numerics]\ndevice = "tpu"', r"odd\.numerics\.device = 'tpu'"),
        ("frontend = 3", r"odd\.frontend = 3: give the fields of Frontend, as a table"),
        ("[methods]\nknn = 3", r"odd\.methods = \{'knn': 3\}"),
        ("[variants.fast]\nk = 3", r'variants\.fast has no method; add method = "\.\.\."'),
        ('[variants."a b"]\nmethod = "knn"', r"variants\.'a b': use letters, digits, '-', '_'"),
        ('[tuned.x]\nobjective = "proxy"', r"tuned\.x: there is no variants\.x"),
        (
            '[variants.x]\nmethod = "knn"\n[tuned.x]\nobjective = "luck"',
            r"tuned\.x\.objective: write proxy or oracle",
        ),
        (
            '[variants.x]\nmethod = "knn"\n[tuned.x]\nobjective = "oracle"',
            r"tuned\.x\.subset: write the subset it was tuned on",
        ),
        ("repeats = ", r"odd\.toml is not TOML"),
        (b"\xff", r"odd\.toml is not TOML"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_named(tmp_path: Path, text: Any, says: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=says) as caught:
        read(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "demmo",
            r"no experiment 'demmo'; did you mean demo\? \(a file of your own ends in \.toml\)",
        ),
        ("/nowhere/gone.toml", r"cannot read experiment /nowhere/gone\.toml: No such file"),
    ],
)
def test_an_experiment_that_there_is_none_of(name: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read(name)


def test_a_variants_label_and_how_it_was_tuned_are_free_within_reason() -> None:
    labels = ("a", "knn-2", "knn_2.5", "7")
    origin = {"objective": "oracle", "subset": "development", "trials": 30}
    experiment = Experiment(
        variants={label: {"method": "knn"} for label in labels}, tuned={"a": origin}
    )
    assert tuple(experiment.variants) == labels


def test_a_folder_of_recordings_takes_the_place_of_the_dataset(tmp_path: Path) -> None:
    folder = tmp_path / "factory"
    synthetic = Experiment(dataset={"name": "synthetic", "seconds": 1.0}, repeats=7)
    name, found = with_data("small", synthetic, folder)
    assert name == "small-factory"
    assert found.dataset == {"name": "folder", "path": str(folder.resolve())}
    assert found.repeats == 7
    # Which part of a folder a recipe is on stays.
    part = {"machines": ["fan"], "subsets": ["development"], "channels": "all"}
    dcase = Experiment(dataset={"name": "dcase2023", "path": "x", **part})
    assert with_data("paper", dcase, folder)[1].dataset == {
        "name": "folder",
        "path": str(folder.resolve()),
        **part,
    }
    name, found = with_data("small", synthetic, folder / "dev_fan.zip")
    assert name == "small-dev_fan"
    assert with_data("small", synthetic, None) == ("small", synthetic)


def test_a_resolved_experiment_has_a_clip_length_and_a_device() -> None:
    experiment = Experiment(
        repeats=2, seed=3, variants={"a": {"method": "knn"}}, tuned={"a": {"objective": "proxy"}}
    )
    frontend, numerics = Frontend(clip_seconds=2.0), Numerics(device="cpu", precision="float32")
    assert resolve(experiment, "demo", frontend=frontend, numerics=numerics) == Resolved(
        benchmark="demo",
        repeats=2,
        seed=3,
        dataset={"name": "synthetic"},
        frontend=frontend,
        numerics=numerics,
        tuned={"a": {"objective": "proxy"}},
    )
