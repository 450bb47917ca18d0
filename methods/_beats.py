"""BEATs: a transformer over patches of a mel spectrogram, which reads the published checkpoints.

Shapes: N clips, S samples at 16 kHz, T frames, P x Q patches in time and frequency, L = P Q,
H heads, D width.

Source: Chen et al., "BEATs: audio pre-training with acoustic tokenizers", ICML 2023; the names of
the weights are those of its code (unilm/beats, BEATs.py and backbone.py).
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from asdbench.training import kaldi

from ._kaldi_mel import KaldiMel

BANDS = 128
MEAN, DEVIATION = 15.41663, 6.55582  # of the mel spectrogram on AudioSet
FINE = 2**15  # Kaldi's waveforms are integers of 16 bits
# What the published checkpoints have in common, and this code has no other of.
FIXED: dict[str, Any] = {
    "deep_norm": True,
    "layer_norm_first": False,
    "relative_position_embedding": True,
    "gru_rel_pos": True,
    "activation_fn": "gelu",
    "conv_bias": False,
}
# What reading a file raises that is none.
NO_CHECKPOINT = (
    *(OSError, EOFError, RuntimeError, LookupError, TypeError, ValueError, AttributeError),
    pickle.UnpicklingError,
)


@dataclass(frozen=True)
class BeatsSize:
    """The sizes that a checkpoint's ``cfg`` tells, by its names; the defaults are the published."""

    input_patch_size: int = 16
    embed_dim: int = 512
    encoder_layers: int = 12
    encoder_embed_dim: int = 768
    encoder_ffn_embed_dim: int = 3072
    encoder_attention_heads: int = 12
    conv_pos: int = 128
    conv_pos_groups: int = 16
    num_buckets: int = 320
    max_distance: int = 800


class Beats(nn.Module):
    """The first layers of a BEATs, up to the one whose output is wanted."""

    def __init__(self, size: BeatsSize, layers: int) -> None:
        super().__init__()
        patch, width = size.input_patch_size, size.encoder_embed_dim
        self.size = size
        self.patch_embedding = nn.Conv2d(1, size.embed_dim, patch, patch, bias=False)
        self.layer_norm = nn.LayerNorm(size.embed_dim)
        self.post_extract_proj = nn.Linear(size.embed_dim, width)
        self.position = nn.Conv1d(
            width, width, size.conv_pos, padding=size.conv_pos // 2, groups=size.conv_pos_groups
        )
        self.position_norm = nn.LayerNorm(width)
        self.relative = nn.Embedding(size.num_buckets, size.encoder_attention_heads)
        self.layers = nn.ModuleList(_Layer(size) for _ in range(layers))

    def forward(self, waves_NS: Tensor) -> Tensor:
        """The last layer's output (N, P, Q, D)."""
        with torch.autocast(waves_NS.device.type, enabled=False):
            mel_NTB = torch.stack([_mel(wave_S) for wave_S in waves_NS.float()])
        return self.encoded(mel_NTB)

    def encoded(self, mel_NTB: Tensor) -> Tensor:
        """The same of the mel spectrogram that it was trained on."""
        patches_NDPQ = self.patch_embedding(mel_NTB.unsqueeze(1))
        x_NLD = self.layer_norm(patches_NDPQ.flatten(2).transpose(1, 2))
        x_NLD = self.post_extract_proj(x_NLD)
        # An even kernel gives one place too many.
        near_NDL = self.position(x_NLD.transpose(1, 2))[:, :, : x_NLD.shape[1]]
        x_NLD = self.position_norm(x_NLD + functional.gelu(near_NDL).transpose(1, 2))
        bias_HLL = self.relative(self._buckets(x_NLD.shape[1], x_NLD.device)).permute(2, 0, 1)
        for layer in self.layers:
            x_NLD = layer(x_NLD, bias_HLL)
        found_NPQD: Tensor = x_NLD.reshape(x_NLD.shape[0], *patches_NDPQ.shape[2:], -1)
        return found_NPQD

    def _buckets(self, patches: int, device: torch.device) -> Tensor:
        """Which learned bias two patches have (L, L): exact when near, logarithmic beyond."""
        place_L = torch.arange(patches, device=device)
        apart_LL = place_L - place_L[:, None]
        half = self.size.num_buckets // 2
        exact = half // 2
        share_LL = torch.log(apart_LL.abs().clamp(min=1).float() / exact)
        share_LL = share_LL / math.log(self.size.max_distance / exact)
        far_LL = (exact + (share_LL * (half - exact)).long()).clamp(max=half - 1)
        bucket_LL = torch.where(apart_LL.abs() < exact, apart_LL.abs(), far_LL)
        return bucket_LL + half * (apart_LL > 0)


class BeatsNetwork(nn.Module):
    """A BEATs' output averaged over time, of waveforms: without Kaldi, to be exported."""

    def __init__(self, beats: Beats) -> None:
        super().__init__()
        self.beats, self.mel = beats, KaldiMel(BANDS)

    def forward(self, waves_NS: Tensor, logmel_NBT: Tensor) -> Tensor:
        """The embeddings (N, Q D)."""
        x_NPQD = self.beats.encoded(_standardised(self.mel(waves_NS * FINE)))
        return x_NPQD.mean(dim=1).flatten(1)


