"""Models, and their weights as the authors of the published ones would have saved them."""

from __future__ import annotations

import torch
from asdbench_methods._losses import ArcFace
from asdbench_methods._nets import Encoder, EncoderConfig, ProjectionHead
from asdbench_methods._weights import load_reference
from torch import nn

CLASSES = 5
BATCH_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def names() -> dict[str, str]:
    """The reference's name of every tensor of the encoder, by ours."""
    table = {"tgram.filters.weight": "tgramnet.conv_extrctor.weight"}
    for i in range(3):
        for leaf in ("0.weight", "0.bias", "2.weight"):
            table[f"tgram.layers.{i}.{leaf}"] = f"tgramnet.conv_encoder.{i}.{leaf}"
    for ours, theirs, rectified in [
        ("stem", "conv1", True),
        ("stem_depthwise", "dw_conv1", True),
        ("expand", "conv2", True),
        ("pool", "linear7", False),
        ("embed", "linear1", False),
    ]:
        table[f"{ours}.conv.weight"] = f"mobilefacenet.{theirs}.conv.weight"
        for leaf in BATCH_NORM:
            table[f"{ours}.norm.{leaf}"] = f"mobilefacenet.{theirs}.bn.{leaf}"
        if rectified:
            table[f"{ours}.activation.weight"] = f"mobilefacenet.{theirs}.prelu.weight"
    for i in range(15):
        ours, theirs = f"blocks.{i}.layers", f"mobilefacenet.blocks.{i}.conv"
        table[f"{ours}.0.conv.weight"] = f"{theirs}.0.weight"
        table[f"{ours}.0.activation.weight"] = f"{theirs}.2.weight"
        table[f"{ours}.1.conv.weight"] = f"{theirs}.3.weight"
        table[f"{ours}.1.activation.weight"] = f"{theirs}.5.weight"
        table[f"{ours}.2.conv.weight"] = f"{theirs}.6.weight"
        for leaf in BATCH_NORM:
            table[f"{ours}.0.norm.{leaf}"] = f"{theirs}.1.{leaf}"
            table[f"{ours}.1.norm.{leaf}"] = f"{theirs}.4.{leaf}"
            table[f"{ours}.2.norm.{leaf}"] = f"{theirs}.7.{leaf}"
    return table


class Model(nn.Module):
    """Encoder, perhaps the layer between, ArcFace: every tensor drawn at random."""

    def __init__(self, *, seed: int, two_stage: bool, classes: int = CLASSES) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.encoder = Encoder(EncoderConfig(width=0.25), samples=8000, bands=64, frames=16)
        self.projection = ProjectionHead().first_layer() if two_stage else None
        self.arcface = ArcFace(classes, margin=1.0 if two_stage else 0.7)
        for x in self.state_dict().values():
            x.random_(1, 100) if x.dtype == torch.int64 else x.uniform_(0.5, 1.5)
        for name, x in self.named_parameters():
            if "conv" in name or "filters" in name or ("layers" in name and x.dim() > 1):
                nn.init.normal_(x, std=0.2)
        self.eval()

    @torch.no_grad()
    def outputs(self) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch.Generator().manual_seed(1)
        waves = 0.1 * torch.randn(4, 8000, generator=generator)
        embedding = self.encoder(waves, torch.randn(4, 64, 16, generator=generator))
        if self.projection is not None:
            embedding = self.projection(embedding)
        return embedding, self.arcface(embedding, torch.arange(4))

    def load(self, path, **options) -> None:
        load_reference(
            path,
            encoder=self.encoder,
            arcface=self.arcface,
            projection=self.projection,
            **options,
        )


def one_stage(model: Model) -> dict[str, torch.Tensor]:
    own = model.encoder.state_dict()
    state = {theirs: own[ours] for ours, theirs in names().items()}
    assert len(state) == len(own)
    return state | {
        "arcface.weight": model.arcface.centres_CD.detach(),
        "mobilefacenet.fc_out.weight": torch.randn(CLASSES, 128),
        "mobilefacenet.fc_out.bias": torch.randn(CLASSES),
    }


def two_stages(model: Model) -> dict[str, torch.Tensor]:
    state = {f"encoder.{name}": x for name, x in one_stage(model).items()}
    state["encoder.arcface.weight"] = torch.randn(3, 128)
    linear, norm = model.projection
    state["projector.0.weight"] = linear.weight.detach()
    for leaf in BATCH_NORM:
        state[f"projector.1.{leaf}"] = norm.state_dict()[leaf]
    return state | {
        "arcface.weight": model.arcface.centres_CD.detach(),
        "linear.weight": torch.randn(CLASSES, 128),
        "linear.bias": torch.randn(CLASSES),
        "fc_out.weight": torch.randn(CLASSES, 128),
        "contrain_projector.layers.0.weight": torch.randn(128, 128),
        "contrain_projector.layers.1.running_mean": torch.randn(128),
    }


def saved(path, state, *, wrapped: bool = False, parallel: bool = False):
    if parallel:
        state = {f"module.{name}": x for name, x in state.items()}
    if wrapped:
        parameter = nn.Parameter(torch.ones(2))
        optimizer = torch.optim.Adam([parameter]).state_dict()
        state = {"epoch": 8, "clf_state_dict": state, "optimizer": optimizer}
    torch.save(state, path)
    return path
