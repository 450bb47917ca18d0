"""A detector as one network: its front end is the harness's own, and what can't be one says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from exported import exportable
from small_detectors import detector
from torch import Tensor

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clips
from asdbench.data.mel import logmel
from asdbench.detector.detector import Detector
from asdbench.detector.onnx_check import clips_for, difference, scores_of
from asdbench.detector.onnx_network import DetectorNetwork, LogMel
from asdbench.results.store import Store


@pytest.mark.parametrize(
    "frontend",
    [
        Frontend(),
        Frontend(n_fft=512, win_length=400, hop_length=160, n_mels=40, power=1.0),
        Frontend(n_fft=1000, win_length=999, hop_length=333, n_mels=64),
    ],
    ids=["default", "power-1", "odd"],
)
def test_the_log_mel_is_that_of_the_harness(small_clips: Clips, frontend: Frontend) -> None:
    waves_NS: Tensor = small_clips.waves(range(4))
    waves_NS[3] = 0
    with torch.inference_mode():
        found_NBT = LogMel(frontend)(waves_NS)
    torch.testing.assert_close(found_NBT, logmel(waves_NS, frontend), rtol=0, atol=1e-3)


@pytest.mark.parametrize("repeats", ["first", "all"])
def test_columns_are_the_ids_as_asked_for(
    store: Store, small_clips: Clips, made: Path, repeats: str
) -> None:
    loaded = detector(store, small_clips, "autoencoder", made, repeats=repeats)
    ids = [("valve", "02"), ("valve", "00")]
    samples_NS, _ = clips_for(loaded, ids)
    with torch.inference_mode():
        found_NI = DetectorNetwork(loaded, ids).eval()(torch.from_numpy(samples_NS / 32768).float())
    for column, one in zip(found_NI.numpy().T, ids, strict=True):
        wanted_N = scores_of(loaded, samples_NS, [one] * len(samples_NS))
        assert difference(wanted_N, column) < 1e-5


def test_samples_are_rounded_and_clipped_as_recordings_are(knn: Detector) -> None:
    loud = np.random.default_rng(0).normal(0, 0.5, knn.length).astype(np.float32)
    assert np.abs(loud).max() > 1
    with torch.inference_mode():
        found = DetectorNetwork(knn, knn.machines[:1]).eval()(torch.from_numpy(loud)[None])
    machine, id_ = knn.machines[0]
    assert found.item() == pytest.approx(knn.score(loud, 16000, machine=machine, id=id_).score)


def test_what_cannot_be_a_network_says_why(
    tmp_path: Path, small_clips: Clips, knn: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"twfr_gmm": {"scoring": {"domains": "transductive"}}}
    made = exportable(tmp_path, small_clips, "twfr_gmm", **fields)
    with pytest.raises(ValueError, match="twfr_gmm can't be exported: its scores are standard"):
        DetectorNetwork(made, made.machines[:2])
    method: Any = type(knn.members.of(0, "fan"))
    monkeypatch.setattr(method, "multichannel", True, raising=False)
    monkeypatch.setitem(vars(knn.about), "channels", [0, 1])
    with pytest.raises(ValueError, match="knn can't be exported: it hears 2 channels"):
        DetectorNetwork(knn, knn.machines[:2])
    monkeypatch.delattr("asdbench_methods._memory.ByScorer.as_network")
    with pytest.raises(ValueError, match="knn can't be exported: its method has no as_network"):
        DetectorNetwork(knn, knn.machines[:2])
