"""A detector without any test clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_detectors import hiss
from warm import warm

import asdbench
from asdbench.execution import fitting


@pytest.fixture
def normal(wav_tree: Callable[..., Path]) -> Path:
    """Normal recordings of two machine types alone."""
    tree = wav_tree(machines=("fan", "valve"), train=4)
    for file in tree.rglob("test/*.wav"):
        file.unlink()
    for folder in tree.glob("dev_data/*/test"):
        folder.rmdir()
    return tree


def test_normal_recordings_are_enough(normal: Path, tmp_path: Path) -> None:
    with warm():
        made = asdbench.fit_detector(
            "autoencoder", normal, to=tmp_path / "d", experiment="smoke", repeats=2
        )
    assert len(made.about.members) == 2
    assert [one[0] for one in made.machines] == ["fan", "fan", "valve", "valve"]
    assert made.score(hiss(), 16000, machine="fan", id="00").percentile is not None
    assert "That isn't known" in (tmp_path / "d" / "README.md").read_text()
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_the_threshold_is_checked_first(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="threshold 'x'"):
        fitting.fit(None, "", None, None, to=tmp_path, threshold="x", watch=print)  # type: ignore[arg-type]


def test_one_that_is_stopped_goes_on(normal: Path, tmp_path: Path) -> None:
    told: list[str] = []

    def stop(event: object) -> None:
        told.append(type(event).__name__)
        if told[-1] == "Done":
            raise KeyboardInterrupt

    ask = {"to": tmp_path / "d", "experiment": "smoke", "jobs": 1}
    with warm():
        with pytest.raises(KeyboardInterrupt):
            asdbench.fit_detector("knn", normal, on_event=stop, **ask)  # type: ignore[arg-type]
        assert not (tmp_path / "d").exists()
        told.clear()
        asdbench.fit_detector(
            "knn", normal, on_event=lambda e: told.append(type(e).__name__), **ask
        )  # type: ignore[arg-type]
    assert told.count("Done") == 1  # of two machine types


def test_test_clips_arent_looked_at(wav_tree: Callable[..., Path], tmp_path: Path) -> None:
    tree = wav_tree(train=4)
    for file in tree.rglob("test/*.wav"):
        file.write_text("nobody reads this")
    with warm():
        made = asdbench.fit_detector("knn", tree, to=tmp_path / "d", experiment="smoke")
    assert made.about.clips == 8


@pytest.mark.parametrize(
    ("method", "says"),
    [("kn", "did you mean knn"), ("all", "name one method"), ("knn,autoencoder", "no method")],
)
def test_one_method_is_fitted(normal: Path, tmp_path: Path, method: str, says: str) -> None:
    with warm(), pytest.raises(ValueError, match=says):
        asdbench.fit_detector(method, normal, to=tmp_path / "d", experiment="smoke")


def test_a_fit_that_fails_says_where(normal: Path, tmp_path: Path) -> None:
    with (
        warm(),
        pytest.raises(ValueError, match=r"autoencoder-(fan|valve)-r0-.* failed: .*error\.txt"),
    ):
        asdbench.fit_detector(
            "autoencoder",
            normal,
            to=tmp_path / "d",
            experiment="smoke",
            settings={"autoencoder": {"frames": 99}},
        )
