"""The picture of a clip."""

from __future__ import annotations

from pathlib import Path

import matplotlib.image
import pytest
from small_detectors import detector, hiss

from asdbench.detector.detector import Detector
from asdbench.detector.picture import TITLES
from asdbench.results.store import Store

FAN = {"machine": "fan", "id": "00"}


@pytest.mark.parametrize("seconds", [1, 3])
def test_three_spectrograms_and_the_scores_over_time(knn: Detector, seconds: int) -> None:
    found = knn.explain(hiss(seconds), 16000, **FAN)
    drawn = found.figure()
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert tuple(titles[:3]) == TITLES
    assert len(drawn.axes) == (3 if seconds == 1 else 4)
    assert [len(axes.images) for axes in drawn.axes][:3] == [1, 1, 1]


def test_it_is_saved_in_any_format(tmp_path: Path, knn: Detector) -> None:
    found = knn.explain(hiss(), 16000, **FAN)
    for name in ("new/clip.png", "clip.svg", "clip.pdf"):
        found.save(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 5000
    assert matplotlib.image.imread(tmp_path / "new/clip.png").std() > 0.05
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="cannot write"):
        found.save(tmp_path / "file" / "clip.png")


def test_without_a_normal_clip_it_says_so(store: Store, made: Path) -> None:
    found = detector(store, None, "knn", made).explain(hiss(), 16000, **FAN)
    assert [text.get_text() for text in found.figure().axes[2].texts] == ["none is kept"]
