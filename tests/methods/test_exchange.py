"""Mixed clips and exchanges, on batches of a few numbers."""

from __future__ import annotations

import numpy as np
import torch
from asdbench_methods._exchange import exchanged_features, exchanged_statistics, mixed_waves

ONE_HOT = torch.eye(3)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_clips_and_their_classes_are_mixed_alike() -> None:
    waves, shares = mixed_waves(10 * ONE_HOT, ONE_HOT, 1.0, generator())
    assert torch.allclose(waves, 10 * shares)
    assert torch.allclose(shares.sum(dim=1), torch.ones(3))
    assert ((shares[0] > 0).tolist()) == [True, False, True]  # the first meets the last
    assert shares[1].tolist() == [0, 1, 0]  # the middle one itself


def test_without_a_chance_nothing_is_mixed() -> None:
    waves, shares = mixed_waves(10 * ONE_HOT, ONE_HOT, 0.0, generator())
    assert torch.equal(waves, 10 * ONE_HOT)
    assert torch.equal(shares, ONE_HOT)


def test_half_of_the_clips_are_mixed_and_shares_are_drawn_evenly() -> None:
    labels = torch.eye(2).repeat_interleave(1000, dim=0)
    _, shares = mixed_waves(labels, labels, 0.5, generator())
    mixed = shares[(shares > 0).all(dim=1)]
    assert 0.45 < len(mixed) / 2000 < 0.55
    np.testing.assert_allclose(
        mixed[:, 0].quantile(torch.tensor([0.25, 0.75])), [0.25, 0.75], atol=0.05
    )


def test_statistics_of_each_frame_come_from_the_other_clip() -> None:
    magnitude = torch.rand(2, 6, 4, generator=generator())
    found, shares = exchanged_statistics(magnitude, torch.eye(2), 1.0, generator())
    for clip, other in ((0, 1), (1, 0)):
        for frame in range(4):
            mine, theirs = magnitude[clip, :, frame].numpy(), magnitude[other, :, frame].numpy()
            wanted = (mine - mine.mean()) / mine.std() * theirs.std() + theirs.mean()
            np.testing.assert_allclose(found[clip, :, frame], wanted, rtol=1e-4)
    assert shares.tolist() == [[0, 0, 0.5, 0, 0, 0.5], [0, 0, 0, 0.5, 0.5, 0]]


def test_features_come_whole_from_the_other_clip() -> None:
    z = torch.arange(6.0).view(3, 2)
    found, shares = exchanged_features(z, ONE_HOT, 1.0, generator())
    assert torch.equal(found, z.flip(0))
    assert shares[0].tolist() == [0, 0, 0, 0.5, 0, 0, 0, 0, 0.5]
    kept, shares = exchanged_features(z, ONE_HOT, 0.0, generator())
    assert torch.equal(kept, z)
    assert torch.equal(shares, torch.cat([ONE_HOT, torch.zeros(3, 6)], dim=1))


def test_a_clip_with_a_flat_spectrum_stays_finite() -> None:
    magnitude = torch.stack([torch.zeros(6, 4), torch.rand(6, 4, generator=generator())])
    found, _ = exchanged_statistics(magnitude, torch.eye(2), 1.0, generator())
    assert found.isfinite().all()
