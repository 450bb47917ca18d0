"""The README says what the detector is, made from what, and how good it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from small_detectors import detector

from asdbench.data.clips import Clips
from asdbench.detector.readme import readme
from asdbench.results.store import Store


def test_what_it_says(store: Store, small_clips: Clips, made: Path) -> None:
    about = detector(store, small_clips, "id_classifier", made).about
    text = (made / "README.md").read_text()
    auc = next(one for one in about.figures if one["figure"] == "auc")
    assert f"| development | AUC | {100 * auc['mean']:.1f}" in text
    assert f"{100 * auc['low']:.1f} to {100 * auc['high']:.1f}" in text
    for said in ("16 normal training clips of fan (00, 02); valve (00, 02)", about.hash):
        assert said in text
    assert "the row `id_classifier` of small: the first of 2 repeats" in text
    assert "Synthetic machines" in readme(
        replace(about, origin={**about.origin, "caution": "Synthetic machines: no evidence."}), "x"
    )


def test_without_test_clips_nobody_knows_how_good_it_is(store: Store, made: Path) -> None:
    about = replace(detector(store, None, "knn", made).about, figures=[])
    assert "That isn't known" in readme(about, "x")
