"""BEATs against a literal version with loops, from a checkpoint with the published names."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._beats import DEVIATION, MEAN, BeatsNetwork, load_beats
from beats_checkpoints import CFG, weights, written

from asdbench.training import kaldi

State = dict[str, Any]


def linear(x: Any, state: State, name: str) -> Any:
    return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]


def norm(x: Any, state: State, name: str) -> Any:
    centred = x - x.mean(axis=-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return scaled * state[f"{name}.weight"] + state[f"{name}.bias"]


def gelu(x: Any) -> Any:
    return x * np.vectorize(lambda v: 0.5 * (1 + math.erf(v / math.sqrt(2))))(x)


def bucket(apart: int) -> int:
    half, exact = CFG["num_buckets"] // 2, CFG["num_buckets"] // 4
    start, apart = (half, apart) if apart > 0 else (0, -apart)
    if apart < exact:
        return start + apart
    share = math.log(apart / exact) / math.log(CFG["max_distance"] / exact)
    return start + min(half - 1, exact + int(share * (half - exact)))


def attention(x: Any, state: State, layer: str) -> Any:
    heads, places = CFG["encoder_attention_heads"], len(x)
    size = x.shape[1] // heads
    q, k, v = (linear(x, state, f"{layer}.self_attn.{name}_proj") for name in "qkv")
    biases = state["encoder.layers.0.self_attn.relative_attention_bias.weight"]
    found = np.zeros_like(x)
    for head in range(heads):
        part = slice(head * size, (head + 1) * size)
        for here in range(places):
            gates = linear(q[here, part], state, f"{layer}.self_attn.grep_linear")
            a, b = (1 / (1 + math.exp(-gates[i : i + 4].sum())) for i in (0, 4))
            gate = a * (b * state[f"{layer}.self_attn.grep_a"][0, head, 0, 0] - 1) + 2
            logits = [
                q[here, part] @ k[there, part] / math.sqrt(size)
                + gate * biases[bucket(there - here), head]
                for there in range(places)
            ]
            share = np.exp(logits - np.max(logits))
            found[here, part] = (share / share.sum()) @ v[:, part]
    return linear(found, state, f"{layer}.self_attn.out_proj")


def literal(wave: torch.Tensor, layers: int) -> Any:
    state = {name: tensor.double().numpy() for name, tensor in weights().items()}
    mel = kaldi().fbank(
        wave[None] * 2**15,
        num_mel_bins=128,
        sample_frequency=16000,
        frame_length=25,
        frame_shift=10,
    )
    mel = (mel.double().numpy() - MEAN) / (2 * DEVIATION)
    patches = [
        (state["patch_embedding.weight"][:, 0] * mel[t : t + 16, f : f + 16]).sum(axis=(1, 2))
        for t in range(0, len(mel) - 15, 16)
        for f in range(0, 128, 16)
    ]
    x = linear(norm(np.array(patches), state, "layer_norm"), state, "post_extract_proj")
    direction, length = (state[f"encoder.pos_conv.0.weight_{part}"] for part in "vg")
    kernel = direction * length / np.sqrt((direction**2).sum(axis=(0, 1), keepdims=True))
    groups, width = CFG["conv_pos_groups"], x.shape[1]
    padded = np.pad(x, ((CFG["conv_pos"] // 2,) * 2, (0, 0)))
    near = np.zeros_like(x)
    for place in range(len(x)):
        for out in range(width):
            first = out // (width // groups) * (width // groups)
            part = padded[place : place + CFG["conv_pos"], first : first + width // groups]
            near[place, out] = (kernel[out].T * part).sum()
    near += state["encoder.pos_conv.0.bias"]
    x = norm(x + gelu(near), state, "encoder.layer_norm")
    alpha = (2 * CFG["encoder_layers"]) ** 0.25
    for number in range(layers):
        layer = f"encoder.layers.{number}"
        x = norm(alpha * x + attention(x, state, layer), state, f"{layer}.self_attn_layer_norm")
        inner = linear(gelu(linear(x, state, f"{layer}.fc1")), state, f"{layer}.fc2")
        x = norm(alpha * x + inner, state, f"{layer}.final_layer_norm")
    return x.reshape(len(mel) // 16, 8, width)


@pytest.mark.parametrize("layers", [1, 3])
def test_a_layer_is_what_the_paper_computes(tmp_path: Path, layers: int) -> None:
    waves = 0.1 * torch.randn(2, 12000, generator=torch.Generator().manual_seed(1))
    model = load_beats(written(tmp_path / "beats.pt"), layers).eval()
    with torch.inference_mode():
        found = model(waves)
    assert found.shape == (2, 4, 8, 16)
    for clip, wave in zip(found, waves, strict=True):
        np.testing.assert_allclose(clip, literal(wave, layers), atol=2e-4)


def test_a_whole_checkpoint_is_read_and_nothing_wanted_is_missing(tmp_path: Path) -> None:
    path = written(tmp_path / "beats.pt")
    assert len(load_beats(path, 3).layers) == 3
    content = torch.load(path, weights_only=True)
    del content["model"]["encoder.layers.2.fc1.weight"]
    torch.save(content, tmp_path / "lacks.pt")
    assert len(load_beats(tmp_path / "lacks.pt", 2).layers) == 2  # isn't wanted
    with pytest.raises(ValueError, match=r"lacks\.pt lacks weights.*layers\.2\.fc1\.weight"):
        load_beats(tmp_path / "lacks.pt", 3)


@pytest.mark.parametrize(
    ("changed", "says"),
    [({"deep_norm": False}, "deep_norm = False"), ({"gru_rel_pos": False}, "gru_rel_pos = False")],
)
def test_another_kind_is_refused(tmp_path: Path, changed: State, says: str) -> None:
    with pytest.raises(ValueError, match=f"another kind of BEATs: {says}"):
        load_beats(written(tmp_path / "beats.pt", **changed), 1)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04broken"])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.pt").write_bytes(content)
    with pytest.raises(ValueError, match=r"other\.pt is no BEATs checkpoint"):
        load_beats(tmp_path / "other.pt", 1)
    with pytest.raises(ValueError, match="is no BEATs checkpoint"):
        load_beats(tmp_path, 1)


@pytest.mark.parametrize("layers", [0, 4])
def test_a_layer_that_there_is_not_is_refused(tmp_path: Path, layers: int) -> None:
    with pytest.raises(ValueError, match=f"layer = {layers - 1}; .* has layers 0 to 2"):
        load_beats(written(tmp_path / "beats.pt"), layers)


def test_without_kaldi_the_averages_over_time_are_the_same(tmp_path: Path) -> None:
    network = load_beats(written(tmp_path / "beats.pt"), 2).eval()
    waves_NS = 0.1 * torch.randn(3, 16000, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        wanted_ND = network(waves_NS).mean(dim=1).flatten(1)
        found_ND = BeatsNetwork(network)(waves_NS, waves_NS)
    torch.testing.assert_close(found_ND, wanted_ND, rtol=1e-4, atol=1e-5)
