"""Scores against training clips are the same as networks, whatever the scorer and normaliser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._as_network import (
    ByIdNetwork,
    MeanNetwork,
    MixtureNetwork,
    NearestNetwork,
    RelativeNetwork,
    SmallestNetwork,
    SumNetwork,
    euclid,
    half_squares,
    less_cosines,
)
from asdbench_methods._normalise import Density
from asdbench_methods._per_id import PerId
from asdbench_methods._references import Made, Normaliser
from asdbench_methods._scorers import Centres, Mahalanobis, Mixture, Neighbours
from embedded import around
from torch import Tensor, nn

IDS = [("fan", "00")] * 9 + [("fan", "02")] * 7 + [("fan", "04")]
ASKED = [("fan", "00"), ("fan", "02"), ("fan", "04"), ("fan", "unknown")]
SCORERS = {
    "neighbours": Neighbours(2),
    "exact": Neighbours(1, exact=True),
    "cosine": Neighbours(2, cosine=True),
    "centres": Centres(3),
    "cosine-centres": Centres(3, cosine=True),
    "mixture": Mixture(),
    "mahalanobis": Mahalanobis(),
}
NORMALISERS = {
    "none": Normaliser(),
    "ratio": Normaliser(density=Density(2)),
    "difference": Normaliser(density=Density(2, "difference")),
    "nearest": Normaliser("nearest"),
    "apart": Normaliser("apart", Density(1)),
}


class Itself(nn.Module):
    """Waveforms are embeddings already."""

    def forward(self, waves_NS: Tensor, logmel_NBT: Tensor) -> Tensor:
        return waves_NS


def network_of(known: PerId) -> ByIdNetwork:
    distances = [known.distance(one).as_network() for one in ASKED]
    return ByIdNetwork(Itself(), distances, lengths=known.lengths)


@pytest.mark.parametrize("lengths", [False, True])
@pytest.mark.parametrize("normaliser", NORMALISERS.values(), ids=NORMALISERS)
@pytest.mark.parametrize("scorer", SCORERS.values(), ids=SCORERS)
def test_the_distance_to_each_id_is_that_of_its_scorer(
    scorer: Any, normaliser: Normaliser, lengths: bool
) -> None:
    train_ND = np.concatenate([around(0, 9), around(1, 7, spread=0.2), around(2, 1)])
    domains = ["source", "source", "target"] * 6
    made = Made(around(0, 2, spread=0.1, seed=3), [("fan", "00")] * 2, ["target"] * 2)
    known = PerId(scorer, normaliser, lengths).fit(train_ND, IDS, domains[: len(IDS)], made)
    query_QD = np.concatenate([around(0, 5, spread=0.3, seed=1), 2 * around(1, 5, seed=2)])
    with torch.inference_mode():
        found_QI = network_of(known)(torch.from_numpy(query_QD), torch.empty(0)).numpy()
    wanted_QI = np.stack([known.score(query_QD, [one] * len(query_QD)) for one in ASKED], axis=1)
    np.testing.assert_allclose(found_QI, wanted_QI, rtol=1e-7, atol=1e-7)


def test_equal_training_clips_are_no_division_by_zero() -> None:
    known = PerId(Mahalanobis(), NORMALISERS["ratio"]).fit(around(0, 17, spread=0), IDS)
    query_QD = around(1, 3)
    found_QI = network_of(known)(torch.from_numpy(query_QD), torch.empty(0)).numpy()
    wanted_Q = known.score(query_QD, ASKED[:1] * 3)
    np.testing.assert_allclose(found_QI[:, 0], wanted_Q, rtol=1e-7)


def test_scores_that_depend_on_the_clips_beside_them_say_so() -> None:
    known = PerId(Neighbours(), Normaliser("transductive")).fit(around(0, 17), IDS, ["a"] * 17)
    with pytest.raises(ValueError, match="standardised by those of the other clips"):
        network_of(known)


def test_distances_are_what_they_are_called() -> None:
    x_ND, rows_RD = torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 0.0], [3.0, 4.0]])
    assert euclid(x_ND, rows_RD).tolist() == [[5, 0]]
    assert half_squares(x_ND, rows_RD).tolist() == [[12.5, 0]]
    assert less_cosines(x_ND / 5, rows_RD / 5).tolist() == [[1, 0]]


def test_each_network_is_its_formula() -> None:
    x_ND = torch.tensor([[3.0, 4.0]], dtype=torch.float64)
    rows, unit = np.array([[0.0, 0.0], [3.0, 0.0]]), np.eye(2)
    assert NearestNetwork(euclid, rows, 5)(x_ND).item() == pytest.approx(4.5)
    levels = np.array([1.0, 8.0])
    assert NearestNetwork(euclid, rows, 1, levels)(x_ND).item() == pytest.approx(0.5)
    assert NearestNetwork(euclid, rows, 1, levels, reduced=True)(x_ND).item() == -4
    normal = MixtureNetwork(rows, np.stack([unit, unit]))
    assert normal(x_ND).item() == pytest.approx(8 + np.log(2 * np.pi))
    plain = MeanNetwork(rows[0], 2 * unit)
    assert plain(x_ND).item() == pytest.approx(2.5)
    usual = np.array([9.0, 0.5])
    for reduced, wanted in ((False, 5.0), (True, 2.0)):
        relative = RelativeNetwork(plain, rows, usual, 1, reduced=reduced, least=0.1)
        assert relative(x_ND).item() == pytest.approx(wanted)
    smallest = SmallestNetwork([plain, plain], [(0.0, 1.0), (0.5, 2.0)])
    assert smallest(x_ND).item() == pytest.approx(1.0)
    both = SumNetwork([ByIdNetwork(Itself(), [plain], lengths=True)] * 2)
    assert both(x_ND, x_ND).item() == pytest.approx(5.0)
