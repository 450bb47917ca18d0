"""AUC by kind of clip, on scores worked out by hand and drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from asdbench.evaluation import metrics
from asdbench.evaluation.aggregate import spread_of
from asdbench.evaluation.breakdown import Slice
from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.measure import measured
from asdbench.evaluation.ranking import compared
from asdbench.evaluation.slices import MOST, crowded, placements, slices

FAN, PUMP = MachineId("fan", "00"), MachineId("pump", "01")
Tags = Mapping[str, Mapping[str, str]]


def on(of_id: MachineId, tags: Tags) -> dict[str, dict[str, Tags]]:
    return {of_id.machine: {of_id.id: tags}}


def clips(normal: list[float], anomalous: list[float], *more: list[float]) -> Scored:
    """Named n0, n1, ... and a0, a1, ...; each of ``more`` is another repeat, of all clips."""
    names = [f"n{i}" for i in range(len(normal))] + [f"a{i}" for i in range(len(anomalous))]
    labels = np.array([name[0] == "a" for name in names])
    return Scored(labels, np.array([normal + anomalous, *more], float), tuple(names))


def tagged(tag: str, **values: str) -> Tags:
    return {clip: {tag: value} for clip, value in values.items()}


def means(found: list[Slice], label: str = "one") -> dict[tuple[str, str], float]:
    return {(one.tag, one.value): one.rows[label].mean for one in found if label in one.rows}


def test_a_fault_is_told_apart_from_all_normal_clips_of_its_id(entry: Callable[..., Entry]) -> None:
    scored = clips([0, 1, 2, 3], [1.5, 4, 0.5, 2])
    tags = tagged("fault", a0="leak", a1="leak", a2="belt", a3="belt")
    found = slices("development", [entry("one", {FAN: scored}, [0])], on(FAN, tags))
    # Above 2 and 4 of 4; above 1 and, with a tie, 2.5 of 4.
    assert means(found) == {("fault", "belt"): 3.5 / 8, ("fault", "leak"): 6 / 8}
    assert [(one.normal, one.anomalous, list(one.machines)) for one in found] == [
        (4, 2, ["fan"])
    ] * 2
    assert {one.subset for one in found} == {"development"}


def test_what_normal_clips_have_too_is_told_apart_within_the_value(
    entry: Callable[..., Entry],
) -> None:
    scored = clips([0, 1, 10, 11], [0.5, 2, 9, 12])
    loud = tagged("snr", n0="6", n1="6", a0="6", a1="6", n2="-6", n3="-6", a2="-6", a3="-6")
    found = slices("development", [entry("one", {FAN: scored}, [0])], on(FAN, loud))
    assert means(found) == {("snr", "-6"): 2 / 4, ("snr", "6"): 3 / 4}
    assert [one.value for one in found] == ["-6", "6"]
    assert [one.normal for one in found] == [2, 2]


def test_a_normal_clip_that_is_tagged_by_mistake_changes_no_kind(
    entry: Callable[..., Entry],
) -> None:
    scored = clips([0, 1, 2, 3], [1.5, 4])
    tags = tagged("fault", a0="leak", a1="leak", n0="leak")
    [found] = slices("development", [entry("one", {FAN: scored}, [0])], on(FAN, tags))
    assert (found.normal, found.anomalous) == (4, 2)


def test_a_tag_that_says_of_normal_clips_that_they_are_normal_is_of_anomalies(
    entry: Callable[..., Entry],
) -> None:
    scored = clips([0, 1], [2, 3])
    tags = tagged("fault", n0="none", n1="none", a0="leak", a1="leak")
    found = slices("development", [entry("one", {FAN: scored}, [0])], on(FAN, tags))
    assert means(found) == {("fault", "leak"): 1.0}


def test_ids_with_fewer_than_two_clips_of_a_class_do_not_count(
    entry: Callable[..., Entry],
) -> None:
    ids = {FAN: clips([0, 1], [2, 3]), PUMP: clips([0, 1], [0.5, 3])}
    tags = on(FAN, tagged("fault", a0="leak")) | on(PUMP, tagged("fault", a0="leak", a1="leak"))
    [found] = slices("development", [entry("one", ids, [0])], tags)
    assert (found.machines, found.anomalous, found.rows["one"].mean) == (["pump"], 2, 0.75)
    assert slices("development", [entry("one", {FAN: ids[FAN]}, [0])], tags) == []


def test_machine_types_count_alike_and_rows_without_the_kind_are_not_there(
    entry: Callable[..., Entry],
) -> None:
    scored = {FAN: clips([0, 1], [2, 3]), PUMP: clips([2, 3], [0, 1])}
    other = MachineId("fan", "02")
    tags = {
        "fan": {"00": tagged("fault", a0="x", a1="x"), "02": tagged("fault", a0="x", a1="x")},
        "pump": {"01": tagged("fault", a0="x", a1="x")},
    }
    one = entry("one", {**scored, other: clips([0, 1], [2, 3])}, [0])
    lone = entry("lone", {MachineId("slider", "00"): scored[FAN]}, [0])
    [found] = slices("development", [one, lone], tags)
    assert found.rows["one"].mean == 0.5
    assert set(found.rows) == {"one"}
    assert found.machines == ["fan", "pump"]


def test_tags_with_too_many_values_are_left_out(entry: Callable[..., Entry]) -> None:
    count = 2 * (MOST + 1)
    scored = clips([0, 1], [float(n) for n in range(count)])
    tags = {f"a{n}": {"speed": str(n // 2), "fault": "leak"} for n in range(count)}
    found = slices("development", [entry("one", {FAN: scored}, [0])], on(FAN, tags))
    assert [one.tag for one in found] == ["fault"]
    assert crowded(on(FAN, tags)) == ["speed"]
    assert crowded({}) == []
    assert slices("development", [entry("one", {FAN: scored}, [0])], {}) == []


def test_placements_are_those_of_each_kind_alone() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.random(30) < 0.5, rng.integers(0, 9, (3, 30)).astype(float)
    among = rng.random((2, 30)) < 0.6
    found = placements(labels, scores, among)
    for kind, clips_of in enumerate(among):
        for column, values in enumerate(scores):
            expected = metrics.placements(labels[clips_of], values[clips_of])
            assert found[kind, column][clips_of] == pytest.approx(expected, abs=1e-12)


def drawn(rng: np.random.Generator, better: float, repeats: int, **named: Any) -> Scored:
    labels = np.repeat([False, True], 40)
    names = tuple(f"{'a' if label else 'n'}{i % 40}" for i, label in enumerate(labels))
    common = rng.normal(size=80) + better * labels
    return Scored(labels, common + 0.3 * rng.normal(size=(repeats, 80)), names)


def test_a_slice_of_all_anomalies_says_what_the_figure_says(entry: Callable[..., Entry]) -> None:
    rng = np.random.default_rng(0)
    ids = [MachineId(machine, id) for machine in ("fan", "pump") for id in ("00", "02")]
    entries = [
        entry(label, {of_id: drawn(rng, better, 3) for of_id in ids}, [0, 1, 2])
        for label, better in (("one", 1.0), ("two", 0.5))
    ]
    tags = {
        machine: {id: {f"a{i}": {"any": "one"} for i in range(40)} for id in ("00", "02")}
        for machine in ("fan", "pump")
    }
    [found] = slices("development", entries, tags)
    whole = measured("development", entries)
    for row, one in enumerate(entries):
        spread = found.rows[one.record["label"]]
        values = whole.by_repeat(whole.figures["auc"], row)
        assert spread.values == pytest.approx(values, abs=1e-12)
        assert spread.here is not None
        assert spread.here.low < spread.mean < spread.here.high
    first = entries[0].ids[ids[0]]
    alone = slices("development", [entry("one", {ids[0]: first}, [0, 1, 2])], tags)
    expected = [metrics.auc(first.anomalous, scores) for scores in first.scores]
    assert alone[0].rows["one"].values == pytest.approx(expected, abs=1e-12)


def test_a_row_is_as_far_behind_the_best_as_their_pair_says(entry: Callable[..., Entry]) -> None:
    rng = np.random.default_rng(2)
    ids = [MachineId("fan", id) for id in ("00", "02", "04")]
    made = [
        entry(label, {of_id: drawn(rng, better, 4) for of_id in ids}, range(4))
        for label, better in (("poor", 0.1), ("good", 1.6), ("close", 1.2))
    ]
    tags = {"fan": {id: {f"a{i}": {"any": "one"} for i in range(40)} for id in ("00", "02", "04")}}
    [found] = slices("development", made, tags)
    assert found.best == "good"
    assert set(found.behind) == {"poor", "close"}
    _, pairs = compared("development", made)
    for label, behind in found.behind.items():
        [pair] = [
            one
            for one in pairs
            if one.figure == "auc" and {one.first, one.second} == {"good", label}
        ]
        assert behind.difference == pytest.approx(pair.difference, abs=1e-9)
        assert behind.here
        assert pair.here
        width = behind.here.high - behind.here.low
        assert width == pytest.approx(pair.here.high - pair.here.low, rel=0.2)
        assert behind.here.corrected >= behind.here.p
    poor, close = found.behind["poor"].here, found.behind["close"].here
    assert poor
    assert close
    assert poor.corrected < 0.001 < 0.05 < close.corrected


def test_a_row_that_shares_no_id_with_the_best_is_not_compared(
    entry: Callable[..., Entry],
) -> None:
    scored = clips([0, 1], [2, 3])
    made = [entry("one", {FAN: scored}, [0]), entry("two", {PUMP: clips([0, 3], [1, 4])}, [0])]
    leak = tagged("fault", a0="leak", a1="leak")
    [found] = slices("development", made, on(FAN, leak) | on(PUMP, leak))
    assert (found.best, found.behind) == ("one", {})


def test_its_interval_is_as_wide_as_that_of_resampled_clips(entry: Callable[..., Entry]) -> None:
    rng = np.random.default_rng(1)
    made = entry("one", {FAN: drawn(rng, 1.0, 3)}, [0, 1, 2])
    tags = on(FAN, {f"a{i}": {"any": "one"} for i in range(40)})
    [found] = slices("development", [made], tags)
    whole = measured("development", [made])
    resampled = spread_of(whole, whole.figures["auc"], 0).here
    here = found.rows["one"].here
    assert here
    assert resampled
    assert here.high - here.low == pytest.approx(resampled.high - resampled.low, rel=0.15)
