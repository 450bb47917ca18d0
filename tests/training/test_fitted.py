"""What is learned is written down without pickle, or it is said what can't be."""

from __future__ import annotations

import collections
import functools
import json
import weakref
from typing import Any

import numpy as np
import pytest
import torch
from learners import learner
from sklearn.neighbors import KDTree
from torch import nn

from asdbench.training.fitted import NotKeptError, fitted, state_of


def test_what_a_method_learned_is_what_ends_in_an_underscore() -> None:
    found = state_of(
        learner(
            network_=nn.Linear(2, 1),
            mean_=np.array([1.0, 2.0]),
            scale_=torch.tensor(3.0).requires_grad_(),
            words_=["a"],
            cache=torch.zeros(1000),
            _private_=torch.zeros(1000),
        )
    )
    assert set(found) == {"network_.weight", "network_.bias", "mean_", "scale_"}
    assert found["mean_"].tolist() == [1.0, 2.0]
    assert not any(tensor.requires_grad for tensor in found.values())


def test_the_description_is_json_and_what_is_there_twice_is_kept_once() -> None:
    shared = np.arange(3.0)
    found = fitted(learner(one_=shared, two_={"again": shared}))
    assert set(found.tensors) == {"one_"}
    assert json.loads(json.dumps(found.description)) == found.description


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (lambda x: x, r"made_: .*<lambda> can't be kept.*dataclass with __call__"),
        ([{"deep": lambda x: x}], r"made_\.0\.deep: "),
        (weakref.ref(nn.Linear(1, 1)), "made_: "),
        (torch.Generator(), r"made_: .*Generator"),
        (KDTree(np.zeros((3, 1))), r"made_: .*KDTree"),
        (torch.zeros(2, dtype=torch.complex64), "complex64"),
        (np.zeros(1, dtype="M8[s]"), "datetime64"),
        (collections.defaultdict(int), r"a defaultdict can't be kept; make it a dict"),
        (json.JSONDecoder(), r"json\.decoder\.JSONDecoder can't be kept"),
        (functools.partial(lambda x: x, 1), r"made_\.0: "),
    ],
)
def test_what_cant_be_kept_is_named(value: Any, says: str) -> None:
    with pytest.raises(NotKeptError, match=says):
        fitted(learner(made_=value))


def test_a_network_with_hooks_cant_be_kept() -> None:
    network = nn.Linear(1, 1)
    network.register_forward_hook(lambda *_: None)
    with pytest.raises(NotKeptError, match=r"network_: a network with hooks"):
        fitted(learner(network_=network))
