"""A detector's ONNX files score as it does, and say what is needed to use them."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asdbench_methods import _adacos_nets, _nets
from exported import exportable

from asdbench.data.clips import Clips
from asdbench.detector import onnx_check, onnx_export, onnx_write
from asdbench.detector.detector import Detector
from asdbench.detector.onnx_export import TOLERANCE, ExportedNetwork, export_onnx

pytest.importorskip("onnxscript", reason="the extra 'onnx' is not there")
ROWS = (0, 40, 99)  # of the clips that are compared


@pytest.fixture(scope="module", autouse=True)
def _shallow() -> Iterator[None]:
    """Networks of fewer blocks, which take a third of the time to export."""
    with pytest.MonkeyPatch.context() as patched:
        few = tuple((*block[:2], 1, block[3]) for block in _nets.BOTTLENECKS[:4])
        patched.setattr(_nets, "BOTTLENECKS", few)
        patched.setattr(_adacos_nets, "STAGES", (1, 2))
        yield


@pytest.fixture(scope="module")
def fans(small_clips: Clips) -> Clips:
    return small_clips.where(machine="fan")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, fans: Clips) -> Detector:
    """A detector that was exported."""
    made = exportable(tmp_path_factory.mktemp("knn"), fans, "knn")
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


def test_methods_that_see_one_machine_type_have_a_file_for_each(
    tmp_path: Path, fans: Clips, capfd: pytest.CaptureFixture[str]
) -> None:
    """All such methods in one detector; the exporter, which has a lot to say, says nothing."""
    told: list[tuple[int, int]] = []
    rows = ("twfr_gmm", "autoencoder", "idnn", "pretrained", "knn")
    fields = {"autoencoder": {"scoring": "mahalanobis"}, "knn": {"k": 2, "density": 1}}
    made = exportable(tmp_path, fans, *rows, **fields)
    capfd.readouterr()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (found,) = export_onnx(made, lambda done, total: told.append((done, total)))
    assert capfd.readouterr() == ("", "")
    assert found.file == "fan.onnx"
    assert found.ids == made.machines == (("fan", "00"), ("fan", "02"))
    assert told == [(0, 1), (1, 1)]
    assert_same(made, found)


def test_methods_that_see_all_machine_types_have_one_file(
    tmp_path: Path, small_clips: Clips
) -> None:
    """All such methods in one detector, by classifier, distance and cosine."""
    rows = ("id_classifier", "simclr", "id_contrastive", "adacos")
    cosine = {"by": "neighbours", "distance": "cosine"}
    fields = {"simclr": {"scoring": {"by": "mahalanobis"}}, "id_contrastive": {"scoring": cosine}}
    made = exportable(tmp_path, small_clips, *rows, **fields)
    (found,) = export_onnx(made)
    assert found.file == "all.onnx"
    assert found.ids == made.machines
    assert len(found.ids) == 4
    assert_same(made, found)


def test_a_file_says_what_is_needed_to_use_it(written: Detector) -> None:
    (told,) = json.loads((written.folder / "onnx/report.json").read_text())
    session = onnx_check.session_of(written.folder / "onnx/fan.onnx")
    about = session.get_modelmeta().custom_metadata_map
    assert json.loads(about["ids"]) == told["ids"] == [["fan", "00"], ["fan", "02"]]
    assert json.loads(about["thresholds"]) == [
        written.threshold[one].value for one in written.machines
    ]
    assert (about["sample_rate"], about["samples"]) == ("16000", "16000")
    assert (about["label"], about["detector"]) == ("knn", written.about.hash)
    (given,), (out,) = session.get_inputs(), session.get_outputs()
    assert (given.name, given.type, given.shape[1:]) == ("samples", "tensor(float)", [16000])
    assert (out.name, out.type, out.shape[1:]) == ("scores", "tensor(float)", [2])
    assert told["size"] == (written.folder / "onnx/fan.onnx").stat().st_size
    assert 0 < told["milliseconds"] < 1000
    assert 0 < told["torch_milliseconds"] < 1000


def test_any_number_of_clips_score_the_same(written: Detector) -> None:
    session = onnx_check.session_of(written.folder / "onnx/fan.onnx")
    samples_NS, _ = onnx_check.clips_for(written, written.machines)
    together = onnx_check.run(session, samples_NS)
    assert together.shape == (100, 2)
    alone = np.concatenate([onnx_check.run(session, clip[None]) for clip in samples_NS[:5]])
    np.testing.assert_allclose(together[:5], alone, rtol=1e-5)


def test_nothing_of_this_computer_is_in_a_file(written: Detector) -> None:
    inside = (written.folder / "onnx/fan.onnx").read_bytes()
    assert str(Path(onnx_export.__file__).parent).encode() not in inside


def test_a_file_that_scores_otherwise_is_removed(
    written: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted((written.folder / "onnx").iterdir())
    scores = onnx_export.scores_of
    monkeypatch.setattr(onnx_export, "scores_of", lambda *args: 1.01 * scores(*args))
    file = before[1]
    assert file.name == "fan.onnx"
    monkeypatch.setattr(onnx_write, "write", lambda *args: shutil.copy(file, args[2]))
    with pytest.raises(
        ValueError, match=r"knn can't be exported: .* differ by 0\.01 of their size"
    ):
        export_onnx(written)
    assert sorted((written.folder / "onnx").iterdir()) == before
    assert not (written.folder / ".onnx.making").exists()


def test_a_missing_package_says_what_to_install(
    written: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> Any:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(onnx_export, "imported", absent)
    with pytest.raises(ValueError, match=r'needs onnx: pip install "asdbench\[onnx\]"'):
        export_onnx(written)
