"""The file that a fitted method is kept in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from learners import Learner, learner
from safetensors import safe_open
from safetensors.torch import save
from sklearn.cluster import KMeans
from torch import nn

from asdbench.training.saved import read_fitted, saved


def test_a_file_has_the_tensors_even_where_something_cant_be_kept(tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(saved(learner(network_=nn.Linear(2, 1), far_=lambda x: x)))
    with safe_open(file, framework="pt") as opened:
        assert set(opened.keys()) == {"network_.weight", "network_.bias"}
        assert "far_" in opened.metadata()["not_kept"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"garbage", "can't be read"),
        (save({"network_.weight": torch.zeros(1)}), r"older asdbench.*--force"),
        (saved(learner(far_=lambda x: x)), r"can't be restored \(far_: .*asdbench check"),
    ],
)
def test_a_file_that_holds_no_method_says_so(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "weights.safetensors"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=says):
        read_fitted(file)


def test_the_same_is_written_as_the_same_bytes() -> None:
    def made() -> Learner:
        torch.manual_seed(0)
        rows = np.random.default_rng(0).normal(size=(20, 2))
        found = KMeans(2, n_init=1, random_state=0).fit(rows)
        return learner(network_=nn.Linear(2, 1), found_=found, names_={"b", "a", "c"})

    assert saved(made()) == saved(made())
