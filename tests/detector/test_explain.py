"""What made a score high, of any method."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from small_detectors import detector, hiss, small_store

from asdbench.data.clips import Clips
from asdbench.detector.detector import Detector
from asdbench.detector.explain import ERRORS, OCCLUSION, TO_SILENCE, explain_file, nearest_normal
from asdbench.detector.references import samples_of
from asdbench.results.store import Store

FAN = {"machine": "fan", "id": "00"}


@pytest.fixture
def whistling(small_clips: Clips) -> np.ndarray:
    """A normal fan, with a whistle of 5 kHz in its second half."""
    fan = samples_of(small_clips.where(split="train", machine="fan", id="00"))[0]
    time = np.arange(16000) / 16000
    whistle = 6000 * np.sin(2 * np.pi * 5000 * time) * (time > 0.5)
    return (fan.astype(float) + whistle).clip(-32768, 32767).astype(np.int16)


@pytest.mark.parametrize(
    ("row", "how"), [("knn", OCCLUSION), ("id_classifier", OCCLUSION), ("autoencoder", ERRORS)]
)
def test_every_method_is_explained(
    store: Store, small_clips: Clips, made: Path, whistling: np.ndarray, row: str, how: str
) -> None:
    found = detector(store, small_clips, row, made).explain(whistling, 16000, **FAN)
    assert found.how == how
    assert found.parts.shape == found.logmel.shape == (128, 32)
    assert np.ptp(found.parts) > 0
    if row == "knn":
        band, frame = np.unravel_index(found.parts.argmax(), found.parts.shape)
        mel = 2595 * np.log10(1 + 5000 / 700) / (2595 * np.log10(1 + 8000 / 700))
        assert abs(band / 128 - mel) < 0.1
        assert frame >= 15


def test_errors_of_bands_and_frames_add_up_to_the_score(
    tmp_path: Path, small_clips: Clips, whistling: np.ndarray
) -> None:
    """The autoencoder's score is the mean of the errors of its windows; edges are in fewer."""
    store = small_store(tmp_path / "runs", small_clips, "autoencoder", "idnn", variants={})
    for row in ("autoencoder", "idnn"):
        loaded = detector(store, small_clips, row, tmp_path / row)
        found = loaded.explain(whistling, 16000, **FAN)
        inner = found.parts[:, 4:-4].mean()
        assert found.scored.score is not None
        assert inner == pytest.approx(found.scored.score, rel=0.15)


def test_the_nearest_normal_clip_is_the_one_it_is_like(knn: Detector, small_clips: Clips) -> None:
    fans = samples_of(small_clips.where(split="train", machine="fan", id="00"))
    for fan in fans:
        louder = (fan * 0.98).astype(np.int16)
        assert (nearest_normal(knn, louder[None], ("fan", "00")) == fan).all()
    assert nearest_normal(knn, fans[:1], ("fan", "07")) is None


def test_without_normal_clips_parts_are_silenced(
    store: Store, made: Path, whistling: np.ndarray
) -> None:
    found = detector(store, None, "knn", made).explain(whistling, 16000, **FAN)
    assert found.how == TO_SILENCE
    assert found.nearest is None


def test_a_file_is_explained_at_its_worst_window(
    tmp_path: Path, knn: Detector, small_clips: Clips
) -> None:
    fans = samples_of(small_clips.where(split="train", machine="fan", id="00"))
    sound = np.concatenate([fans[0], (hiss() * 32768).astype(np.int16), fans[1]])
    soundfile.write(tmp_path / "day.flac", sound, 16000)
    found = explain_file(knn, tmp_path / "day.flac", **FAN)
    assert found.scored.at == 1
    assert (found.samples == sound[16000:32000]).all()
    assert found.text.startswith("day.flac (fan 00): ALARM: score")
    assert "warning: strange spectrum" in found.text


def test_what_cant_be_explained_says_why(tmp_path: Path, knn: Detector) -> None:
    with pytest.raises(ValueError, match=r"no file .*gone\.wav"):
        explain_file(knn, tmp_path / "gone.wav", **FAN)
    silent = knn.explain(np.zeros(16000, np.int16), 16000, **FAN)
    assert silent.how == "there is no sound to explain"
    assert "not scored" in silent.text
