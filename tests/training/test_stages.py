"""Trained stages: trained once, whoever asks; never half; the same loaded as trained."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from stages_elsewhere import (
    EPOCHS,
    PATIENCE,
    Config,
    context,
    die_in_epoch_three,
    in_another_process,
    train_network_in,
    train_slowly,
    wait_for,
)
from torch import Tensor, nn
from torch.optim.optimizer import register_optimizer_step_post_hook
from trainings import Lines

from asdbench import Context
from asdbench.config.keys import key
from asdbench.training import checkpoint
from asdbench.training.stages import Stages


class Counted:
    """Trains nothing, tells two epochs, and gives tensors of several kinds; counts its calls."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, config: Any, lent: Context) -> dict[str, Tensor]:
        self.asked.append(config)
        lent.log("first", 1, 0.1, loss=1 / 3, accuracy=0.25)
        lent.log("first", 2, 0.2, loss=0.1 + 0.2)
        generator = torch.Generator().manual_seed(len(self.asked))
        weight = torch.randn(config.width, 3, 4, 5, generator=generator)
        return {
            "weight": nn.Parameter(weight),
            "channels_last": weight.to(memory_format=torch.channels_last),
            "transposed": weight[0, 0].T,
            "bfloat16": weight.bfloat16(),
            "steps": torch.tensor(7),
        }


def never(*_: Any) -> dict[str, Tensor]:
    pytest.fail("it was trained again")


def assert_same_tensors(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert tensor.dtype == other[name].dtype, name
        assert torch.equal(tensor, other[name]), name


def test_two_callers_with_the_same_config_train_it_once(tmp_path: Path) -> None:
    train = Counted()
    one = context(tmp_path).stage("first", Config(), train)
    other = context(tmp_path, seed=6).stage("first", Config(), train)  # equal, not the same object
    assert train.asked == [Config()]
    assert_same_tensors(one, other)


@pytest.mark.parametrize(
    "ask",
    [
        lambda folder, train: context(folder).stage("first", Config(width=3), train),
        lambda folder, train: context(folder).stage("first", Config(lr=0.2), train),
        lambda folder, train: context(folder).stage("second", Config(), train),
        lambda folder, train: context(folder, shared="others").stage("first", Config(), train),
    ],
    ids=["width", "lr", "name", "shared"],
)
def test_whatever_it_depends_on_makes_it_another_stage(
    tmp_path: Path, ask: Callable[[Path, Counted], dict[str, Tensor]]
) -> None:
    train = Counted()
    one = context(tmp_path).stage("first", Config(), train)
    other = ask(tmp_path, train)
    assert len(train.asked) == 2
    assert not torch.equal(one["bfloat16"], other["bfloat16"])
    ask(tmp_path, never)  # both are there now
    assert_same_tensors(one, context(tmp_path).stage("first", Config(), never))


def test_a_stage_is_kept_under_its_name_and_a_key_of_all_it_depends_on(tmp_path: Path) -> None:
    kept, twin = (Stages(tmp_path / "kept", "clips") for _ in range(2))
    found = kept.get(context(tmp_path), "first", Config(), Counted())
    assert_same_tensors(found, twin.get(context(tmp_path), "first", Config(), never))
    [path] = (tmp_path / "kept").glob("*.safetensors")
    assert path.stem == "first-" + key(["clips", "first", "Config", '{"lr":0.1,"width":2}'])


def test_a_loaded_stage_is_what_was_trained_and_tells_its_epochs_again(tmp_path: Path) -> None:
    made: dict[str, Tensor] = {}

    def train(config: Config, lent: Context) -> dict[str, Tensor]:
        made.update(Counted()(config, lent))
        return made

    first, second = Lines(), Lines()
    trained = context(tmp_path, log=first).stage("first", Config(), train)
    loaded = context(tmp_path, log=second).stage("first", Config(), never)
    assert_same_tensors(trained, made)
    assert_same_tensors(loaded, made)
    assert not any(tensor.requires_grad for tensor in [*trained.values(), *loaded.values()])
    assert first.told == [
        ("first", 1, 0.1, {"loss": 1 / 3, "accuracy": 0.25}),
        ("first", 2, 0.2, {"loss": 0.1 + 0.2}),
    ]
    assert second.told == first.told


def test_a_stage_has_a_seed_and_a_scratch_of_its_own(tmp_path: Path) -> None:
    seen: dict[str, Context] = {}

    def train(name: str) -> Callable[[Any, Context], dict[str, Tensor]]:
        def one(_: Any, lent: Context) -> dict[str, Tensor]:
            assert lent.scratch.is_dir()
            (lent.scratch / "notes").write_text("half way")
            seen[name] = lent
            return {"x": torch.zeros(1)}

        return one

    lent = context(tmp_path)
    lent.stage("first", Config(), train("first"))
    lent.stage("second", Config(), train("second"))
    assert len({lent.seed, seen["first"].seed, seen["second"].seed}) == 3
    assert len({lent.scratch, seen["first"].scratch, seen["second"].scratch}) == 3
    assert not seen["first"].scratch.exists()  # once it is trained, nobody needs it
    assert seen["first"].numerics == lent.numerics


def test_a_stage_whose_training_raises_counts_as_untrained(tmp_path: Path) -> None:
    def train(config: Config, lent: Context) -> dict[str, Tensor]:
        lent.log("first", 1, 0.1, loss=1.0)
        (lent.scratch / "checkpoint").write_text("epoch 1")
        raise RuntimeError("out of memory")

    for _ in range(2):  # nor does the second attempt find it trained
        with pytest.raises(RuntimeError, match="out of memory"):
            context(tmp_path).stage("first", Config(), train)
        assert list((tmp_path / "stages").glob("*.safetensors")) == []
    [kept] = (tmp_path / "stages").glob("*/checkpoint")
    assert kept.read_text() == "epoch 1"
    again, log = Counted(), Lines()
    context(tmp_path, log=log).stage("first", Config(), again)
    assert len(again.asked) == 1
    assert [epoch for _, epoch, *_ in log.told] == [1, 2]  # those of the failure are not among them
    assert not kept.exists()


def test_a_stage_that_is_half_written_counts_as_untrained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Any, path: Path, **__: Any) -> None:
        path.write_bytes(b"half a file")
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("safetensors.torch.save_file", broken)
        with pytest.raises(OSError, match="full"):
            context(tmp_path).stage("first", Config(), Counted())
    train = Counted()
    one = context(tmp_path).stage("first", Config(), train)
    assert len(train.asked) == 1
    assert_same_tensors(one, context(tmp_path).stage("first", Config(), never))
    assert list((tmp_path / "stages").glob("*.part")) == []


