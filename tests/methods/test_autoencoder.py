"""The baseline autoencoder: its size, its windows, its error, and that it learns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from asdbench_methods.autoencoder import Autoencoder
from torch import nn

from asdbench import Clips, Context


@pytest.fixture
def fan(small_clips: Clips) -> Clips:
    return small_clips.where(machine="fan")


def fitted(clips: Clips, context: Context, **fields: int) -> Autoencoder:
    method = Autoencoder(**({"epochs": 1} | fields))
    method.fit(clips.where(split="train").blind(), context)
    return method


def parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_layers_are_the_baselines(fan: Clips, context: Context) -> None:
    network = fitted(fan, context).network_
    layers = [m for m in network.modules() if isinstance(m, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in layers] == [
        (640, 128),
        (128, 128),
        (128, 128),
        (128, 128),
        (128, 8),
        (8, 128),
        (128, 128),
        (128, 128),
        (128, 128),
        (128, 640),
    ]
    kinds = [type(m).__name__ for m in network.modules() if not list(m.children())]
    assert kinds == ["Linear", "BatchNorm1d", "ReLU"] * 9 + ["Linear"]
    # Weights and biases of the ten dense layers, scale and shift of the nine BatchNorms:
    dense = (640 + 1) * 128 + 6 * (128 + 1) * 128 + (128 + 1) * 8 + (8 + 1) * 128 + 129 * 640
    assert parameters(network) == dense + 2 * (8 * 128 + 8) == 267_928


def test_every_field_reaches_the_network(fan: Clips, context: Context) -> None:
    network = fitted(fan, context, frames=3, hidden=16, layers=2, bottleneck=4).network_
    widths = [m.out_features for m in network.modules() if isinstance(m, nn.Linear)]
    assert widths == [16, 16, 4, 16, 16, 3 * 128]


def test_the_score_is_the_mean_squared_error_over_all_windows(fan: Clips, context: Context) -> None:
    method = fitted(fan, context, frames=3)
    test = fan.where(split="test").blind()
    scores = method.score(test)
    for index in (0, 3):
        mel_BT = test.logmel([index])[0]
        windows = [mel_BT[:, t : t + 3].T.flatten() for t in range(mel_BT.shape[1] - 2)]
        x_ND = torch.stack(windows)
        with torch.no_grad():
            error = (method.network_(x_ND) - x_ND).double().square().mean()
        assert scores[index] == pytest.approx(float(error), rel=1e-5)


def test_what_is_unlike_training_is_rebuilt_worse(fan: Clips, context: Context) -> None:
    method = fitted(fan, context, epochs=20, batch=64)
    test = fan.where(split="test")
    scores = method.score(test.blind())
    anomalous = np.array([bool(clip.anomalous) for clip in test])
    assert scores[anomalous].min() > scores[~anomalous].max()


def test_training_lowers_the_loss_and_reports_every_epoch(fan: Clips, context: Context) -> None:
    losses: list[float] = []

    def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
        losses.append(figures["loss"])
        assert done == pytest.approx(epoch / 5)

    fitted(fan, replace(context, log=log), epochs=5, batch=64)
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)


def test_the_seed_decides(fan: Clips, context: Context) -> None:
    test = fan.where(split="test").blind()
    one, again, other = (fitted(fan, replace(context, seed=seed)).score(test) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)


def test_a_clip_shorter_than_a_window_is_an_error(fan: Clips, context: Context) -> None:
    with pytest.raises(ValueError, match="a clip has 32 frames, fewer than a window's 33"):
        fitted(fan, context, frames=33)
