"""Files scored: in order, whatever some of them are, on one core or several."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from small_detectors import hiss

from asdbench.data.clips import Clips
from asdbench.data.windows import WHOLE
from asdbench.detector.detector import Detector
from asdbench.detector.references import samples_of
from asdbench.detector.scored import AT_ONCE
from asdbench.detector.scoring import FileScore, ScoringRequest, scores_of


@pytest.fixture
def day(tmp_path: Path, small_clips: Clips) -> Path:
    """Twelve files of two machine types, in formats of all kinds, some of them broken."""
    test = small_clips.where(split="test")
    kinds = [("wav", "PCM_16"), ("flac", "PCM_16"), ("wav", "FLOAT"), ("aiff", "PCM_24")]
    for number, (clip, samples) in enumerate(zip(test, samples_of(test), strict=True)):
        kind, subtype = kinds[number % 4]
        file = tmp_path / "day" / clip.machine / f"id_{clip.id}" / f"{number:02d}.{kind}"
        file.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(file, samples / 32768, 16000, subtype=subtype)
    folder = tmp_path / "day" / "fan" / "id_00"
    (folder / "empty.wav").touch()
    (folder / "text.wav").write_text("no sound at all")
    soundfile.write(folder / "none.wav", np.zeros(0), 16000)
    soundfile.write(folder / "nan.wav", np.full(16000, np.nan), 16000, subtype="FLOAT")
    soundfile.write(folder / "dead.wav", np.zeros(16000), 16000)
    soundfile.write(folder / "stereo.wav", np.stack([hiss()] * 2, 1), 44100)
    (tmp_path / "day" / "saw").mkdir()
    soundfile.write(tmp_path / "day" / "saw" / "x.wav", hiss(), 16000)
    return tmp_path / "day"


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_broken_files_are_named_and_the_rest_is_scored(knn: Detector, day: Path) -> None:
    files = files_in(day)
    found = list(scores_of(knn, files, ScoringRequest()))
    assert [one.file for one in found] == files
    errors = {one.file.name: one.error for one in found if one.scored is None}
    assert set(errors) == {"empty.wav", "text.wav", "none.wav", "nan.wav", "x.wav"}
    assert "NaN" in errors["nan.wav"]
    assert "no samples" in errors["none.wav"]
    assert "which machine type" in errors["x.wav"]
    assert all(name in errors[name] for name in errors if name != "x.wav")
    by_name = {one.file.name: one.scored for one in found}
    assert by_name["dead.wav"] is not None
    assert by_name["dead.wav"].score is None
    assert by_name["stereo.wav"] is not None
    assert "2 channels: averaged" in by_name["stereo.wav"].warnings
    assert sum(one.scored is not None for one in found) == 18


def test_any_format_has_the_score_of_its_samples(
    knn: Detector, day: Path, small_clips: Clips
) -> None:
    test = small_clips.where(split="test")
    found = {one.file.stem: one.scored for one in scores_of(knn, files_in(day), ScoringRequest())}
    for number, (clip, samples) in enumerate(zip(test, samples_of(test), strict=True)):
        alone = knn.score(samples, 16000, machine=clip.machine, id=clip.id)
        of_file = found[f"{number:02d}"]
        assert of_file is not None
        assert of_file.score == pytest.approx(alone.score, rel=1e-9)


def test_a_long_file_is_cut_and_one_that_breaks_off_is_named(tmp_path: Path, knn: Detector) -> None:
    seconds = WHOLE + 70
    samples = hiss(seconds)
    soundfile.write(tmp_path / "long.wav", samples, 16000)
    samples[-100] = np.nan
    soundfile.write(tmp_path / "nan.wav", samples, 16000, subtype="FLOAT")
    asked = ScoringRequest("fan", "00", overlap=0.0)
    files = [tmp_path / name for name in ("long.wav", "nan.wav")]
    long, broken = scores_of(knn, files, asked)
    assert long.scored is not None
    assert len(long.scored.windows) == seconds > AT_ONCE
    assert broken.scored is None
    assert "nan.wav holds NaN" in broken.error


def test_how_far_above_the_usual_score_a_file_lies(tmp_path: Path) -> None:
    assert FileScore(tmp_path, None, "broken").excess == -np.inf
