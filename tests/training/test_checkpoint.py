"""Checkpoints: resumed is uninterrupted, bit for bit; and what counts as learned."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from trainings import Lines, assert_same_bits, context_in, network, train

from asdbench.training import Recipe, checkpoint, random_batches, train_network


@pytest.mark.parametrize("stop_after", [1, 3, 5])
def test_resumed_is_uninterrupted_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    whole_log, first_log, second_log = Lines(), Lines(stop_after=stop_after), Lines()
    whole = train(network(), context_in(tmp_path / "whole", whole_log))
    assert not (tmp_path / "whole").exists()  # a short training leaves no checkpoint
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", 0.0)
    scratch = tmp_path / "stopped"
    scratch.mkdir()
    with pytest.raises(InterruptedError):
        train(network(), context_in(scratch, first_log))
    assert len(first_log.told) == stop_after
    torch.rand(3)
    resumed = train(network(), context_in(scratch, second_log))
    assert_same_bits(whole, resumed)
    assert second_log.told == whole_log.told  # the epochs from before are told again, the same


def test_resumed_training_does_not_train_the_epochs_before_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", 0.0)
    with pytest.raises(InterruptedError):
        train(network(), context_in(tmp_path, Lines(stop_after=4)))
    steps: list[int] = []
    model = network()
    hook = model.register_forward_hook(lambda *_: steps.append(1))
    train(model, context_in(tmp_path))
    hook.remove()
    assert len(steps) == 2 * 3  # two epochs of three batches


def test_a_finished_training_is_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", 0.0)
    one = train(network(), context_in(tmp_path))
    model = network()
    model.register_forward_hook(lambda *_: pytest.fail("it trained"))
    assert_same_bits(one, train(model, context_in(tmp_path)))


def test_a_resumed_model_keeps_its_memory_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", 0.0)

    def step(indices: Tensor, _: torch.Generator) -> dict[str, Tensor]:
        return {"loss": model(torch.ones(len(indices), 4, 5, 5)).square().mean()}

    formats = []
    for _ in range(2):
        torch.manual_seed(0)
        model = nn.Conv2d(4, 6, 3)
        recipe = Recipe(epochs=1, lr=0.1)
        train_network(
            model, step, batches=random_batches(4, 2), recipe=recipe, context=context_in(tmp_path)
        )
        formats.append(model.weight.is_contiguous(memory_format=torch.channels_last))
    assert formats == [True, True]


def test_a_checkpoint_replaces_the_one_before_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", 0.0)
    with pytest.raises(InterruptedError):
        train(network(), context_in(tmp_path, Lines(stop_after=2)))
    before = (tmp_path / "train.safetensors").read_bytes()

    def broken(_: object, path: Path, **__: object) -> None:
        path.write_bytes(b"half a file")
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "save_file", broken)
        with pytest.raises(OSError, match="full"):
            train(network(), context_in(tmp_path))
    assert (tmp_path / "train.safetensors").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["train.safetensors"]
    resumed = train(network(), context_in(tmp_path))
    (tmp_path / "whole").mkdir()
    assert_same_bits(resumed, train(network(), context_in(tmp_path / "whole")))


def test_checkpoints_wait_for_their_time(tmp_path: Path) -> None:
    train(network(), context_in(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_diverged_state_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", 0.0)
    for _ in range(2):  # the second time from the checkpoint: it diverges in the same place
        model = nn.Linear(2, 1)
        done = [2 if (tmp_path / "train.safetensors").exists() else 0]

        def step(
            indices: Tensor, _: torch.Generator, model: nn.Module = model, done: list[int] = done
        ) -> dict[str, Tensor]:
            done[0] += 1
            loss = model(torch.ones(len(indices), 2)).square().mean()
            return {"loss": loss * math.nan if done[0] == 3 else loss}

        with pytest.raises(ValueError, match="epoch 3 "):
            train_network(
                model,
                step,
                batches=random_batches(4, 4),
                recipe=Recipe(epochs=9, lr=0.1),
                context=context_in(tmp_path),
            )
