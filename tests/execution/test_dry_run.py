"""What a run would do and take, told without running any of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from inline import inline_engine

from asdbench.config.experiment import Experiment, read, with_data
from asdbench.config.selection import choose
from asdbench.execution import dry_run
from asdbench.execution.dry_run import DryRun, look_ahead
from asdbench.results.store import Store


@pytest.fixture
def experiment(wav_tree: Callable[..., Path]) -> Experiment:
    """On two machine types that no cache has."""
    return with_data(*read("small"), wav_tree(machines=("fan", "valve")))[1]


def ahead(experiment: Experiment, out: Path, *methods: str) -> DryRun:
    chosen = choose(experiment, methods)
    return look_ahead(experiment, "small", chosen, inline_engine(2), out=out)


def test_cells_are_counted_before_anything_is_decoded(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    made = ahead(experiment, tmp_path / "o", "knn", "id_classifier")
    cells = {row.label: row.cells for row in made.planned.rows}
    assert cells == {"id_classifier": experiment.repeats, "knn": 2 * experiment.repeats}
    assert (made.clips, made.decoded, made.whole) == (28, False, False)
    assert made.cache_size == 28 * 16000 * 2
    assert made.size > 0
    assert made.fits
    assert not (tmp_path / "o").exists()
    assert not (tmp_path / "cache").joinpath("decoded").exists()


def test_a_full_disk_is_foreseen(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(dry_run, "_free", lambda _: 1000)
    assert not ahead(experiment, tmp_path / "o", "knn").fits


def test_wrong_clips_are_said_as_a_run_says_them(experiment: Experiment, tmp_path: Path) -> None:
    with_ = replace(experiment, dataset={**experiment.dataset, "machines": ["pump"]})
    with pytest.raises(ValueError, match="pump"):
        ahead(with_, tmp_path / "o", "knn")


def test_a_folder_of_other_test_clips_is_refused(experiment: Experiment, tmp_path: Path) -> None:
    from asdbench.data.loading import dataset_of, load

    load(dataset_of(experiment.dataset).recordings(), experiment.frontend)
    with Store(tmp_path / "o").opened({"development": "others"}, "others"):
        pass
    with pytest.raises(ValueError, match="holds results on other development test clips"):
        ahead(experiment, tmp_path / "o", "knn")
