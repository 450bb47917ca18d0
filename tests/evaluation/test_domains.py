"""Official scores: the definitions of 2021 and since 2022, to the last digit, and their spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import hmean
from sections import entry, scored, sections
from sklearn.metrics import roc_auc_score

from asdbench.evaluation.bootstrap import resampled_clips
from asdbench.evaluation.domains import by_domain
from asdbench.evaluation.entries import MachineId, Scored
from asdbench.evaluation.measure import measured
from asdbench.evaluation.on_id import OnId
from asdbench.evaluation.ranking import compared, shown
from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import Grain, OnUnit, Sampled
from asdbench.evaluation.variation import estimate

EPS = np.finfo(float).eps
# What the organisers' evaluator of 2023 printed for their baseline with Mahalanobis distances:
# AUC (source), AUC (target) and pAUC of each machine type, and the official score.
BASELINE_2023 = [
    *(0.836434267021059, 0.7409411378914575, 0.8476602762317048, 0.8130000000000001),
    *(0.6678000000000002, 0.8011999999999999, 0.8383999999999999),
    *(0.5885844748858448, 0.50682261208577, 0.6299533799533801, 0.4622, 0.409, 0.4532, 0.9006),
    *(0.5753594967896497, 0.5955291246144972, 0.6233307541280444, 0.5142105263157895),
    *(0.5089473684210526, 0.5384210526315789, 0.653157894736842),
]
TOTAL_2023 = 0.6105082186925268


def parts_2022(one: Scored, scores: np.ndarray) -> dict[str, float]:
    source = np.array(one.domains) == "source"
    figures = {}
    for name, domain in (("source", source), ("target", ~source)):
        among = domain | one.anomalous
        figures[f"auc_{name}"] = roc_auc_score(one.anomalous[among], scores[among])
    figures["pauc"] = roc_auc_score(one.anomalous, scores, max_fpr=0.1)
    return figures


def parts_2021(one: Scored, scores: np.ndarray) -> dict[str, float]:
    source = np.array(one.domains) == "source"
    figures = {}
    for name, among in (("source", source), ("target", ~source)):
        labels = one.anomalous[among]
        figures[f"auc_{name}"] = roc_auc_score(labels, scores[among])
        figures[f"pauc_{name}"] = roc_auc_score(labels, scores[among], max_fpr=0.1)
    return figures


@pytest.mark.parametrize(("protocol", "parts"), [("2021", parts_2021), ("2022", parts_2022)])
def test_the_official_score_is_that_of_the_definition(protocol: str, parts: Any) -> None:
    ids = sections(0.6)
    [row], _ = compared("development", [entry("knn", ids)], protocol)
    for repeat in range(2):
        each = [parts(one, one.scores[repeat]) for one in ids.values()]
        every = np.maximum([value for of_id in each for value in of_id.values()], EPS)
        assert row.more["official"].values[repeat] == pytest.approx(hmean(every), abs=1e-12)
        for figure in set(each[0]) & set(row.more):
            mean = hmean([of_id[figure] for of_id in each])
            assert row.more[figure].values[repeat] == pytest.approx(mean, abs=1e-12)
    fan = row.machines["fan"]
    both = [
        hmean([*parts(ids[MachineId("fan", i)], one).values()])
        for i in ("00", "01")
        for one in ids[MachineId("fan", i)].scores[:1]
    ]
    assert fan.more["official"].values[0] == pytest.approx(hmean(both), abs=1e-12)
    assert fan.ids["00"].more["official"].values[0] == pytest.approx(both[0], abs=1e-12)


def test_the_organisers_own_numbers_give_their_own_total() -> None:
    assert hmean(BASELINE_2023) == pytest.approx(TOTAL_2023, abs=1e-12)
    by_type = 3 / (1 / np.reshape(BASELINE_2023, (3, 7))).sum(axis=0)
    units = [
        OnUnit([np.array([one])], np.zeros(1), np.zeros((1, 1)), np.zeros((1, 1)), Grain(0, 0), 1)
        for one in by_type
    ]
    sampled = Sampled.joined([("", one) for one in units], of_ids=True, mean="harmonic").linear()
    assert sampled.measured[0] @ sampled.weights() == pytest.approx(TOTAL_2023, abs=1e-12)


def test_scores_that_are_all_wrong_are_held_above_zero() -> None:
    labels, domains = np.array([False, True] * 8), ("source",) * 8 + ("target",) * 8
    perfect = labels.astype(float)[None]
    ids = {
        MachineId("fan", "00"): Scored(labels, -perfect, (), domains),
        MachineId("fan", "01"): Scored(labels, perfect, (), domains),
    }
    [row], _ = compared("development", [entry("wrong", ids)], "2022")
    assert 0 < row.more["official"].mean < 1e-12


def test_its_variance_is_that_of_scores_resampled_as_a_whole() -> None:
    """A harmonic mean is no mean of units: what it is made of is compared with brute force."""
    ids = sections(0.5, repeats=1, n=40)
    found = measured("development", [entry("knn", ids, deterministic=True)], "2022")
    one = estimate(found.figures["official"], found.repeats, {0: 1.0})
    assert one is not None
    assert one.clips is not None
    drawn = []
    for resample in range(300):
        values = []
        for place, clips in enumerate(ids.values()):
            strata = clips.anomalous + 2 * (np.array(clips.domains) == "target")
            counts = resampled_clips(strata, 1, seed=1000 * place + resample)[:, 0].astype(int)
            again = np.repeat(np.arange(len(counts)), counts)
            scores = clips.scores[0][again]
            part = Scored(
                clips.anomalous[again], scores[None], (), tuple(np.array(clips.domains)[again])
            )
            values += parts_2022(part, scores).values()
        drawn.append(hmean(values))
    assert one.clips.variance**0.5 == pytest.approx(np.std(drawn), rel=0.15)


def test_a_better_row_leads_and_is_told_apart_by_the_official_score() -> None:
    entries = [entry("weak", sections(0.2)), entry("strong", sections(1.2))]
    rows, pairs = compared("development", entries, "2022")
    assert [row.label for row in rows] == ["strong", "weak"]
    assert [row.letters["here"] for row in rows] == ["a", "b"]
    assert rows[0].best["here"] == pytest.approx(1, abs=0.05)
    [pair] = [pair for pair in pairs if pair.figure == "official"]
    difference = rows[0].more["official"].mean - rows[1].more["official"].mean
    assert pair.difference == pytest.approx(difference, abs=1e-12)
    assert pair.here is not None
    assert pair.here.low < difference < pair.here.high
    assert pair.n == 6
    assert shown("2022", rows)[:2] == ["official", "auc_source"]


def test_an_id_without_domains_is_left_out_and_rows_without_any_are_ranked_as_in_2020() -> None:
    ids = sections(0.8)
    plain = {of_id: Scored(one.anomalous, one.scores) for of_id, one in ids.items()}
    part = {**ids, MachineId("fan", "00"): plain[MachineId("fan", "00")]}
    [row], _ = compared("development", [entry("knn", part)], "2022")
    assert "official" not in row.machines["fan"].ids["00"].more
    rest = [i for i in ids if i != ("fan", "00")]
    [fewer], _ = compared("development", [entry("knn", {i: ids[i] for i in rest})], "2022")
    assert row.more["official"].values == fewer.more["official"].values
    rows, _ = compared("development", [entry("knn", plain)], "2022")
    assert rows[0].more == {}
    assert shown("2022", rows)[0] == "mean_auc_pauc"


@pytest.mark.parametrize(
    ("missing", "protocol", "there"),
    [((False, True), "2022", False), ((True, True), "2022", True), ((True, True), "2021", False)],
)
def test_every_kind_of_clip_that_a_definition_needs_must_be_there(
    missing: Sequence[bool], protocol: str, there: bool
) -> None:
    one = scored(np.random.default_rng(0), 1.0)
    label, target = missing
    kept = (one.anomalous != label) | ((np.array(one.domains) == "target") != target)
    part = Scored(one.anomalous[kept], one.scores[:, kept], (), tuple(np.array(one.domains)[kept]))
    [row], _ = compared("development", [entry("knn", {MachineId("fan", "00"): part})], protocol)
    assert ("official" in row.more) == there


def test_a_row_that_lacks_a_figure_is_not_ranked_by_it() -> None:
    with pytest.raises(ValueError, match=r"development can't be ranked by f1: no row has it"):
        compared("development", [entry("knn", sections(0.5))], "2022", "f1")
    ids = sections(0.5)
    decided = {i: replace(one, decided=one.scores > 0) for i, one in sections(0.8).items()}
    rows, pairs = compared("development", [entry("a", ids), entry("b", decided)], "2022", "f1")
    assert [row.label for row in rows] == ["b"]
    assert pairs == []


def test_without_domains_there_are_no_figures_of_them() -> None:
    made = entry("knn", sections(0.5))
    of_id = MachineId("fan", "00")
    plain = OnId("development", of_id, [made])
    assert list(by_domain(plain, "2022", [Repeats("knn", (0, 1))])) == []
    told = OnId("development", of_id, [made], by_domain=True)
    names = [name for name, _ in by_domain(told, "2021", [Repeats("knn", (0, 1))])]
    assert names == ["official", "auc_source", "auc_target", "pauc_source", "pauc_target"]


def test_the_example_of_docs_dcase_md() -> None:
    labels = np.array([False, False, False, False, True, True])
    domains = ("source", "source", "target", "target", "source", "target")
    ids = {
        MachineId("fan", "00"): [0.1, 0.4, 0.3, 0.6, 0.5, 0.7],
        MachineId("valve", "00"): [0.2, 0.8, 0.1, 0.3, 0.6, 0.9],
    }
    made = {of_id: Scored(labels, np.array([s]), (), domains) for of_id, s in ids.items()}
    [since_2022], _ = compared("evaluation", [entry("example", made)], "2022")
    of_fan = since_2022.machines["fan"].more
    assert [of_fan[name].mean for name in ("auc_source", "auc_target", "pauc_harmonic")] == (
        pytest.approx([1, 3 / 4, 14 / 19], abs=1e-12)
    )
    assert since_2022.more["official"].mean == pytest.approx(126 / 155, abs=1e-12)
    [in_2021], _ = compared("evaluation", [entry("example", made)], "2021")
    assert in_2021.more["official"].mean == pytest.approx(72 / 91, abs=1e-12)
