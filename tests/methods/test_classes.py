"""What the ID methods tell apart: classes of training clips, and what a test clip claims."""

from __future__ import annotations

from typing import Any

import pytest
from asdbench_methods._classes import Classes, check_classes

from asdbench import Clip, Clips

SLOW, FAST = (("vel", "slow"),), (("vel", "fast"),)


def clip(machine: str, id: str, attributes: Any = (), domain: str | None = None) -> Clip:
    return Clip(machine, id, "development", "train", None, None, domain, attributes)


TRAIN: Any = [
    clip("fan", "02", SLOW, "source"),
    clip("fan", "00", FAST, "target"),
    clip("fan", "00", SLOW, "source"),
    clip("fan", "00", SLOW, "target"),
    clip("pump", "00", SLOW, "source"),
    clip("valve", "00"),
]


def test_ids() -> None:
    made = Classes.of(TRAIN, "id")
    assert made.names == (("fan", "00"), ("fan", "02"), ("pump", "00"), ("valve", "00"))
    assert made.label(TRAIN) == [1, 0, 0, 0, 2, 3]
    assert made.claimed(clip("fan", "02")) == (1,)
    assert made.claimed(clip("fan", "06")) == (0, 1)
    assert made.claimed(clip("slider", "00")) == (0, 1, 2, 3)


def test_attributes_within_a_machine_type_whatever_the_id_and_the_domain() -> None:
    made = Classes.of(TRAIN, "attributes")
    assert made.names == (("fan", FAST), ("fan", SLOW), ("pump", SLOW), ("valve", ()))
    assert made.label(TRAIN) == [1, 0, 1, 1, 2, 3]
    assert made.claimed(clip("fan", "00")) == (0, 1)
    assert made.claimed(clip("fan", "02")) == (1,)
    assert made.claimed(clip("valve", "09")) == (3,)


def test_all_that_is_told() -> None:
    made = Classes.of(TRAIN, "id+attributes+domain")
    assert len(made) == 6
    assert made.label(TRAIN) == [3, 0, 1, 2, 4, 5]
    assert made.claimed(clip("fan", "00")) == (0, 1, 2)
    assert made.claimed(clip("fan", "07")) == (0, 1, 2, 3)


def test_the_order_of_attributes_is_none() -> None:
    one, other = (("a", "1"), ("b", "2")), (("b", "2"), ("a", "1"))
    train: Any = [clip("fan", "00", one), clip("fan", "00", other)]
    assert len(Classes.of(train, "attributes")) == 1


def test_one_class_is_an_error_that_says_what_would_make_more() -> None:
    check_classes(TRAIN, "id")
    one_id: Any = TRAIN[1:4]
    with pytest.raises(ValueError, match=r"one machine ID only \(fan 00\)") as caught:
        check_classes(one_id, "id")
    assert 'labels = "attributes" would have 2 classes' in str(caught.value)
    assert 'labels = "id+attributes+domain" would have 3 classes' in str(caught.value)
    same: Any = [clip("fan", "00"), clip("fan", "02")]
    with pytest.raises(ValueError, match=r"there is one class only") as caught:
        check_classes(same, "attributes")
    assert 'labels = "id" would have 2 classes' in str(caught.value)


def test_with_nothing_told_there_is_nothing_to_recommend_but_distances(train: Clips) -> None:
    with pytest.raises(ValueError, match=r'scoring\.by = "mahalanobis" needs none') as caught:
        check_classes(train.where(machine="fan", id="00"), "id")
    assert "would have" not in str(caught.value)
