"""Encoders that were trained on other sound, and the weights that a user has of them.

An encoder maps waveforms (N, S) at 16 kHz to a layer's output (N, P, Q, D), at patches in time (P)
and frequency (Q).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from ._ast import load_ast
from ._beats import Beats, BeatsSize, load_beats

EncoderName = Literal["beats", "ast", "random"]
Encoder = Callable[[Tensor], Tensor]

# An untrained network as a control: its weights are always the same.
RANDOM_SEED = 0
RANDOM = BeatsSize(
    embed_dim=64,
    encoder_layers=6,
    encoder_embed_dim=96,
    encoder_ffn_embed_dim=384,
    encoder_attention_heads=4,
)


@dataclass(frozen=True)
class EncoderWeights:
    """Where trained weights are: a ``path``, or a name on the Hugging Face ``hub``.

    BEATs: the published .pt file. AST: a folder as ``save_pretrained`` of ``transformers`` writes
    it, or a hub's name with a ``revision``, which is downloaded when it is first used. The hash of
    what lies at ``path`` is part of a cell's key. ``trained_on`` is told at the row.

    Raises ``ValueError`` where there is nothing, or its content isn't what ``sha256`` says.
    """

    path: str = ""
    sha256: str = ""
    hub: str = ""
    revision: str = ""
    trained_on: str = "AudioSet"

    def __post_init__(self) -> None:
        if bool(self.path) == bool(self.hub):
            raise ValueError("weights: give either a path or a hub name")
        if self.hub and not self.revision:
            raise ValueError(
                f"weights.hub = {self.hub!r}: give weights.revision too, a commit, since what a "
                "name stands for can change"
            )
        if self.path:
            digest = _hash(Path(self.path).expanduser())
            if self.sha256 not in {"", digest}:
                raise ValueError(f"weights {self.path} have changed: their SHA-256 is {digest} now")
            object.__setattr__(self, "sha256", digest)


def check_encoder(name: EncoderName, weights: EncoderWeights | None) -> None:
    """Raise ``ValueError`` where the encoder and the weights don't go together."""
    if name == "random" and weights:
        raise ValueError('encoder = "random" is untrained; leave weights out')
    if name != "random" and not weights:
        raise ValueError(
            f'encoder = "{name}" needs trained weights: set weights = {{ path = "..." }}; '
            'encoder = "random" is an untrained control that needs none'
        )
    if name == "beats" and weights and weights.hub:
        raise ValueError("BEATs is read from a file: give weights.path, as docs/methods.md says")


def encoder_of(name: EncoderName, weights: EncoderWeights | None, layer: int) -> nn.Module:
    """An encoder up to and with ``layer``, from 0. Raises ``ValueError`` where it has none such."""
    check_encoder(name, weights)
    if weights and name == "ast":
        return load_ast(_place(weights), weights.revision, layer + 1)
    if weights:
        return load_beats(Path(weights.path).expanduser(), layer + 1)
    if not 0 <= layer < RANDOM.encoder_layers:
        raise ValueError(
            f'layer = {layer}; encoder = "random" has 0 to {RANDOM.encoder_layers - 1}'
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(RANDOM_SEED)
        return Beats(RANDOM, layer + 1)


def _place(weights: EncoderWeights) -> str:
    return weights.hub or str(Path(weights.path).expanduser())


def _hash(path: Path) -> str:
    """Of a file, or of the weights and descriptions in a folder."""
    files = (
        [path] if path.is_file() else sorted([*path.glob("*.json"), *path.glob("*.safetensors")])
    )
    if not files:
        raise ValueError(f"weights.path: there is no file {path}, nor a folder with weights")
    digest = hashlib.sha256()
    for file in files:
        if len(files) > 1:
            digest.update(file.name.encode())
        with file.open("rb") as content:
            while chunk := content.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()
