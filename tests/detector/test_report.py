"""The report of the most anomalous clips, as a browser shows it."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
import soundfile
from board_page import CONTRAST
from browsers import found_by_axe, opened, watched
from selenium.webdriver.support.ui import WebDriverWait
from small_detectors import hiss

from asdbench.detector.detector import Detector
from asdbench.detector.report import write_report
from asdbench.detector.scoring import ScoringRequest, scores_of


def test_each_clip_has_picture_and_sound_and_names_are_text(tmp_path: Path, knn: Detector) -> None:
    files = [tmp_path / name for name in ("<b>one.wav", "two.wav")]
    for seed, file in enumerate(files):
        soundfile.write(file, hiss(seed=seed), 16000)
    found = list(scores_of(knn, files, ScoringRequest("fan", "00")))
    page = write_report(knn, found, tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;one.wav" in page
    assert page.count("data:image/png;base64,") == 2
    sounds = re.findall(r"data:audio/flac;base64,([^\"]+)", page)
    assert len(sounds) == 4
    heard, rate = soundfile.read(io.BytesIO(base64.b64decode(sounds[0])), dtype="int16")
    wanted, _ = soundfile.read(files[0], dtype="int16")
    assert rate == 16000
    assert (heard == wanted).all()
    with opened(tmp_path / "new", tmp_path / "profile") as window, watched(window) as seen:
        seen.browser.get((tmp_path / "new" / "report.html").as_uri())
        assert seen.run("return document.querySelector('img').naturalWidth") > 500
        sound = "document.querySelectorAll('audio')[1]"
        WebDriverWait(seen.browser, 10).until(lambda _: seen.run(f"return {sound}.readyState") > 0)
        assert seen.run(f"return {sound}.duration") == 1
        contrast, where, count = seen.run(CONTRAST)
        assert contrast >= 4.5, where
        assert count > 10
        assert found_by_axe(seen) == []
        seen.one("#theme").click()
        assert seen.one("#theme").text == "Light theme"


def test_no_clips_is_a_page_too(tmp_path: Path, knn: Detector) -> None:
    written = write_report(knn, [], tmp_path / "r.html", ["not scored: <x>"])
    page = written.read_text(encoding="utf-8")
    assert "no clip with a score" in page
    assert "not scored: &lt;x&gt;" in page
    assert "On the board: AUC" in page
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="cannot write"):
        write_report(knn, [], tmp_path / "file" / "r.html")
