"""The dense networks' scores as networks of a clip's log-mel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._dense_nets import ErrorsNetwork, SelectiveNetwork
from asdbench_methods.autoencoder import Autoencoder
from asdbench_methods.idnn import IDNN

from asdbench import Clips, Context

IDS = [("fan", "00"), ("fan", "02")]
SMALL: Any = {"epochs": 1, "hidden": 8, "batch": 64}
METHODS = {
    "squared": (Autoencoder(**SMALL), ErrorsNetwork),
    "mahalanobis": (Autoencoder(**SMALL, scoring="mahalanobis"), SelectiveNetwork),
    "frames": (Autoencoder(**SMALL, scoring="mahalanobis-frames"), SelectiveNetwork),
    "idnn": (IDNN(**SMALL), ErrorsNetwork),
    "one-frame": (Autoencoder(**SMALL, frames=1), ErrorsNetwork),
}


@pytest.mark.parametrize(("method", "kind"), METHODS.values(), ids=METHODS)
def test_a_network_scores_as_the_method_for_every_id(
    method: Any, kind: type, small_clips: Clips, context: Context
) -> None:
    clips = small_clips.where(machine="fan")
    method.fit(clips.where(split="train").blind(), context)
    network = method.as_network(IDS)
    assert isinstance(network, kind)
    with torch.inference_mode():
        found_NI = network(clips.waves(), clips.logmel()).numpy()
    for column in found_NI.T:
        np.testing.assert_allclose(column, method.score(clips.blind()), rtol=1e-5)
