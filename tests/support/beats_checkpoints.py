"""BEATs checkpoints as the authors publish them, of a small size and with random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

CFG: dict[str, Any] = {
    "input_patch_size": 16,
    "embed_dim": 12,
    "conv_bias": False,
    "encoder_layers": 3,
    "encoder_embed_dim": 16,
    "encoder_ffn_embed_dim": 24,
    "encoder_attention_heads": 2,
    "activation_fn": "gelu",
    "layer_norm_first": False,
    "deep_norm": True,
    "dropout": 0.0,
    "conv_pos": 8,
    "conv_pos_groups": 4,
    "relative_position_embedding": True,
    "num_buckets": 32,
    "max_distance": 40,
    "gru_rel_pos": True,
    "finetuned_model": True,
    "predictor_class": 5,
}


def weights(cfg: dict[str, Any] = CFG) -> dict[str, Tensor]:
    """All weights by the published names."""
    generator = torch.Generator().manual_seed(0)
    embed, width = cfg["embed_dim"], cfg["encoder_embed_dim"]
    inner, heads = cfg["encoder_ffn_embed_dim"], cfg["encoder_attention_heads"]
    shapes: dict[str, tuple[int, ...]] = {
        "post_extract_proj.weight": (width, embed),
        "post_extract_proj.bias": (width,),
        "patch_embedding.weight": (embed, 1, 16, 16),
        "layer_norm.weight": (embed,),
        "layer_norm.bias": (embed,),
        "encoder.pos_conv.0.bias": (width,),
        "encoder.pos_conv.0.weight_g": (1, 1, cfg["conv_pos"]),
        "encoder.pos_conv.0.weight_v": (width, width // cfg["conv_pos_groups"], cfg["conv_pos"]),
        "encoder.layer_norm.weight": (width,),
        "encoder.layer_norm.bias": (width,),
        "predictor.weight": (cfg["predictor_class"], width),
        "predictor.bias": (cfg["predictor_class"],),
    }
    for number in range(cfg["encoder_layers"]):
        layer = f"encoder.layers.{number}"
        for name in ("k_proj", "v_proj", "q_proj", "out_proj"):
            shapes[f"{layer}.self_attn.{name}.weight"] = (width, width)
            shapes[f"{layer}.self_attn.{name}.bias"] = (width,)
        shapes[f"{layer}.self_attn.grep_linear.weight"] = (8, width // heads)
        shapes[f"{layer}.self_attn.grep_linear.bias"] = (8,)
        shapes[f"{layer}.self_attn.grep_a"] = (1, heads, 1, 1)
        shapes[f"{layer}.self_attn.relative_attention_bias.weight"] = (cfg["num_buckets"], heads)
        for name, size in (("self_attn_layer_norm", width), ("final_layer_norm", width)):
            shapes[f"{layer}.{name}.weight"] = shapes[f"{layer}.{name}.bias"] = (size,)
        shapes[f"{layer}.fc1.weight"], shapes[f"{layer}.fc1.bias"] = (inner, width), (inner,)
        shapes[f"{layer}.fc2.weight"], shapes[f"{layer}.fc2.bias"] = (width, inner), (width,)
    found = {name: torch.randn(shape, generator=generator) / 3 for name, shape in shapes.items()}
    shared = "encoder.layers.{}.self_attn.relative_attention_bias.weight"
    for number in range(1, cfg["encoder_layers"]):
        found[shared.format(number)] = found[shared.format(0)]
    return found


def written(path: Path, **changed: Any) -> Path:
    """A checkpoint's file; ``changed`` is of its configuration."""
    torch.save({"cfg": CFG | changed, "model": weights()}, path)
    return path
