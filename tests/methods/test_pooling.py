"""Pooling over time, against literal versions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from asdbench_methods._pooling import PoolingNetwork, deviation, mean, pooled_logmel, ranked

from asdbench import Clips

X_NBT = torch.tensor([[[1.0, 3.0, 2.0], [0.0, 0.0, 6.0]]], dtype=torch.float64)


def test_ranked_weights_fall_with_the_rank() -> None:
    weights = np.array([1, 0.5, 0.25]) / 1.75
    wanted = [[weights @ [3, 2, 1], weights @ [6, 0, 0]]]
    np.testing.assert_allclose(ranked(0.5)(X_NBT), wanted, rtol=1e-12)


@pytest.mark.parametrize(("r", "wanted"), [(1.0, [[2, 2]]), (0.0, [[3, 6]])])
def test_the_ends_are_mean_and_maximum(r: float, wanted: list[list[float]]) -> None:
    np.testing.assert_allclose(ranked(r)(X_NBT), wanted, rtol=1e-12)


def test_poolings_of_a_log_mel_come_one_after_another(train: Clips) -> None:
    mel = train.logmel(torch.arange(len(train)), "cpu").double().numpy()
    found = pooled_logmel(train, "cpu", mean, deviation)
    wanted = np.concatenate([mel.mean(axis=2), mel.std(axis=2, ddof=1)], axis=1)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_a_network_pools_alike(train: Clips) -> None:
    mel_NBT = train.logmel()
    found = PoolingNetwork(mean, ranked(0.9))(mel_NBT, mel_NBT)
    wanted = pooled_logmel(train, "cpu", mean, ranked(0.9))
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    scaled = PoolingNetwork(mean, mean=np.ones(1), deviation=np.full(1, 2.0))(mel_NBT, mel_NBT)
    np.testing.assert_allclose(scaled, (wanted[:, : train.bands] - 1) / 2, rtol=1e-9)
