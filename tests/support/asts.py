"""An AST of a small size with random weights, as ``save_pretrained`` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def saved(folder: Path) -> Any:
    """Writes a model and its extractor; the model."""
    transformers = pytest.importorskip("transformers", reason="the extra 'pretrained' is not there")
    import torch

    from asdbench.training import kaldi

    kaldi()  # the library's own import of torchaudio fails beside a PyTorch without CUDA
    torch.manual_seed(0)
    config = transformers.ASTConfig(
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=24,
        max_length=64,
    )
    model = transformers.ASTForAudioClassification(config)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    model.save_pretrained(folder)
    transformers.ASTFeatureExtractor(max_length=64).save_pretrained(folder)
    return model.eval()
