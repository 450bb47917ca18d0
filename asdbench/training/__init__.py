"""Training: what a method's author uses. Names load when they are asked for; torch with them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asdbench.data.features import upload
    from asdbench.data.torchaudio_import import kaldi
    from asdbench.training.batches import Batches, balanced_batches, random_batches
    from asdbench.training.fourier import PowerSpectrum, framed
    from asdbench.training.loop import Recipe, autocast, in_batches, train_network

_WHERE = {
    "Batches": "asdbench.training.batches",
    "PowerSpectrum": "asdbench.training.fourier",
    "Recipe": "asdbench.training.loop",
    "autocast": "asdbench.training.loop",
    "balanced_batches": "asdbench.training.batches",
    "framed": "asdbench.training.fourier",
    "in_batches": "asdbench.training.loop",
    "kaldi": "asdbench.data.torchaudio_import",
    "random_batches": "asdbench.training.batches",
    "train_network": "asdbench.training.loop",
    "upload": "asdbench.data.features",
}
__all__ = [
    "Batches",
    "PowerSpectrum",
    "Recipe",
    "autocast",
    "balanced_batches",
    "framed",
    "in_batches",
    "kaldi",
    "random_batches",
    "train_network",
    "upload",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
