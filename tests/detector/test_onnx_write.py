"""Networks become ONNX files for any number of clips, or say why they can't."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asdbench.detector.onnx_check import run, session_of
from asdbench.detector.onnx_write import write

pytest.importorskip("onnxscript", reason="the extra 'onnx' is not there")


class Attention(nn.Module):
    """Frames that attend to each other, in two heads."""

    def forward(self, samples: Tensor) -> Tensor:
        x_NHLD = samples.view(samples.shape[0], 5, 2, 4).transpose(1, 2)
        found = nn.functional.scaled_dot_product_attention(x_NHLD, x_NHLD, x_NHLD)
        return found.transpose(1, 2).flatten(2).mean(dim=1)


class Counting(nn.Module):
    def forward(self, samples: Tensor) -> Tensor:
        return samples.reshape(len(samples), -1)


class Deciding(nn.Module):
    def forward(self, samples: Tensor) -> Tensor:
        return samples if samples.sum() > 0 else -samples


def test_any_number_of_clips_can_be_scored(tmp_path: Path) -> None:
    write(Attention(), 40, tmp_path / "x.onnx", {"label": "attention"})
    session = session_of(tmp_path / "x.onnx")
    assert session.get_modelmeta().custom_metadata_map == {"label": "attention"}
    draw = np.random.default_rng(0)
    for clips in (1, 3):
        samples_NS = draw.integers(-32768, 32767, (clips, 40)).astype(np.int16)
        wanted = Attention()(torch.from_numpy(samples_NS / np.float32(32768)))
        np.testing.assert_allclose(run(session, samples_NS), wanted, rtol=1e-5, atol=1e-6)


def test_nothing_of_this_computer_is_in_a_file(tmp_path: Path) -> None:
    write(Attention(), 40, tmp_path / "x.onnx", {})
    assert str(Path(__file__).parent).encode() not in (tmp_path / "x.onnx").read_bytes()


def test_a_fixed_number_of_clips_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"for 2 clips alone; in as_network, x\.shape\[0\]"):
        write(Counting(), 40, tmp_path / "x.onnx", {})
    assert not (tmp_path / "x.onnx").exists()


def test_what_the_exporter_cannot_do_it_says(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"PyTorch says: .*data-dependent"):
        write(Deciding(), 40, tmp_path / "x.onnx", {})


def test_what_the_runtime_cannot_run_it_says(tmp_path: Path) -> None:
    (tmp_path / "x.onnx").write_bytes(b"none")
    with pytest.raises(ValueError, match=r"ONNX Runtime can't run it: .*INVALID_PROTOBUF"):
        session_of(tmp_path / "x.onnx")
