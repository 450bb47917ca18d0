"""SimCLR: its first stage tells each clip's two views from all others, made on the waveform."""

from __future__ import annotations

import pytest
import torch
from asdbench_methods._losses import nt_xent
from asdbench_methods._nets import EncoderConfig
from asdbench_methods._two_stage import Stage1
from asdbench_methods._views import Views, two_views
from asdbench_methods.simclr import SimCLR, ViewPretraining, _contrast_views
from torch import Tensor

from asdbench import Clips, Context


class Heard:
    """A network that remembers what it was given, and embeds each view by a few of its samples."""

    def __call__(self, waves_MS: Tensor, logmel_MBT: Tensor) -> Tensor:
        self.waves_MS, self.logmel_MBT = waves_MS, logmel_MBT
        self.embedding_MD = waves_MS[:, 1000:1008]
        return self.embedding_MD


@pytest.mark.parametrize("temperature", [0.1, 0.5])
def test_its_first_stage_contrasts_two_views_of_each_clip(
    train: Clips, context: Context, temperature: float
) -> None:
    config = ViewPretraining(temperature=temperature, views=Views(kinds=("gain", "shift"), each=1))
    rows, network = torch.tensor([3, 0, 7]), Heard()
    loss = _contrast_views(Stage1(EncoderConfig(), config), train, context)(
        network, rows, torch.Generator().manual_seed(4)
    )
    expected_MS = two_views(
        train.waves(rows),
        config.views,
        sample_rate=16000,
        generator=torch.Generator().manual_seed(4),
    )
    assert torch.equal(network.waves_MS, expected_MS)
    # The log-mel is that of the views, not of the clips.
    torch.testing.assert_close(network.logmel_MBT, train.frontend(expected_MS))
    assert not torch.allclose(network.logmel_MBT[:3], train.logmel(rows))
    assert loss.item() == nt_xent(network.embedding_MD, temperature=temperature).item()


def test_its_recipe_is_that_of_the_proposed_method() -> None:
    recipe = SimCLR()
    assert (recipe.pretraining.epochs, recipe.pretraining.lr) == (101, 5e-4)
    assert recipe.pretraining.temperature == 0.1
    assert (recipe.classifier.epochs, recipe.classifier.lr) == (300, 1e-4)
    assert (recipe.classifier.margin, recipe.classifier.projection) == (1.0, True)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"epochs": -1}, "epochs = -1; it must be at least 0"),
        ({"lr": 0.0}, r"lr = 0\.0; it must be above 0"),
        ({"temperature": -0.1}, r"temperature = -0\.1; it must be above 0"),
    ],
)
def test_impossible_fields(fields: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ViewPretraining(**fields)
