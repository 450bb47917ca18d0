"""A detector's ONNX files score as it does, and say what is needed to use them."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asdbench_methods import _nets
from exported import detector_of

from asdbench.data.clips import Clips
from asdbench.detector import onnx_check, onnx_export
from asdbench.detector.detector import Detector
from asdbench.detector.onnx_export import TOLERANCE, ExportedNetwork, export_onnx

pytest.importorskip("onnxscript", reason="the extra 'onnx' is not there")
ROWS = (0, 40, 99)  # of the clips that are compared


@pytest.fixture(scope="module", autouse=True)
def _shallow() -> Iterator[None]:
    """Encoders of 4 bottlenecks for 15, which take a third of the time to export."""
    with pytest.MonkeyPatch.context() as patched:
        few = tuple((*block[:2], 1, block[3]) for block in _nets.BOTTLENECKS[:4])
        patched.setattr(_nets, "BOTTLENECKS", few)
        yield


@pytest.fixture(scope="module")
def fans(small_clips: Clips) -> Clips:
    return small_clips.where(machine="fan")


@pytest.fixture(scope="module")
def knn(tmp_path_factory: pytest.TempPathFactory, fans: Clips) -> Detector:
    """A detector that was exported."""
    made = detector_of(tmp_path_factory.mktemp("knn"), fans, "knn")
    export_onnx(made)
    return made


def assert_same(made: Detector, found: ExportedNetwork) -> None:
    """Clips one at a time, as of every ID: the file scores as the detector."""
    assert found.difference < TOLERANCE
    session = onnx_check.session_of(made.folder / "onnx" / found.file)
    samples_NS, _ = onnx_check.clips_for(made, found.ids)
    for samples in samples_NS[list(ROWS)]:
        alone = [made.score(samples, made.rate, machine=m, id=i).score for m, i in found.ids]
        of_file = onnx_check.run(session, samples[None])[0]
        np.testing.assert_allclose(of_file, np.array(alone, dtype=float), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ("twfr_gmm", {}),
        ("autoencoder", {"scoring": "mahalanobis"}),
        ("idnn", {}),
        ("knn", {"k": 2, "density": 1}),
    ],
)
def test_methods_that_see_one_machine_type_have_a_file_each(
    tmp_path: Path, fans: Clips, row: str, fields: dict[str, Any]
) -> None:
    made = detector_of(tmp_path, fans, row, **fields)
    (found,) = export_onnx(made)
    assert found.file == "fan.onnx"
    assert found.ids == made.machines == (("fan", "00"), ("fan", "02"))
    assert_same(made, found)


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ("id_classifier", {}),
        ("simclr", {"scoring": {"by": "mahalanobis"}}),
        ("id_contrastive", {"scoring": {"by": "neighbours", "distance": "cosine"}}),
        ("adacos", {}),
    ],
)
def test_methods_that_see_all_machine_types_have_one_file(
    tmp_path: Path, small_clips: Clips, row: str, fields: dict[str, Any]
) -> None:
    made = detector_of(tmp_path, small_clips, row, **fields)
    (found,) = export_onnx(made)
    assert found.file == "all.onnx"
    assert found.ids == made.machines
    assert_same(made, found)


def test_several_members_are_one_network_for_each_machine_type(
    tmp_path: Path, small_clips: Clips
) -> None:
    """Repeats of two methods, one of which sees all machine types."""
    told: list[tuple[int, int]] = []
    made = detector_of(tmp_path, small_clips, "both", "knn", "id_classifier", repeats="all")
    assert len(made.about.members) == 4
    found = export_onnx(made, lambda done, total: told.append((done, total)))
    assert [one.file for one in found] == ["fan.onnx", "valve.onnx"]
    assert told == [(0, 2), (1, 2), (2, 2)]
    for one in found:
        assert_same(made, one)


def test_a_file_says_what_is_needed_to_use_it(knn: Detector) -> None:
    (told,) = json.loads((knn.folder / "onnx/report.json").read_text())
    session = onnx_check.session_of(knn.folder / "onnx/fan.onnx")
    about = session.get_modelmeta().custom_metadata_map
    assert json.loads(about["ids"]) == told["ids"] == [["fan", "00"], ["fan", "02"]]
    assert json.loads(about["thresholds"]) == [knn.threshold[one].value for one in knn.machines]
    assert (about["sample_rate"], about["samples"]) == ("16000", "16000")
    assert (about["label"], about["detector"]) == ("knn", knn.about.hash)
    (given,), (out,) = session.get_inputs(), session.get_outputs()
    assert (given.name, given.type, given.shape[1:]) == ("samples", "tensor(float)", [16000])
    assert (out.name, out.type, out.shape[1:]) == ("scores", "tensor(float)", [2])
    assert told["size"] == (knn.folder / "onnx/fan.onnx").stat().st_size
    assert 0 < told["milliseconds"] < 1000
    assert 0 < told["torch_milliseconds"] < 1000


def test_any_number_of_clips_score_the_same(knn: Detector) -> None:
    session = onnx_check.session_of(knn.folder / "onnx/fan.onnx")
    samples_NS, _ = onnx_check.clips_for(knn, knn.machines)
    together = onnx_check.run(session, samples_NS)
    assert together.shape == (100, 2)
    alone = np.concatenate([onnx_check.run(session, clip[None]) for clip in samples_NS[:5]])
    np.testing.assert_allclose(together[:5], alone, rtol=1e-5)


def test_nothing_of_this_computer_is_in_a_file(knn: Detector) -> None:
    inside = (knn.folder / "onnx/fan.onnx").read_bytes()
    assert str(Path(onnx_export.__file__).parent).encode() not in inside


def test_a_file_that_scores_otherwise_is_removed(
    knn: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted((knn.folder / "onnx").iterdir())
    scores = onnx_export.scores_of
    monkeypatch.setattr(onnx_export, "scores_of", lambda *args: 1.01 * scores(*args))
    with pytest.raises(
        ValueError, match=r"knn can't be exported: .* differ by 0\.01 of their size"
    ):
        export_onnx(knn)
    assert sorted((knn.folder / "onnx").iterdir()) == before
    assert not (knn.folder / ".onnx.making").exists()


def test_an_export_says_nothing(
    knn: Detector, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (found,) = export_onnx(knn)
    assert asdict(found)["file"] == "fan.onnx"
    assert capfd.readouterr() == ("", "")
    assert caplog.text == ""


def test_a_missing_package_says_what_to_install(
    knn: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(onnx_export, "imported", absent)
    with pytest.raises(ValueError, match=r'needs onnx: pip install "asdbench\[onnx\]"'):
        export_onnx(knn)
