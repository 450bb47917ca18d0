"""Figures by domain of one machine ID, and the official scores of DCASE 2021 and since 2022.

Shapes: N clips, C columns (every repeat of every row that has the ID), B resamples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench.evaluation import bootstrap, metrics
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.on_id import OnId
from asdbench.evaluation.protocols import OFFICIAL
from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import LEAST, Grain, OnUnit, covariance, on_unit


class _Area(NamedTuple):
    """A figure of some of the clips: values (C,), in each resample (C, B), and how fine it is."""

    values: Floats
    resampled: Floats
    grain: Grain


def by_domain(one: OnId, protocol: str, repeats: Sequence[Repeats]) -> Iterator[tuple[str, OnUnit]]:
    """The figures that a protocol has of a machine ID; none where it lacks clips of some kind.

    The official score is a harmonic mean over types and sections of what each has as many of; so it
    is the harmonic mean over these of the one within each.
    """
    if one.target is None or not _complete(one, protocol):
        return
    areas = _of_2021(one) if protocol == "2021" else _since_2022(one)
    official = _Area(
        _harmonic([area.values for area in areas.values()]),
        _harmonic([area.resampled for area in areas.values()]),
        Grain.coarsest([area.grain for area in areas.values()]),
    )
    freedom = _fewest(one) - 1
    few = (freedom + 1) / max(freedom, 1)  # n of n clips drawn spread too little by (n - 1) / n
    for name, area in {OFFICIAL: official, **areas}.items():
        unit = on_unit(
            one.by_row(area.values),
            repeats,
            covariance(area.resampled) * few,
            bias=area.resampled.mean(axis=1) - area.values,
            grain=area.grain,
            freedom=freedom,
        )
        yield name, unit


def _of_2021(one: OnId) -> Mapping[str, _Area]:
    """AUC and pAUC within each domain."""
    source, target = _in_domain(one, ~_target(one)), _in_domain(one, _target(one))
    return {
        "auc_source": source[0],
        "auc_target": target[0],
        "pauc_source": source[1],
        "pauc_target": target[1],
    }


def _since_2022(one: OnId) -> Mapping[str, _Area]:
    """AUC of each domain's normal clips against all anomalous ones, and pAUC of all clips."""
    pauc = _Area(one.values[1], one.resampled[1], Grain.of_partial(one.normal, one.anomalous))
    return {
        "auc_source": _in_domain(one, ~_target(one) | one.labels)[0],
        "auc_target": _in_domain(one, _target(one) | one.labels)[0],
        "pauc_harmonic": pauc,
    }


def _in_domain(one: OnId, among: NDArray[np.bool_]) -> tuple[_Area, _Area]:
    """AUC and pAUC of some of the clips."""
    labels, counts = one.labels[among], one.counts[among]
    scores = [of_repeat[among] for of_repeat in one.every]
    resampled = [bootstrap.resampled_areas(labels, of_repeat, counts) for of_repeat in scores]
    anomalous = int(labels.sum())
    normal = len(labels) - anomalous
    return (
        _Area(
            np.array([metrics.auc(labels, of_repeat) for of_repeat in scores]),
            np.array([areas[0] for areas in resampled]),
            Grain.of(normal, anomalous),
        ),
        _Area(
            np.array([metrics.pauc(labels, of_repeat) for of_repeat in scores]),
            np.array([areas[1] for areas in resampled]),
            Grain.of_partial(normal, anomalous),
        ),
    )


def _target(one: OnId) -> NDArray[np.bool_]:
    assert one.target is not None
    return one.target


def _strata(one: OnId) -> Mapping[tuple[bool, bool], int]:
    """How many clips there are of each label and domain."""
    target = _target(one)
    return {
        (label, domain): int(((one.labels == label) & (target == domain)).sum())
        for label in (False, True)
        for domain in (False, True)
    }


def _complete(one: OnId, protocol: str) -> bool:
    """Whether there are normal clips of both domains, and the anomalous ones they are told from."""
    return all(
        count for (label, _), count in _strata(one).items() if protocol == "2021" or not label
    )


def _fewest(one: OnId) -> int:
    """Clips of the label and domain that there are fewest of."""
    return min(count for count in _strata(one).values() if count)


def _harmonic(parts: Sequence[Floats]) -> Floats:
    held = np.maximum(np.array(parts), LEAST)
    found: Floats = 1 / (1 / held).mean(axis=0)
    return found
