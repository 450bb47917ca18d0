"""The baseline autoencoder: its size, its windows, its error, and that it learns."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods.autoencoder import Autoencoder
from told import telling
from torch import nn

from asdbench import Clips, Context
from asdbench.config.experiment import Experiment
from asdbench.config.selection import choose
from asdbench.training.stages import Stages


@pytest.fixture
def fan(small_clips: Clips) -> Clips:
    return small_clips.where(machine="fan")


def fitted(clips: Clips, context: Context, **fields: Any) -> Autoencoder:
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


def test_the_seed_decides(fan: Clips, context: Context, tmp_path: Path) -> None:
    test = fan.where(split="test").blind()

    def scores(folder: str, seed: int) -> np.ndarray:
        stages = Stages(tmp_path / folder, "test")
        return fitted(fan, replace(context, seed=seed, stages=stages)).score(test)

    one, again, other = scores("1", 1), scores("2", 1), scores("3", 2)
    np.testing.assert_array_equal(one, again)
    assert not np.allclose(one, other)


def test_a_clip_shorter_than_a_window_is_an_error(fan: Clips, context: Context) -> None:
    with pytest.raises(ValueError, match="a clip has 32 frames, fewer than a window's 33"):
        fitted(fan, context, frames=33)


MODES = ("squared", "mahalanobis", "mahalanobis-frames")


def test_all_scores_come_from_one_training(fan: Clips, context: Context, tmp_path: Path) -> None:
    told: list[str] = []
    lent = replace(context, log=lambda stage, *_, **__: told.append(stage))
    test = fan.where(split="test").blind()
    made = {mode: fitted(fan, lent, epochs=2, scoring=mode) for mode in MODES}
    assert len(list((tmp_path / "stages").glob("*.safetensors"))) == 1
    assert told == ["train"] * 6  # a loaded stage tells its history again
    for mode in MODES[1:]:
        for name, tensor in made["squared"].network_.state_dict().items():
            assert torch.equal(tensor, made[mode].network_.state_dict()[name])
    scores = [method.score(test) for method in made.values()]
    for place, one in enumerate(scores):
        assert np.isfinite(one).all()
        assert not any(np.allclose(one, other) for other in scores[:place])
    fitted(fan, lent, epochs=2, batch=64)
    assert len(list((tmp_path / "stages").glob("*.safetensors"))) == 2


def of_domains(clips: Clips, *names: str | None) -> Clips:
    count = len(names)
    return telling(clips, lambda place, clip: replace(clip, domain=names[place % count]))


@pytest.mark.parametrize("mode", MODES[1:])
@pytest.mark.parametrize("names", [("source", "source", "target"), (None,)])
def test_the_selective_distance_is_the_nearer_domains(
    fan: Clips, context: Context, mode: str, names: tuple[str | None, ...]
) -> None:
    clips = of_domains(fan, *names)
    method = fitted(clips, context, epochs=3, batch=64, scoring=mode)
    train, test = clips.where(split="train"), fan.where(split="test").blind()

    def errors(part: Clips) -> np.ndarray:  # (N, E, B): all windows of a clip, frame by frame
        found = []
        for mel_BT in part.logmel():
            x_ND = torch.stack([mel_BT[:, t : t + 5].T.flatten() for t in range(28)])
            with torch.no_grad():
                found.append((x_ND - method.network_(x_ND)).reshape(-1, 128).double().numpy())
        return np.stack(found)

    precisions = []
    for name in sorted(set(names), key=str):
        own = train.pick([i for i, clip in enumerate(train) if clip.domain == name])
        covariance = np.cov(errors(own).reshape(-1, 128).T)
        ridge = 1e-6 * np.trace(covariance) / 128 * np.eye(128)
        precisions.append(np.linalg.inv(covariance + ridge))
    assert method.precisions_.shape == (len(set(names)), 128, 128)
    expected = []
    for x_EB in errors(test):
        if mode == "mahalanobis":  # over all pairs of errors
            distances = [(x_EB @ p @ x_EB.T).mean() for p in precisions]
        else:
            distances = [np.mean([x @ p @ x for x in x_EB]) for p in precisions]
        expected.append(min(distances))
    np.testing.assert_allclose(method.score(test), expected, rtol=1e-3)


def test_the_default_learns_nothing_of_domains(fan: Clips, context: Context) -> None:
    test = fan.where(split="test").blind()
    without = fitted(fan, context)
    told = fitted(of_domains(fan, "source", "target"), context)
    np.testing.assert_array_equal(without.score(test), told.score(test))
    assert not hasattr(without, "precisions_")


def test_the_rows_of_2023_in_the_documents_share_their_training() -> None:
    text = (Path(__file__).parents[2] / "docs" / "methods.md").read_text()
    [block] = re.findall(r"^```toml\n(\[variants\.autoencoder-2023\].*?)^```", text, re.M | re.S)
    experiment = Experiment(variants=tomllib.loads(block)["variants"])
    rows = {row.label: row.fields for row in choose(experiment, ["all"]).rows}
    squared, distance = rows["autoencoder-2023"], rows["autoencoder-2023-mahalanobis"]
    assert (squared["batch"], squared["epochs"], squared["lr"]) == (256, 100, 1e-3)
    assert {**squared, "scoring": "mahalanobis"} == distance
    assert rows["autoencoder"] == {**squared, "batch": 512}  # as before there was such a field
