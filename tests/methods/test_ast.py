"""AST through its library: saved by it, and loaded by ours."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from asdbench_methods._ast import load_ast
from asts import saved

WAVES = 0.1 * torch.randn(2, 8000, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("layers", [1, 3])
def test_a_layers_output_by_time_and_frequency(tmp_path: Path, layers: int) -> None:
    whole = saved(tmp_path)
    model = load_ast(str(tmp_path), "", layers)
    with torch.inference_mode():
        found = model(WAVES)
        extracted = model.extractor([wave.numpy() for wave in WAVES], sampling_rate=16000)
        mel = torch.tensor(extracted["input_values"])
        wanted = whole(mel, output_hidden_states=True).hidden_states[layers]
    # Half a second has 50 frames of 10 ms, so 5 patches of 10 hear it, of 5 (64 frames).
    assert found.shape == (2, 5, 12, 16)
    for time in range(5):
        for band in range(12):
            place = 2 + band * 5 + time
            torch.testing.assert_close(found[:, time, band], wanted[:, place])


def test_patches_of_padding_are_left_out(tmp_path: Path) -> None:
    saved(tmp_path)
    model = load_ast(str(tmp_path), "", 1)
    with torch.inference_mode():
        assert model(WAVES[:, :3200]).shape[1] == 2
        assert model(WAVES.repeat(1, 4)).shape[1] == 5  # and longer clips are cut


def test_a_layer_that_there_is_not_is_refused(tmp_path: Path) -> None:
    saved(tmp_path)
    with pytest.raises(ValueError, match=r"layer = 3: the AST at .* lacks"):
        load_ast(str(tmp_path), "", 4)


def test_where_there_is_no_model_is_said(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the extra 'pretrained' is not there")
    with pytest.raises(ValueError, match=f"no AST at {tmp_path}"):
        load_ast(str(tmp_path), "", 1)


def test_without_the_library_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "transformers", None)
    with pytest.raises(ValueError, match=r'pip install "asdbench\[pretrained\]"'):
        load_ast("anywhere", "", 1)