class _Layer(nn.Module):
    """Attention with gated relative positions and a feed-forward network, both deep-normalised."""

    def __init__(self, size: BeatsSize) -> None:
        super().__init__()
        width, self.heads = size.encoder_embed_dim, size.encoder_attention_heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(width, width) for _ in range(4)
        )
        self.grep_linear = nn.Linear(width // self.heads, 8)
        self.grep_a = nn.Parameter(torch.ones(1, self.heads, 1, 1))
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, size.encoder_ffn_embed_dim)
        self.fc2 = nn.Linear(size.encoder_ffn_embed_dim, width)
        self.final_layer_norm = nn.LayerNorm(width)
        self.alpha = (2 * size.encoder_layers) ** 0.25

    def forward(self, x_NLD: Tensor, bias_HLL: Tensor) -> Tensor:
        """The next layer's input (N, L, D)."""
        x_NLD = self.self_attn_layer_norm(self.alpha * x_NLD + self._attention(x_NLD, bias_HLL))
        after_NLD = self.fc2(functional.gelu(self.fc1(x_NLD)))
        y_NLD: Tensor = self.final_layer_norm(self.alpha * x_NLD + after_NLD)
        return y_NLD

    def _attention(self, x_NLD: Tensor, bias_HLL: Tensor) -> Tensor:
        q, k, v = (
            proj(x_NLD).view(*x_NLD.shape[:2], self.heads, -1).transpose(1, 2)
            for proj in (self.q_proj, self.k_proj, self.v_proj)
        )
        gates = self.grep_linear(q).view(*q.shape[:3], 2, 4).sum(dim=-1).sigmoid()
        a_NHL1, b_NHL1 = gates.chunk(2, dim=-1)
        gate_NHL1 = a_NHL1 * (b_NHL1 * self.grep_a - 1) + 2
        found = functional.scaled_dot_product_attention(q, k, v, attn_mask=gate_NHL1 * bias_HLL)
        y_NLD: Tensor = self.out_proj(found.transpose(1, 2).flatten(2))
        return y_NLD


def load_beats(path: Path, layers: int) -> Beats:
    """The first layers of a published checkpoint: ``{"cfg": ..., "model": ...}``.

    Raises ``ValueError`` where it is none, is of another kind, or has fewer layers.
    """
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        told, state = dict(checkpoint["cfg"]), checkpoint["model"]
    except NO_CHECKPOINT as error:
        raise ValueError(
            f"{path} is no BEATs checkpoint ({type(error).__name__}); give one as published, such "
            "as BEATs_iter3_plus_AS2M_finetuned_on_AS2M_cpt1.pt"
        ) from error
    other = [f"{name} = {told.get(name)}" for name, is_ in FIXED.items() if told.get(name) != is_]
    if other:
        raise ValueError(f"{path} is another kind of BEATs: {', '.join(other)}")
    size = BeatsSize(**{f.name: told[f.name] for f in fields(BeatsSize) if f.name in told})
    if not 0 < layers <= size.encoder_layers:
        raise ValueError(f"layer = {layers - 1}; {path} has layers 0 to {size.encoder_layers - 1}")
    model = Beats(size, layers)
    wanted = model.state_dict()
    found = _renamed(state, layers)
    wrong = [
        name for name in wanted if name not in found or found[name].shape != wanted[name].shape
    ]
    if wrong:
        raise ValueError(f"{path} lacks weights, or they have other sizes: {', '.join(wrong[:3])}")
    model.load_state_dict({name: found[name] for name in wanted})
    return model


def _renamed(state: Mapping[str, Tensor], layers: int) -> dict[str, Tensor]:
    """The published weights by our names; what no wanted layer depends on may be among them."""
    found = dict(state)
    for ours, theirs in (
        ("position_norm", "encoder.layer_norm"),
        ("position", "encoder.pos_conv.0"),
    ):
        for part in ("weight", "bias"):
            if f"{theirs}.{part}" in state:
                found[f"{ours}.{part}"] = state[f"{theirs}.{part}"]
    direction, length = (state.get(f"encoder.pos_conv.0.weight_{part}") for part in "vg")
    if direction is not None and length is not None:  # weight normalisation, per place
        norm = direction.norm(dim=(0, 1), keepdim=True)
        found["position.weight"] = direction * (length / norm)
    for number in range(layers):
        theirs = f"encoder.layers.{number}."
        for name in [name for name in state if name.startswith(theirs)]:
            found[f"layers.{number}.{name.removeprefix(theirs).removeprefix('self_attn.')}"] = (
                state[name]
            )
    shared = "encoder.layers.0.self_attn.relative_attention_bias.weight"
    if shared in state:
        found["relative.weight"] = state[shared]
    return found


def _mel(wave_S: Tensor) -> Tensor:
    """The mel spectrogram (T, 128) that BEATs was trained on, of a waveform in [-1, 1]."""
    mel_TB: Tensor = kaldi().fbank(
        wave_S[None] * FINE,
        num_mel_bins=BANDS,
        sample_frequency=16000,
        frame_length=25,
        frame_shift=10,
    )
    return _standardised(mel_TB)


def _standardised(mel: Tensor) -> Tensor:
    return (mel - MEAN) / (2 * DEVIATION)
