"""The training loop: deterministic, resumable bit for bit, and loud when it diverges."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asdbench import Context, training
from asdbench.numerics import Numerics
from asdbench.stages import Stages
from asdbench.training import (
    Recipe,
    balanced_batches,
    in_batches,
    random_batches,
    state_of,
    train_network,
)

CPU = Numerics(device="cpu", precision="float32")


class Lines:
    """What a run was told: (stage, epoch, done, figures)."""

    def __init__(self, *, stop_after: int | None = None) -> None:
        self.told: list[tuple[str, int, float, dict[str, float]]] = []
        self._stop_after = stop_after

    def __call__(self, stage: str, epoch: int, done: float, /, **figures: float) -> None:
        self.told.append((stage, epoch, done, figures))
        if epoch == self._stop_after:
            raise InterruptedError


def context(scratch: Path, log: Any = lambda *_, **__: None, *, seed: int = 5) -> Context:
    stages = Stages(scratch / "stages", "test")
    return Context(seed=seed, numerics=CPU, scratch=scratch, log=log, stages=stages)


def network() -> nn.Module:
    """With all that has a state: 4-d weights, BatchNorm's buffers, a scalar, dropout."""
    torch.manual_seed(0)
    layers = [nn.Unflatten(1, (1, 2, 4)), nn.Conv2d(1, 3, 2), nn.BatchNorm2d(3), nn.PReLU()]
    return nn.Sequential(*layers, nn.Dropout(0.2), nn.Flatten(), nn.Linear(9, 8))


DATA = torch.randn(20, 8, generator=torch.Generator().manual_seed(1))


def train(
    model: nn.Module, lent: Context, *, epochs: int = 6, lr: float = 0.01, **options: Any
) -> nn.Module:
    def step(indices: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        x = DATA[indices]
        noise = 0.1 * torch.randn(x.shape, generator=generator)
        loss = (model(x + noise) - x).square().mean()
        return {"loss": loss, "noise": noise.abs().mean()}

    recipe = Recipe(epochs=epochs, lr=lr, schedule="warm_cosine", warm_epochs=2)
    train_network(
        model, step, batches=random_batches(20, 6), recipe=recipe, context=lent, **options
    )
    return model


def assert_same_bits(one: nn.Module, other: nn.Module) -> None:
    for (name, a), b in zip(one.state_dict().items(), other.state_dict().values(), strict=True):
        assert torch.equal(a, b), name


def test_training_learns_and_ends_in_evaluation_mode(tmp_path: Path) -> None:
    log = Lines()
    model = train(network(), context(tmp_path, log), epochs=30)
    losses = [figures["loss"] for *_, figures in log.told]
    assert losses[-1] < 0.8 * losses[0]
    assert not model.training


def test_the_same_seed_gives_the_same_bits_and_another_others(tmp_path: Path) -> None:
    one = train(network(), context(tmp_path / "1"))
    torch.rand(7)  # whatever was drawn before
    assert_same_bits(one, train(network(), context(tmp_path / "2")))
    other = train(network(), context(tmp_path / "3", seed=6))
    assert not torch.equal(one[-1].weight, other[-1].weight)


def test_another_stage_draws_other_numbers(tmp_path: Path) -> None:
    one = train(network(), context(tmp_path / "1"), stage="first")
    other = train(network(), context(tmp_path / "2"), stage="second")
    assert not torch.equal(one[-1].weight, other[-1].weight)


def test_every_epoch_draws_anew(tmp_path: Path) -> None:
    drawn: list[tuple] = []
    model = nn.Linear(1, 1)

    def step(indices: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        noise = float(torch.rand((), generator=generator))
        drawn.append((tuple(indices.tolist()), noise, float(torch.rand(()))))
        return {"loss": model(torch.ones(1, 1)).square().mean()}

    recipe, lent = Recipe(epochs=5, lr=0.1), context(tmp_path)
    train_network(model, step, batches=random_batches(20, 20), recipe=recipe, context=lent)
    assert [len(set(column)) for column in zip(*drawn, strict=True)] == [5, 5, 5]


@pytest.mark.parametrize("stop_after", [1, 3, 5])
def test_resumed_is_uninterrupted_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    whole_log, first_log, second_log = Lines(), Lines(stop_after=stop_after), Lines()
    whole = train(network(), context(tmp_path / "whole", whole_log))
    assert not (tmp_path / "whole").exists()  # a short training leaves no checkpoint
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0.0)
    scratch = tmp_path / "stopped"
    scratch.mkdir()
    with pytest.raises(InterruptedError):
        train(network(), context(scratch, first_log))
    assert len(first_log.told) == stop_after
    torch.rand(3)
    resumed = train(network(), context(scratch, second_log))
    assert_same_bits(whole, resumed)
    assert second_log.told == whole_log.told  # the epochs from before are told again, the same


def test_resumed_training_does_not_train_the_epochs_before_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0.0)
    with pytest.raises(InterruptedError):
        train(network(), context(tmp_path, Lines(stop_after=4)))
    steps: list[int] = []
    model = network()
    hook = model.register_forward_hook(lambda *_: steps.append(1))
    train(model, context(tmp_path))
    hook.remove()
    assert len(steps) == 2 * 3  # two epochs of three batches