def test_a_process_waits_for_the_one_that_trains_the_same_stage(tmp_path: Path) -> None:
    twin = in_another_process(train_slowly, tmp_path)
    wait_for(tmp_path / "began")
    log = Lines()
    # Another stage needn't wait: the twin has not ended when this one is trained.
    context(tmp_path).stage("first", Config(width=3), Counted())
    assert not (tmp_path / "ended").exists()
    threading.Timer(0.3, (tmp_path / "go").touch).start()
    found = context(tmp_path, log=log).stage("first", Config(), never)
    assert (tmp_path / "ended").exists()
    twin.join(PATIENCE)
    assert twin.exitcode == 0
    assert found["x"].tolist() == [0, 1, 2, 3]
    assert log.told == [("first", 1, 0.5, {"loss": 2.5})]


def test_a_killed_stage_resumes_from_its_checkpoint(tmp_path: Path) -> None:
    whole_log, resumed_log = Lines(), Lines()
    whole = context(tmp_path / "whole", log=whole_log).stage("first", Config(), train_network_in)
    folder = tmp_path / "killed"
    victim = in_another_process(die_in_epoch_three, folder)
    victim.join(PATIENCE)
    assert victim.exitcode == -signal.SIGKILL
    assert list((folder / "stages").glob("*.safetensors")) == []
    assert [path.name for path in (folder / "stages").glob("*/*")] == ["first.safetensors"]

    steps: list[int] = []
    hook = register_optimizer_step_post_hook(lambda *_: steps.append(1))
    try:
        resumed = context(folder, log=resumed_log).stage("first", Config(), train_network_in)
    finally:
        hook.remove()
    assert len(steps) == (EPOCHS - 3) * 3  # three epochs were behind; three batches each
    assert_same_tensors(resumed, whole)
    assert resumed_log.told == whole_log.told
    assert list((folder / "stages").glob("*/*")) == []


def test_a_stage_resumed_by_another_cell_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", -1.0)
    one = context(tmp_path, log=Lines(stop_after=2))
    with pytest.raises(InterruptedError):
        one.stage("first", Config(), train_network_in)
    other = replace(context(tmp_path, log=(log := Lines())), scratch=tmp_path / "other")
    resumed = other.stage("first", Config(), train_network_in)
    whole = context(tmp_path / "whole").stage("first", Config(), train_network_in)
    assert_same_tensors(resumed, whole)
    assert [epoch for _, epoch, *_ in log.told] == list(range(1, EPOCHS + 1))


def test_the_seconds_of_a_loaded_stage_are_told(tmp_path: Path) -> None:
    def slow(config: Any, lent: Context) -> dict[str, Tensor]:
        time.sleep(0.05)
        return {"weight": torch.zeros(1)}

    first, second = context(tmp_path), context(tmp_path)
    first.stage("pretrain", Config(), slow)
    assert first.stages.spared == []
    second.stage("pretrain", Config(), never)
    assert 0.04 < second.stages.spared[0] < 5
