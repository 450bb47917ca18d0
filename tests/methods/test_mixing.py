"""ArcMix and Noisy-ArcMix against literal versions, and that nothing else differs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._id_model import IdModel
from asdbench_methods._losses import ArcFace
from asdbench_methods._mixing import Blend
from id_cells import METHODS, Cell, method

from asdbench import Clips
from asdbench.config.keys import plain

LABELS = torch.tensor([0, 1, 2, 1])
BLEND = Blend(torch.tensor(0.25), torch.tensor([2, 0, 3, 1]))


def log_probability(z: Any, centres: Any, margin_on: int, asked: int) -> float:
    cosines = [float(c @ z / np.linalg.norm(c) / np.linalg.norm(z)) for c in centres]
    angle = math.acos(cosines[margin_on])
    beyond = angle >= math.pi - 0.7
    line = cosines[margin_on] - 0.7 * math.sin(math.pi - 0.7)
    cosines[margin_on] = line if beyond else math.cos(angle + 0.7)
    logits = [30 * cosine for cosine in cosines]
    return logits[asked] - math.log(sum(math.exp(logit) for logit in logits))


@pytest.mark.parametrize("mix", ["arcmix", "noisy-arcmix"])
def test_the_loss_is_the_papers(mix: Any) -> None:
    torch.manual_seed(0)
    arcface, z_ND = ArcFace(3, embedding=4), torch.randn(4, 4)
    centres = arcface.centres_CD.detach().double().numpy()
    total = 0.0
    for place, first in enumerate(LABELS.tolist()):
        second = LABELS[BLEND.others[place]].item()
        z = z_ND[place].double().numpy()
        total -= 0.25 * log_probability(z, centres, first, first)
        noisy = first if mix == "noisy-arcmix" else second
        total -= 0.75 * log_probability(z, centres, noisy, second)
    found = BLEND.loss(arcface, z_ND, LABELS, mix)
    assert found.item() == pytest.approx(total / 4, rel=1e-5)


def test_waveform_and_log_mel_are_mixed_alike() -> None:
    waves, mel = torch.randn(4, 8), torch.randn(4, 2, 3)
    mixed_waves, mixed_mel = BLEND.of((waves, mel))
    assert mixed_waves is not None
    for place, other in enumerate(BLEND.others):
        assert torch.allclose(mixed_waves[place], 0.25 * waves[place] + 0.75 * waves[other])
        assert torch.allclose(mixed_mel[place], 0.25 * mel[place] + 0.75 * mel[other])
    assert BLEND.of((None, mel))[0] is None


def test_shares_are_drawn_from_beta() -> None:
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    shares = torch.stack([Blend.drawn(4, 0.5, generator).share for _ in range(2000)])
    assert shares.mean() == pytest.approx(0.5, abs=0.03)
    assert shares.var() == pytest.approx(1 / 8, abs=0.01)  # of Beta(1/2, 1/2), the arcsine law
    assert sorted(Blend.drawn(4, 0.5, generator).others.tolist()) == [0, 1, 2, 3]


@pytest.mark.parametrize("name", METHODS)
def test_only_batch_and_loss_differ(tmp_path: Path, train: Clips, test: Clips, name: str) -> None:
    fields: dict[str, Any] = {
        "none": {},
        "arcmix": {"mix": "arcmix"},
        "noisy": {"mix": "noisy-arcmix"},
        "os-scl": {
            "mix": "noisy-arcmix",
            "contrast": 0.02 / 0.07,
            "contrast_head": False,
            "temperature": 0.02,
            "self_in_denominator": False,
        },
    }
    found = {}
    for label, more in fields.items():
        fitted = Cell(tmp_path / label).fit(method(name, **more), train)
        shapes = {key: tensor.shape for key, tensor in fitted.model_.state_dict().items()}
        found[label] = (shapes, fitted.score(test.blind()))
        again = Cell(tmp_path / f"{label}-again").fit(method(name, **more), train)
        assert np.array_equal(again.score(test.blind()), found[label][1])
    assert all(shapes == found["none"][0] for shapes, _ in found.values())
    scores = [scores for _, scores in found.values()]
    for place, one in enumerate(scores):
        assert not any(np.array_equal(one, other) for other in scores[:place])


def test_a_model_starts_from_the_same_weights(train: Clips) -> None:
    made = []
    for mix in ("none", "noisy-arcmix"):
        mixes = method("id_classifier", mix=mix)
        torch.manual_seed(3)
        made.append(IdModel(mixes.encoder, mixes.classifier, train).state_dict())
    assert all(torch.equal(made[0][name], made[1][name]) for name in made[0])


def test_without_mixing_the_key_is_what_it_was() -> None:
    fields = plain(method("id_classifier").classifier)
    assert not fields.keys() & {"mix", "mix_alpha", "contrast_head", "temperature"}