def test_a_finished_training_is_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0.0)
    one = train(network(), context(tmp_path))
    model = network()
    model.register_forward_hook(lambda *_: pytest.fail("it trained"))
    assert_same_bits(one, train(model, context(tmp_path)))


def test_a_resumed_model_keeps_its_memory_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0.0)

    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        return {"loss": model(torch.ones(len(indices), 4, 5, 5)).square().mean()}

    formats = []
    for _ in range(2):
        torch.manual_seed(0)
        model = nn.Conv2d(4, 6, 3)
        recipe = Recipe(epochs=1, lr=0.1)
        train_network(
            model, step, batches=random_batches(4, 2), recipe=recipe, context=context(tmp_path)
        )
        formats.append(model.weight.is_contiguous(memory_format=torch.channels_last))
    assert formats == [True, True]


def test_a_checkpoint_replaces_the_one_before_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0.0)
    with pytest.raises(InterruptedError):
        train(network(), context(tmp_path, Lines(stop_after=2)))
    before = (tmp_path / "train.safetensors").read_bytes()

    def broken(*_: object, **__: object) -> None:
        (tmp_path / "train.part").write_bytes(b"half a file")
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(training, "save_file", broken)
        with pytest.raises(OSError, match="full"):
            train(network(), context(tmp_path))
    assert (tmp_path / "train.safetensors").read_bytes() == before
    resumed = train(network(), context(tmp_path))
    (tmp_path / "whole").mkdir()
    assert_same_bits(resumed, train(network(), context(tmp_path / "whole")))


def test_checkpoints_wait_for_their_time(tmp_path: Path) -> None:
    train(network(), context(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_log_tells_epochs_figures_and_the_share_of_the_work(tmp_path: Path) -> None:
    log = Lines()
    train(network(), context(tmp_path, log), epochs=4, stage="second", part=(0.5, 1.0))
    assert [(stage, epoch, done) for stage, epoch, done, _ in log.told] == [
        ("second", 1, 0.625),
        ("second", 2, 0.75),
        ("second", 3, 0.875),
        ("second", 4, 1.0),
    ]
    assert all(set(figures) == {"loss", "noise", "lr"} for *_, figures in log.told)


def test_figures_are_means_over_an_epochs_batches(tmp_path: Path) -> None:
    log = Lines()
    model = nn.Linear(1, 1)

    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        loss = 0 * model(torch.zeros(len(indices), 1)).sum()
        return {"loss": loss, "index": indices.float().mean()}

    recipe = Recipe(epochs=1, lr=0.1)
    lent = context(tmp_path, log)
    train_network(model, step, batches=random_batches(8, 4), recipe=recipe, context=lent)
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
            context=context(tmp_path, log),
            stage="fine",
        )
    assert "\n" not in str(caught.value)
    assert len(log.told) == 2


def test_a_diverged_state_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0.0)
    model = nn.Linear(2, 1)
    for _ in range(2):  # the second time from the checkpoint: it diverges in the same place
        calls = [2 if (tmp_path / "train.safetensors").exists() else 0]
        with pytest.raises(ValueError, match="epoch 3 "):
            train_network(
                model,
                diverging("loss is nan", model, calls),
                batches=random_batches(4, 4),
                recipe=Recipe(epochs=9, lr=0.1),
                context=context(tmp_path),
            )


@pytest.mark.parametrize(
    ("examples", "batch", "shape"),
    [(20, 6, (3, 6)), (12, 6, (2, 6)), (6, 6, (1, 6)), (5, 6, (1, 5)), (1, 512, (1, 1))],
)
def test_batches_are_equal_and_there_is_always_one(
    examples: int, batch: int, shape: tuple[int, int]
) -> None:
    drawn = random_batches(examples, batch)(torch.Generator().manual_seed(0))
    assert drawn.shape == shape
    assert len(set(drawn.flatten().tolist())) == drawn.numel()  # without replacement
    assert set(drawn.flatten().tolist()) <= set(range(examples))


def test_another_remainder_is_left_out_each_epoch() -> None:
    draw = random_batches(10, 4)
    left_out = {
        frozenset(range(10)) - set(draw(torch.Generator().manual_seed(seed)).flatten().tolist())
        for seed in range(20)
    }
    assert len(left_out) > 5


