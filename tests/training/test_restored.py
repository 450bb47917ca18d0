"""What was written down is read back as it was, to the last bit, and nothing else is run."""

from __future__ import annotations

import collections
import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from learners import Learner, Odd, Pair, Shade, learner, twice
from sklearn.mixture import GaussianMixture
from torch import nn

from asdbench.config.numerics import Numerics
from asdbench.training.fitted import Fitted, fitted
from asdbench.training.method import Context
from asdbench.training.restored import restore
from asdbench.training.saved import read_fitted, saved
from asdbench.training.stages import Stages


def context(folder: Path = Path("scratch")) -> Context:
    numerics = Numerics(device="cpu", precision="float32")
    return Context(7, numerics, folder, lambda *_, **__: None, Stages(folder, "x"))


def again(made: Learner, folder: Path) -> Any:
    file = folder / "weights.safetensors"
    file.write_bytes(saved(made))
    return restore(Learner, read_fitted(file), context())  # type: ignore[type-abstract]


PLAIN: list[Any] = [
    None,
    True,
    3,
    0.1 + 0.2,
    float("inf"),
    "äöü",
    [1, [2, "x"]],
    (1, (2.5,)),
    {"a": 1, ("fan", "00"): [2]},
    {1, 2},
    frozenset({"x"}),
    collections.OrderedDict(b=1, a=2),
    Path("some/where"),
    torch.float32,
    np.dtype("int16"),
    torch.Size([1, 2]),
    Pair(1, 2),
    Shade.DARK,
    np.float32(0.1),
    np.int64(3),
    Learner(lr=0.5, rest=(Learner(), [Learner()])),
]


@pytest.mark.parametrize("value", PLAIN, ids=str)
def test_values_come_back_as_they_were(tmp_path: Path, value: Any) -> None:
    found = again(learner(value_=value), tmp_path).value_
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(10, dtype=np.float32)[::3],
        np.array(3.0),
        np.zeros((0, 2)),
        np.array([True, False]),
        np.array(["a", "bc"]),
        np.array([("fan", 1), None], dtype=object),
        np.arange(3, dtype=np.uint8),
    ],
)
def test_arrays_come_back_with_their_order_in_memory(tmp_path: Path, array: Any) -> None:
    found = again(learner(array_=array), tmp_path).array_
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    assert (found == array).all()
    assert found.flags.f_contiguous == array.flags.f_contiguous or not array.flags.forc


def test_a_tensors_layout_in_memory_comes_back(tmp_path: Path) -> None:
    weights = torch.randn(4, 3, 2, 2).to(memory_format=torch.channels_last)
    narrow = torch.randn(4, 1, 1, 1).to(memory_format=torch.channels_last)
    found = again(learner(many_=[weights, narrow, torch.randn(6)[::2]]), tmp_path).many_
    assert [x.stride() for x in found[:2]] == [weights.stride(), narrow.stride()]
    assert torch.equal(found[0], weights)
    assert found[2].is_contiguous()


def test_networks_score_the_same_to_the_last_bit(tmp_path: Path) -> None:
    network = Odd()
    network(torch.randn(4, 5, 6))  # moves the running statistics
    network.eval()
    network.first.weight.requires_grad_(False)
    found = again(learner(network_=network), tmp_path).network_
    x = torch.randn(3, 5, 6)
    assert torch.equal(found(x), network(x))
    assert found.second.weight is found.first.weight
    assert not found.first.weight.requires_grad
    assert not found.training
    assert found.state_dict().keys() == network.state_dict().keys()


def test_estimators_of_scikit_learn_score_the_same(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(50, 3))
    mixture = GaussianMixture(2, random_state=0).fit(rows)
    found = again(learner(mixture_=mixture), tmp_path).mixture_
    assert np.array_equal(found.score_samples(rows), mixture.score_samples(rows))


def test_objects_may_refer_to_one_another(tmp_path: Path) -> None:
    one = Learner()
    one.rest = [one]
    network = nn.Linear(1, 1)
    found = again(learner(one_=one, a_=network, b_={"a": network}), tmp_path)
    assert found.one_.rest[0] is found.one_
    assert found.b_["a"] is found.a_


def test_functions_and_the_context_are_found_again(tmp_path: Path) -> None:
    lent = context()
    made = learner(context_=lent, f_=twice, g_=functools.partial(twice, 4))
    found = again(made, tmp_path)
    assert found.f_ is twice
    assert found.g_() == 8
    assert found.context_.seed == 7
    assert found.context_ is not lent


def test_nothing_outside_the_methods_packages_is_looked_up() -> None:
    known = fitted(learner(f_=twice))
    told = json.loads(json.dumps(known.description).replace("method:twice", "os:system"))
    with pytest.raises(ValueError, match=r"os:system isn't of a package"):
        restore(Learner, Fitted(told, {}), context())  # type: ignore[type-abstract]
    told = json.loads(json.dumps(known.description).replace("method:twice", "method:gone"))
    with pytest.raises(ValueError, match=r"there is no method\.gone here"):
        restore(Learner, Fitted(told, {}), context())  # type: ignore[type-abstract]


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 99"):
        restore(Learner, Fitted({"format": 99, "attributes": {}}, {}), context())  # type: ignore[type-abstract]
