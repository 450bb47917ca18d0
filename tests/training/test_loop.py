"""The training loop: deterministic, and loud when it diverges."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from trainings import CPU, Lines, assert_same_bits, context_in, network, train

from asdbench.training.batches import random_batches
from asdbench.training.loop import Recipe, autocast, in_batches, train_network


def test_training_learns_and_ends_in_evaluation_mode(tmp_path: Path) -> None:
    log = Lines()
    model = train(network(), context_in(tmp_path, log), epochs=30)
    losses = [figures["loss"] for *_, figures in log.told]
    assert losses[-1] < 0.8 * losses[0]
    assert not model.training


def test_the_same_seed_gives_the_same_bits_and_another_others(tmp_path: Path) -> None:
    one = train(network(), context_in(tmp_path / "1"))
    torch.rand(7)  # whatever was drawn before
    assert_same_bits(one, train(network(), context_in(tmp_path / "2")))
    other = train(network(), context_in(tmp_path / "3", seed=6))
    assert not torch.equal(one[-1].weight, other[-1].weight)


def test_another_stage_draws_other_numbers(tmp_path: Path) -> None:
    one = train(network(), context_in(tmp_path / "1"), stage="first")
    other = train(network(), context_in(tmp_path / "2"), stage="second")
    assert not torch.equal(one[-1].weight, other[-1].weight)


def test_every_epoch_draws_anew(tmp_path: Path) -> None:
    drawn: list[tuple] = []
    model = nn.Linear(1, 1)

    def step(indices: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        noise = float(torch.rand((), generator=generator))
        drawn.append((tuple(indices.tolist()), noise, float(torch.rand(()))))
        return {"loss": model(torch.ones(1, 1)).square().mean()}

    recipe, context = Recipe(epochs=5, lr=0.1), context_in(tmp_path)
    train_network(model, step, batches=random_batches(20, 20), recipe=recipe, context=context)
    assert [len(set(column)) for column in zip(*drawn, strict=True)] == [5, 5, 5]


def test_the_log_tells_epochs_figures_and_the_share_of_the_work(tmp_path: Path) -> None:
    log = Lines()
    train(network(), context_in(tmp_path, log), epochs=4, stage="second", part=(0.5, 1.0))
    assert [(stage, epoch, done) for stage, epoch, done, _ in log.told] == [
        ("second", 1, 0.625),
        ("second", 2, 0.75),
        ("second", 3, 0.875),
        ("second", 4, 1.0),
    ]
    assert all(set(figures) == {"loss", "noise", "lr", "of"} for *_, figures in log.told)
    assert {figures["of"] for *_, figures in log.told} == {4}


def test_figures_are_means_over_an_epochs_batches(tmp_path: Path) -> None:
    log = Lines()
    model = nn.Linear(1, 1)

    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        loss = 0 * model(torch.zeros(len(indices), 1)).sum()
        return {"loss": loss, "index": indices.float().mean()}

    recipe = Recipe(epochs=1, lr=0.1)
    context = context_in(tmp_path, log)
    train_network(model, step, batches=random_batches(8, 4), recipe=recipe, context=context)
    assert log.told[0][3]["index"] == pytest.approx(3.5)  # of 0..7


def diverging(kind: str, model: nn.Linear, epoch_of: list[int]) -> Any:
    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        epoch_of[0] += 1
        loss = model(torch.ones(len(indices), 2)).square().mean()
        if epoch_of[0] < 3:
            return {"loss": loss}
        if kind == "loss is nan":
            return {"loss": loss * math.nan}
        if kind == "loss is infinite":
            return {"loss": loss * math.inf}
        # The loss is finite, its gradient is not: the derivative of sqrt at 0.
        return {"loss": loss + (0 * model.weight.sum()).abs().sqrt()}

    return step


@pytest.mark.parametrize("kind", ["loss is nan", "loss is infinite", "gradient is nan"])
def test_divergence_is_an_error_that_names_the_epoch(tmp_path: Path, kind: str) -> None:
    log = Lines()
    model = nn.Linear(2, 1)
    step = diverging(kind, model, [0])
    with pytest.raises(ValueError, match=r"diverged.*epoch 3 of stage 'fine'") as caught:
        train_network(
            model,
            step,
            batches=random_batches(4, 4),
            recipe=Recipe(epochs=9, lr=0.1),
            context=context_in(tmp_path, log),
            stage="fine",
        )
    assert "\n" not in str(caught.value)
    assert len(log.told) == 2


def test_constant_learning_rate() -> None:
    recipe = Recipe(epochs=300, lr=0.1)
    assert {recipe.lr_at(epoch) for epoch in range(300)} == {0.1}


def test_warm_cosine_learning_rate() -> None:
    recipe = Recipe(epochs=300, lr=1e-4, schedule="warm_cosine")
    assert {recipe.lr_at(epoch) for epoch in range(21)} == {1e-4}
    assert recipe.lr_at(90) == pytest.approx(1e-4 * (1 + math.sqrt(0.5)) / 2)  # a quarter
    assert recipe.lr_at(160) == pytest.approx(0.5e-4)  # half way
    assert recipe.lr_at(299) == pytest.approx(1e-4 * (math.pi / 280) ** 2 / 4, rel=1e-3)
    rates = [recipe.lr_at(epoch) for epoch in range(20, 300)]
    assert rates == sorted(rates, reverse=True)
    assert min(rates) > 0


def test_a_training_shorter_than_its_warm_up_keeps_its_rate() -> None:
    recipe = Recipe(epochs=5, lr=0.1, schedule="warm_cosine", warm_epochs=20)
    assert [recipe.lr_at(epoch) for epoch in range(5)] == [0.1] * 5


def test_the_learning_rate_reaches_the_optimiser(tmp_path: Path) -> None:
    weights = []
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, 10.0)

    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        return {"loss": model(torch.ones(len(indices), 1)).mean()}

    def log(*_: Any, **__: Any) -> None:
        weights.append(float(model.weight.detach()))

    recipe = Recipe(epochs=4, lr=0.5, schedule="warm_cosine", warm_epochs=2)
    context = context_in(tmp_path, log)
    train_network(model, step, batches=random_batches(1, 1), recipe=recipe, context=context)
    # With a constant gradient, each of Adam's steps is the learning rate.
    assert -np.diff([10.0, *weights]) == pytest.approx([0.5, 0.5, 0.5, 0.25], rel=1e-4)


def test_in_batches_gives_every_example_in_order_without_gradients() -> None:
    sizes = []

    def model(indices: Tensor) -> Tensor:
        sizes.append(len(indices))
        return indices.double() * 2

    found = in_batches(model, 10, batch=4, numerics=CPU)
    assert found.tolist() == [2 * i for i in range(10)]
    assert found.dtype == torch.float32
    assert not found.requires_grad
    assert sizes == [4, 4, 2]


@pytest.mark.parametrize(
    ("precision", "dtype"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)]
)
def test_a_step_is_computed_in_the_precision_asked_for(
    tmp_path: Path, precision: Any, dtype: torch.dtype
) -> None:
    numerics = replace(CPU, precision=precision)
    model, seen = nn.Linear(2, 1), set()

    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        found = model(torch.ones(len(indices), 2))
        seen.add(found.dtype)
        return {"loss": found.float().square().mean()}

    context = replace(context_in(tmp_path), numerics=numerics)
    recipe = Recipe(epochs=1, lr=0.1)
    train_network(model, step, batches=random_batches(4, 2), recipe=recipe, context=context)
    in_batches(
        lambda rows: step(rows, torch.Generator())["loss"][None], 4, batch=2, numerics=numerics
    )
    with autocast(numerics):
        seen.add(model(torch.ones(1, 2)).dtype)
    assert seen == {dtype}
    assert model.weight.dtype == torch.float32