def balanced(labels: list[int], batch: int, per_class: int, *, seed: int = 0) -> Tensor:
    return balanced_batches(labels, batch, per_class)(torch.Generator().manual_seed(seed))


def interleaved(classes: int, clips: int) -> list[int]:
    """Labels 10, 11, ..., 10, 11, ...: as many clips of each class, not beside each other."""
    return [10 + label for label in range(classes)] * clips


@pytest.mark.parametrize(
    ("classes", "clips", "batch", "per_class", "steps", "classes_a_batch", "clips_a_class"),
    [
        (41, 8, 24, 4, 13, 6, 4),
        (41, 8, 128, 6, 2, 21, 6),  # 126 of 128
        (3, 20, 24, 4, 5, 3, 4),  # fewer classes than a batch could hold
        (5, 20, 5, 1, 20, 5, 1),
        (4, 9, 6, 8, 6, 1, 6),  # a batch smaller than what is asked of one class
        (1, 10, 8, 4, 2, 1, 4),
    ],
)
def test_balanced_batches_hold_so_many_classes_and_clips_of_each(
    classes: int,
    clips: int,
    batch: int,
    per_class: int,
    steps: int,
    classes_a_batch: int,
    clips_a_class: int,
) -> None:
    labels = interleaved(classes, clips)
    drawn = balanced(labels, batch, per_class)
    assert drawn.shape == (steps, classes_a_batch * clips_a_class)
    for one in drawn.tolist():
        counts = Counter(labels[row] for row in one)
        assert list(counts.values()) == [clips_a_class] * classes_a_batch
        assert len(set(one)) == len(one)  # clips enough: none of them twice


def test_a_class_with_few_clips_gives_each_of_them_about_as_often() -> None:
    labels = [7] * 30 + [3] * 2 + [5]
    for seed in range(10):
        drawn = balanced(labels, 15, 5, seed=seed)
        assert drawn.shape == (2, 15)
        for one in drawn.tolist():
            counts = Counter(one)
            assert sorted(counts[row] for row in (30, 31)) == [2, 3]
            assert counts[32] == 5
            assert sorted(counts.values())[:5] == [1] * 5  # of class 7, none twice
    # Neither of the two clips is always the one that comes more often.
    often = {Counter(balanced(labels, 15, 5, seed=s)[0].tolist())[30] for s in range(10)}
    assert often == {2, 3}


@pytest.mark.parametrize(
    ("labels", "batch", "per_class", "width"),
    [([4, 4, 9], 128, 6, 12), ([0], 8, 4, 4), ([0, 1, 2], 12, 4, 12)],
)
def test_balanced_batches_are_at_least_one(
    labels: list[int], batch: int, per_class: int, width: int
) -> None:
    drawn = balanced(labels, batch, per_class)
    assert drawn.shape == (1, width)
    assert set(drawn.flatten().tolist()) == set(range(len(labels)))


def test_balanced_batches_depend_on_the_generator_alone() -> None:
    labels = interleaved(9, 6)
    draw = balanced_batches(labels, 12, 3)
    one, again, other = (draw(torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert torch.equal(one, balanced(labels, 12, 3, seed=1))  # whatever was drawn before


def test_balanced_batches_draw_every_class_and_every_clip_in_time() -> None:
    labels = interleaved(9, 6)
    draw = balanced_batches(labels, 12, 3)
    generator = torch.Generator().manual_seed(0)
    epochs = [draw(generator) for _ in range(30)]
    counts = Counter(row for epoch in epochs for row in epoch.flatten().tolist())
    assert set(counts) == set(range(len(labels)))
    first = {tuple(labels[row] for row in batch[::3]) for epoch in epochs for batch in epoch}
    assert len(first) > 50  # the classes of a batch, too, are drawn anew


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
    lent = context(tmp_path, log)
    train_network(model, step, batches=random_batches(1, 1), recipe=recipe, context=lent)
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


def test_what_a_method_learned_is_what_ends_in_an_underscore() -> None:
    class Method:
        def __init__(self) -> None:
            self.lr = 0.1
            self.network_ = nn.Linear(2, 1)
            self.mean_ = np.array([1.0, 2.0])
            self.scale_ = torch.tensor(3.0).requires_grad_()
            self.words_ = ["a"]
            self.cache = torch.zeros(1000)
            self._private_ = torch.zeros(1000)

    found = state_of(Method())
    assert set(found) == {"network_.weight", "network_.bias", "mean_", "scale_"}
    assert found["mean_"].tolist() == [1.0, 2.0]
    assert not any(tensor.requires_grad for tensor in found.values())
