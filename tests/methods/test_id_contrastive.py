"""The proposed method: its first stage contrasts machine IDs."""

from __future__ import annotations

import pytest
import torch
from asdbench_methods._losses import supervised_contrastive
from asdbench_methods._nets import EncoderConfig
from asdbench_methods._two_stage import Stage1
from asdbench_methods.id_contrastive import IdContrastive, IdPretraining, _contrast_ids
from torch import Tensor, nn

from asdbench import Clips, Context


class Heard(nn.Module):
    """A network that gives back the mean spectrum of a clip."""

    class encoder:  # noqa: N801
        @staticmethod
        def inputs(clips: Clips, rows: Tensor, device: str) -> tuple[None, Tensor]:
            return None, clips.logmel(rows, device)

    def forward(self, _: None, logmel_NBT: Tensor) -> Tensor:
        return logmel_NBT.mean(dim=2) + 50


@pytest.mark.parametrize("temperature", [0.1, 0.5])
@pytest.mark.parametrize("self_in_denominator", [True, False])
def test_its_first_stage_contrasts_the_machine_ids(
    train: Clips, context: Context, temperature: float, self_in_denominator: bool
) -> None:
    config = IdPretraining(temperature=temperature, self_in_denominator=self_in_denominator)
    rows = torch.tensor([0, 5, 1, 9, 14, 15])
    stage = Stage1(EncoderConfig(), config)
    loss = _contrast_ids(stage, train, context)(Heard(), rows, torch.Generator())
    ids = [(train[int(row)].machine, train[int(row)].id) for row in rows]
    labels = torch.tensor([sorted(set(ids)).index(one) for one in ids])
    assert len(set(labels.tolist())) > 2
    expected = supervised_contrastive(
        Heard()(None, train.logmel(rows)),
        labels,
        temperature=temperature,
        self_in_denominator=self_in_denominator,
    )
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)


def test_its_recipe_is_the_papers() -> None:
    recipe = IdContrastive()
    assert (recipe.pretraining.epochs, recipe.pretraining.lr) == (101, 5e-4)
    assert (recipe.pretraining.temperature, recipe.pretraining.self_in_denominator) == (0.1, True)
    assert (recipe.classifier.epochs, recipe.classifier.lr) == (300, 1e-4)
    assert (recipe.classifier.margin, recipe.classifier.projection) == (1.0, True)
    assert recipe.weights is None


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
        IdPretraining(**fields)
