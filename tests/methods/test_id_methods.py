"""The ID methods as wholes: repeatable, resumed bit for bit, and able to learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._id_model import Batching
from asdbench_methods._nets import EncoderConfig
from id_cells import (
    CPU,
    LOGMEL,
    METHODS,
    WITH_TGRAM,
    Cell,
    Claiming,
    assert_same_bits,
    ids_of,
    method,
)
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_post_hook

from asdbench import Clips
from asdbench.training import checkpoint
from asdbench.training.fitted import state_of

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn", "shallow")


@pytest.mark.parametrize("name", METHODS)
def test_the_same_seed_gives_the_same_bits_and_another_others(
    tmp_path: Path, train: Clips, test: Clips, name: str
) -> None:
    def fit(folder: str, seed: int) -> Any:
        return Cell(tmp_path / folder, seed).fit(method(name, encoder=WITH_TGRAM), train)

    one = fit("1", 1)
    torch.rand(7)  # whatever was drawn before
    assert_same_bits(one, fit("2", 1), test)
    other = fit("3", 2)
    a, b = state_of(one), state_of(other)
    # Neither the weights' start nor their way from there: each kind of layer differs.
    for part in (
        "encoder.stem.conv.weight",
        "encoder.pool.norm.running_mean",
        "arcface.centres_CD",
    ):
        assert not torch.equal(a[f"model_.{part}"], b[f"model_.{part}"]), part
    assert not np.isclose(one.score(test), other.score(test)).any()


@pytest.mark.parametrize(
    ("name", "stage", "fields"),
    [
        ("id_classifier", "classify", {}),
        ("simclr", "pretrain", {}),
        ("simclr", "classify", {}),
        ("id_contrastive", "pretrain", {"contrast": 0.5}),
        ("id_contrastive", "classify", {"contrast": 0.5}),
    ],
)
def test_resumed_is_uninterrupted_bit_for_bit(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    train: Clips,
    test: Clips,
    name: str,
    stage: str,
    fields: dict[str, Any],
) -> None:
    def fresh() -> Any:
        return method(name, first=2, epochs=2, **fields)

    whole_cell = Cell(tmp_path / "whole")
    whole = whole_cell.fit(fresh(), train)
    monkeypatch.setattr(checkpoint, "CHECKPOINT_SECONDS", -1.0)
    with pytest.raises(InterruptedError):
        Cell(tmp_path / "cut", stop=(stage, 1)).fit(fresh(), train)
    torch.rand(3)
    steps: list[int] = []
    hook = register_optimizer_step_post_hook(lambda *_: steps.append(1))
    resumed_cell = Cell(tmp_path / "cut")
    try:
        resumed = resumed_cell.fit(fresh(), train)
    finally:
        hook.remove()
    # Of each stage's two steps, one was behind, and all of stage 1 where stage 2 was cut.
    assert len(steps) == (3 if stage == "pretrain" else 1)
    assert_same_bits(whole, resumed, test)
    assert resumed_cell.told == whole_cell.told


def thorough(name: str) -> Any:
    """Steps enough for BatchNorm's running statistics, by which clips are scored, to settle."""
    batch = Batching(size=8)
    return method(name, first=8, epochs=25, warm_epochs=12, lr=1e-2, batch=batch)


@pytest.mark.parametrize("name", METHODS)
def test_it_learns_to_tell_the_ids_apart(
    tmp_path: Path, train: Clips, test: Clips, claiming: Claiming, name: str
) -> None:
    cell = Cell(tmp_path)
    fitted = cell.fit(thorough(name), train)
    figures = [figures for stage, *_, figures in cell.told if stage == "classify"]
    assert np.mean([epoch["accuracy"] for epoch in figures[-5:]]) > 0.9
    assert figures[-1]["loss"] < 0.5 * figures[0]["loss"]

    def rightly_and_wrongly(clips: Clips) -> tuple[np.ndarray, np.ndarray]:
        """Normal clips' scores under their own ID, (N,), and under the others, (N, C - 1)."""
        normal = np.array([not clip.anomalous for clip in clips])
        own = np.array([[(c.machine, c.id) == one for one in ids_of(train)] for c in clips])
        scores_NC = np.stack([fitted.score(claiming(clips, *one)) for one in ids_of(train)], axis=1)
        return scores_NC[own & normal[:, None]], scores_NC[~own & normal[:, None]]

    rightly, wrongly = rightly_and_wrongly(train)
    assert rightly.max() < wrongly.min()
    # Four clips an ID don't teach every clip never heard, on every CPU.
    rightly, wrongly = rightly_and_wrongly(test)
    assert rightly.mean() < 0.5 * wrongly.mean()


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_compiled_it_learns_the_same(tmp_path: Path, train: Clips, name: str) -> None:
    losses = []
    for numerics in (CPU, replace(CPU, compile=True)):
        cell = Cell(tmp_path / str(numerics.compile), numerics=numerics)
        cell.fit(method(name, first=2, epochs=2), train)
        losses.append([figures["loss"] for *_, figures in cell.told])
    assert losses[1] == pytest.approx(losses[0], rel=1e-2)
    assert losses[1] != losses[0]  # or nothing was compiled


class Deaf(Clips):
    """Clips whose log-mel is as it was, but whose waveform is silence."""

    def __init__(self, clips: Clips) -> None:
        super().__init__(*clips.__reduce__()[1])

    def waves(self, indices: Sequence[int] | None = None, device: str = "cpu") -> Tensor:
        return torch.zeros_like(super().waves(indices, device))

    def blind(self) -> Clips:
        return self


@pytest.mark.parametrize("name", ["id_classifier", "id_contrastive"])
@pytest.mark.parametrize(("encoder", "ignores"), [(LOGMEL, True), (WITH_TGRAM, False)])
def test_only_the_logmel_variant_ignores_the_waveform(
    tmp_path: Path, train: Clips, test: Clips, name: str, encoder: EncoderConfig, ignores: bool
) -> None:
    def scores(folder: str, train: Clips, test: Clips) -> Any:
        short = method(name, encoder=encoder)
        return Cell(tmp_path / folder).fit(short, train).score(test)

    heard = scores("heard", train, test)
    deaf = scores("deaf", Deaf(train), Deaf(test))
    assert np.array_equal(heard, deaf) is ignores
