"""Published results: transcribed without a slip, read strictly, shown only where they belong."""

from __future__ import annotations

from collections import defaultdict
from importlib import resources
from typing import Any

import pytest
from asdbench_leaderboards import _published
from boards import made

KNOWN = "DCASE 2020 Task 2"
TEXT = (
    resources.files("asdbench_leaderboards")
    .joinpath("published", "dcase2020.csv")
    .read_text(encoding="utf-8")
)
HEADER, FIRST = TEXT.splitlines()[:2]


def test_they_belong_to_the_complete_test_set_of_their_subset_only() -> None:
    def found(**board: Any) -> dict[str, list[_published.Published]]:
        return _published.published(made(["knn"], **board))

    assert found() == {}
    assert found(known={"development": "another set"}) == {}
    assert found(known={"evaluation": KNOWN}) == {}  # nobody published those
    assert list(found(known={"development": KNOWN, "evaluation": KNOWN})) == ["development"]
    # Known, but no row has it.
    assert found(subsets=["evaluation"], known={"development": KNOWN}) == {}


def test_results_are_found_by_system_and_machine_type() -> None:
    lines = _published.read(TEXT, "it")
    found = _published.by_system(lines)
    assert list(found) == list(dict.fromkeys(one.system for one in lines))
    assert sum(map(len, found.values())) == len(lines)
    assert found["STgram-MFN"]["fan"].figures["auc"] == pytest.approx(0.9404)


def test_averages_are_those_of_the_machine_types() -> None:
    """A slip of the pen in a machine type or an average would show."""
    by_system = defaultdict(list)
    for one in _published.read(TEXT, "it"):
        by_system[one.system].append(one)
    off = {}
    checked = 0
    for system, (*types, average) in by_system.items():
        assert average.machine == "average"
        for figure in ("auc", "pauc", "mauc"):
            values = [one.figures.get(figure) for one in types]
            if values and None not in values:
                checked += 1
                difference = average.figures[figure] - sum(values) / len(values)
                if abs(difference) > 1.1e-4:
                    off[system, figure] = difference
    assert checked == 11  # five systems with AUC and pAUC, one of them with mAUC too
    # The source itself says 75.44 where its machine types give 75.52.
    assert off == {("AE-ASD IDNN", "auc"): pytest.approx(-0.0008, abs=1e-4)}


def test_figures_are_shares_of_one_and_only_what_the_source_reports() -> None:
    by_place = {(one.system, one.machine): one for one in _published.read(TEXT, "it")}
    fan = by_place["STgram-MFN", "fan"]
    assert fan.figures == pytest.approx({"auc": 0.9404, "pauc": 0.8897, "mauc": 0.8139})
    assert fan.sd is None
    ours = by_place["ASDKit autoencoder", "average"]
    assert ours.figures == pytest.approx({"mean_auc_pauc": 0.6533})
    assert ours.sd == pytest.approx(0.0041)


def test_how_far_each_can_be_trusted_is_said() -> None:
    lines = _published.read(TEXT, "it")
    assert {one.system for one in lines if not one.verified} == {"CLP-SCF"}
    assert {one.system for one in lines if one.chosen_on_test} == {
        "AE-ASD autoencoder",
        "AE-ASD IDNN",
        "STgram-MFN",
        "CLP-SCF",
    }
    pooled = {one.system for one in lines if one.auc_kind.startswith("pooled")}
    assert pooled == {"OS-SCL, log-mel", "OS-SCL, TFgram", "Noisy-ArcMix"}
    assert {one.subset for one in lines} == {"development"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("65.16", "65,16", "there are not 13 cells"),
        ("65.16", "x", "auc is 'x', not a number from 0 to 100"),
        ("65.16", "nan", "auc is 'nan'"),
        ("65.16", "inf", "auc is 'inf'"),
        ("52.59", "-1", "pauc is '-1'"),
        ("52.59", "100.1", "pauc is '100.1'"),
        ("65.16,52.59", ",", "there is none of auc, pauc, mauc, mean_auc_pauc"),
        ("52.59,,,", "52.59,,,0.1", "an sd, but no mean_auc_pauc"),
        (",development,fan", ",dev,fan", "subset is 'dev', not one of"),
        ("mean over machine IDs", "mean", "auc_kind is 'mean', not one of"),
        (",yes,", ",Yes,", "verified is 'Yes', not one of: yes, no"),
        ("last epoch", "", "checkpoint is ''"),
        ("last epoch", " last epoch", "checkpoint is ' last epoch'"),
        ("last epoch", 'last "epoch', None),
        (",last epoch", ',"last epoch', "unexpected end of data"),
        (",yes", "", "there are not 13 cells"),
        (",yes", ",yes,yes", "there are not 13 cells"),
    ],
)
def test_a_bad_line_is_named(old: str, new: str, says: str | None) -> None:
    assert old in FIRST
    text = "\n".join([HEADER, FIRST.replace("fan", "pump"), FIRST.replace(old, new)])
    if says is None:
        assert len(_published.read(text, "results.csv")) == 2
        return
    with pytest.raises(ValueError, match=f"^results.csv, line 3: .*{says}"):
        _published.read(text, "results.csv")


def test_a_system_has_a_machine_type_once() -> None:
    with pytest.raises(ValueError, match=r"line 3: 'official.*' has 'fan' a second time"):
        _published.read("\n".join([HEADER, FIRST, FIRST]), "results.csv")


def test_columns_are_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"results.csv, line 1: columns are not system, subset"):
        _published.read(TEXT.replace("mauc", "worst", 1), "results.csv")


def of_2022(subset: str = "development") -> list[_published.Published]:
    found = _published.published(made(["knn"], known={subset: "DCASE 2022 Task 2"}))
    return found[subset]


def test_another_year_has_figures_of_its_own() -> None:
    results = of_2022()
    assert _published.figures_of(results) == ["auc_source", "auc_target", "pauc_harmonic"]
    by_system = _published.by_system(results)
    ours = by_system["TWFR-GMM"]
    assert ours["valve"].figures["auc_source"] == pytest.approx(0.9599)
    assert ours["average"].chosen_on_test
    assert not by_system["official baseline (autoencoder)"]["average"].chosen_on_test
    assert {one.subset for one in results} == {"development"}


def test_what_development_chose_is_no_choice_on_evaluation() -> None:
    results = of_2022("evaluation")
    assert {one.system for one in results} >= {"TWFR-GMM", "SMOTE-TWFR-GMM"}
    assert all("development's labels" in one.checkpoint for one in results)
    assert not any(one.chosen_on_test for one in results)


def test_machine_types_stand_as_those_of_measured_rows_do() -> None:
    types = ["bearing", "fan", "gearbox", "slider", "valve", "ToyCar", "ToyTrain"]
    assert _published.machines_of(of_2022()) == types  # the first system has two of them only


@pytest.mark.parametrize("subset", ["development", "evaluation"])
def test_averages_of_2022_are_means_of_harmonic_means(subset: str) -> None:
    for of_system in _published.by_system(of_2022(subset)).values():
        types = [one for machine, one in of_system.items() if machine != "average"]
        if len(types) == 7:
            for name, share in of_system["average"].figures.items():
                mean = sum(one.figures[name] for one in types) / 7
                assert share == pytest.approx(mean, abs=2e-4), (of_system["average"].system, name)
