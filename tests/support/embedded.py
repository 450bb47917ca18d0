"""Embeddings to score: directions near one axis."""

from __future__ import annotations

import numpy as np


def unit(x: np.ndarray) -> np.ndarray:
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def around(
    centre: int, count: int, *, spread: float = 0.05, dimension: int = 8, seed: int = 0
) -> np.ndarray:
    """Directions near one axis."""
    x = np.random.default_rng(seed).normal(0, spread, (count, dimension))
    x[:, centre] += 1
    return unit(x)
