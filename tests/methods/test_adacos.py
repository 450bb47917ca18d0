"""AdaCos: the loss against a literal version, and the method from clips to scores."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._adacos import SubClusterAdaCos
from asdbench_methods._scoring import Scoring
from asdbench_methods.adacos import AdaCos, AdaCosTraining
from id_cells import Cell, trained_stages
from told import telling

from asdbench import Clips

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn")
SMALL = AdaCosTraining(width=0.125, clusters=2, epochs=2, batch=8)


def literal(z: Any, centres: Any, shares: Any, clusters: int, scale: float) -> tuple[float, float]:
    """The scale after a batch, and its loss, with loops."""
    unit = [row / np.linalg.norm(row) for row in z]
    cosines = [[float(u @ c / np.linalg.norm(c)) for c in centres] for u in unit]
    angles = []
    for row, of_clip in zip(cosines, shares, strict=True):
        found = sum(
            share * math.acos(row[label * clusters + k])
            for label, share in enumerate(of_clip)
            for k in range(clusters)
        )
        angles.append(found * sum(share > 0 for share in of_clip))
    median = sorted(angles)[(len(angles) - 1) // 2]
    mean = np.mean([sum(math.exp(scale * c) for c in row) for row in cosines])
    scale = math.log(mean) / math.cos(min(math.pi / 4, median))
    loss = 0.0
    for row, of_clip in zip(cosines, shares, strict=True):
        logits = [math.exp(scale * c) for c in row]
        for label, share in enumerate(of_clip):
            inside = sum(logits[label * clusters : (label + 1) * clusters])
            loss -= share * math.log(inside / sum(logits))
    return scale, loss / len(z)


@pytest.mark.parametrize("clusters", [1, 3])
def test_loss_and_scale_are_the_papers(clusters: int) -> None:
    torch.manual_seed(0)
    head = SubClusterAdaCos(4, embedding=5, clusters=clusters)
    assert head.scale.item() == pytest.approx(math.sqrt(2) * math.log(4 * clusters - 1))
    z, shares = torch.randn(6, 5), torch.eye(4)[[0, 1, 2, 3, 0, 1]]
    shares[2] = torch.tensor([0.0, 0.25, 0.75, 0.0])
    numbers = z.double().numpy(), head.centres_MD.detach().double().numpy(), shares.numpy()
    scale = head.scale.item()
    for _ in range(3):  # the scale goes on from where it was
        scale, loss = literal(*numbers, clusters, scale)
        assert head(z, shares).item() == pytest.approx(loss, rel=1e-4)
        assert head.scale.item() == pytest.approx(scale, rel=1e-4)
    head.eval()(z, shares)
    assert head.scale.item() == pytest.approx(scale, rel=1e-4)


def test_a_small_median_angle_is_taken_as_it_is() -> None:
    head = SubClusterAdaCos(2, embedding=2, clusters=1)
    with torch.no_grad():
        head.centres_MD.copy_(torch.eye(2))
    z = torch.tensor([[1.0, math.tan(0.3)], [1.0, math.tan(0.1)], [1.0, math.tan(0.2)]])
    shares = torch.eye(2)[[0, 0, 0]]
    numbers = z.double().numpy(), np.eye(2), shares.numpy()
    wanted, _ = literal(*numbers, 1, head.scale.item())
    head(z, shares)
    assert head.scale.item() == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("trained", [True, False])
def test_only_trained_centres_have_gradients_and_the_scale_is_kept(trained: bool) -> None:
    head = SubClusterAdaCos(3, embedding=4, trained=trained)
    z = torch.randn(2, 4, requires_grad=True)
    head(z, torch.eye(3)[:2]).backward()
    assert (head.centres_MD.grad is not None) == trained
    assert z.grad is not None
    assert "scale" in head.state_dict()


def test_an_embedding_of_many_sizes_has_finite_loss() -> None:
    head = SubClusterAdaCos(2, embedding=3)
    z = torch.tensor([[1e-20, 0, 0], [1e20, 0, 0], [0.0, 0, 0]])
    assert head(z, torch.eye(2)[[0, 1, 0]]).isfinite()


def fitted(folder: Path, clips: Clips, **fields: Any) -> AdaCos:
    made: AdaCos = Cell(folder).fit(AdaCos(**({"training": SMALL} | fields)), clips)
    return made


def test_rows_that_differ_in_scoring_share_their_training(
    tmp_path: Path, train: Clips, test: Clips
) -> None:
    one = fitted(tmp_path, train)
    [stage] = trained_stages(tmp_path / "stages", "network")
    other = fitted(tmp_path, train, scoring=Scoring(by="neighbours"))
    assert trained_stages(tmp_path / "stages", "network") == [stage]
    scores = one.score(test.blind()), other.score(test.blind())
    assert not np.isclose(*scores).all()
    assert all(np.isfinite(one).all() for one in scores)


def test_several_networks_add_up(tmp_path: Path, train: Clips, test: Clips) -> None:
    two = fitted(tmp_path, train, networks=2)
    assert len(trained_stages(tmp_path / "stages", "network")) == 2
    first = fitted(tmp_path, train).score(test.blind())
    assert len(trained_stages(tmp_path / "stages", "network")) == 2  # the first of the two
    parts = [memory.score(test.blind()) for memory in two.scorer_.memories]
    assert np.array_equal(parts[0], first)
    assert not np.isclose(parts[0], parts[1]).all()
    np.testing.assert_allclose(two.score(test.blind()), parts[0] + parts[1], rtol=1e-12)
    held_out = [memory.train_scores(train) for memory in two.scorer_.memories]
    np.testing.assert_allclose(two.train_scores(train), sum(held_out), rtol=1e-12)


def test_domains_and_attributes_make_classes(tmp_path: Path, train: Clips, test: Clips) -> None:
    told = telling(
        train,
        lambda place, clip: replace(
            clip, domain="source" if place % 4 else "target", attributes=(("load", str(place % 2)),)
        ),
    )
    plain = fitted(tmp_path / "one", train).score(test.blind())
    found = fitted(tmp_path / "two", told)
    assert not np.isclose(found.score(test.blind()), plain).all()
    assert np.isfinite(found.train_scores(told)).all()


@pytest.mark.parametrize("changed", [{"mixup": 0.0}, {"exchange": 0.0}, {"clusters": 3}])
def test_every_field_of_training_matters(
    tmp_path: Path, train: Clips, test: Clips, changed: dict[str, Any]
) -> None:
    before = fitted(tmp_path / "one", train).score(test.blind())
    after = fitted(tmp_path / "two", train, training=replace(SMALL, **changed)).score(test.blind())
    assert not np.isclose(before, after).all()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"mixup": 1.5}, r"mixup = 1\.5; it must be from 0 to 1"),
        ({"exchange": -0.1}, r"exchange = -0\.1"),
        ({"batch": 1}, "batch = 1; it must be at least 2"),
        ({"width": 0.0}, r"width = 0\.0; it must be above 0"),
    ],
)
def test_wrong_fields_are_named(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        AdaCosTraining(**fields)


def test_there_must_be_a_network_and_two_clips(tmp_path: Path, train: Clips) -> None:
    with pytest.raises(ValueError, match="networks = 0; it must be at least 1"):
        AdaCos(networks=0)
    with pytest.raises(ValueError, match="needs at least two training clips"):
        fitted(tmp_path, train.pick([0]))
