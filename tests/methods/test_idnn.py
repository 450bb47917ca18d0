"""IDNN: the middle frame from the others, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from asdbench_methods.autoencoder import Autoencoder
from asdbench_methods.idnn import IDNN
from id_cells import Cell

from asdbench import Clips

SMALL = {"hidden": 8, "layers": 1, "bottleneck": 2, "epochs": 1, "batch": 64}


def test_a_score_is_the_mean_squared_error_of_the_middle_frames(
    tmp_path: Path, train: Clips, test: Clips
) -> None:
    fitted = Cell(tmp_path).fit(IDNN(frames=3, **SMALL), train)
    bands = train.bands
    assert fitted.network_[0].weight.shape == (8, 2 * bands)
    assert fitted.network_[-1].weight.shape == (bands, 8)
    wanted = []
    for mel_BT in test.logmel():
        errors = []
        for t in range(1, mel_BT.shape[1] - 1):
            others = torch.cat([mel_BT[:, t - 1], mel_BT[:, t + 1]])[None]
            with torch.no_grad():
                errors.append((fitted.network_(others)[0] - mel_BT[:, t]).square().mean().item())
        wanted.append(np.mean(errors))
    np.testing.assert_allclose(fitted.score(test), wanted, rtol=1e-4)


def test_it_never_hears_the_frame_that_it_predicts(
    tmp_path: Path, train: Clips, test: Clips
) -> None:
    fitted = Cell(tmp_path).fit(IDNN(**SMALL), train)
    window = torch.randn(1, 5 * train.bands)
    other = window.clone()
    other[:, 2 * train.bands : 3 * train.bands] += 1
    given, wanted = fitted.training(middle=True).split(window)
    given_too, wanted_too = fitted.training(middle=True).split(other)
    assert torch.equal(given, given_too)
    assert not torch.equal(wanted, wanted_too)


def test_it_learns_something_else_than_the_autoencoder(
    tmp_path: Path, train: Clips, test: Clips
) -> None:
    idnn = Cell(tmp_path).fit(IDNN(**SMALL), train).score(test)
    autoencoder = Cell(tmp_path).fit(Autoencoder(**SMALL), train).score(test)
    assert not np.isclose(idnn, autoencoder).any()


@pytest.mark.parametrize("frames", [1, 4])
def test_a_window_without_a_middle_is_refused(frames: int) -> None:
    with pytest.raises(ValueError, match=f"frames = {frames}; it must be an odd number from 3 on"):
        IDNN(frames=frames)
