"""What score files and decision files are called, by year."""

from __future__ import annotations

import pytest

from asdbench.data.clips import Clip
from asdbench.results.score_names import (
    DECISIONS,
    SCORES,
    claimed,
    file_name,
    file_names,
    read_name,
)

KNOWN = [("fan", "00"), ("Toy_Car", "01"), ("fan", "03")]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("anomaly_score_fan_id_00.csv", (SCORES, ("fan", "00"))),
        ("anomaly_score_fan_section_00_test.csv", (SCORES, ("fan", "00"))),
        ("decision_result_Toy_Car_section_01_test.csv", (DECISIONS, ("Toy_Car", "01"))),
        ("anomaly_score_fan_section_03_source_test.csv", (SCORES, ("fan", "03"))),
        ("decision_result_fan_section_03_target_test.csv", (DECISIONS, ("fan", "03"))),
        (
            "anomaly_score_DCASE2023T2fan_section_00_test_seed13711_id(0_)_Eval.csv",
            (SCORES, ("fan", "00")),
        ),
        ("anomaly_score_pump_section_00_test.csv", None),
        ("anomaly_score_fan_section_00.csv", None),
        ("scores_fan_section_00_test.csv", None),
        ("anomaly_score_fan_section_00_test.csv.bak", None),
    ],
)
def test_names_of_every_year_are_read(name: str, found: object) -> None:
    assert read_name(name, KNOWN) == found


def test_a_year_s_names_are_those_that_its_challenge_wants() -> None:
    assert file_names(SCORES, "fan", "01", "2020") == ["anomaly_score_fan_id_01.csv"]
    assert file_names(SCORES, "fan", "03", "2021") == [
        "anomaly_score_fan_section_03_source_test.csv",
        "anomaly_score_fan_section_03_target_test.csv",
    ]
    assert file_names(DECISIONS, "Vacuum", "00", "2022") == [
        "decision_result_Vacuum_section_00_test.csv"
    ]


def test_in_2021_a_clip_s_name_tells_which_file_it_is_in() -> None:
    def of(name: str, protocol: str = "2021") -> str:
        return file_name(SCORES, Clip("fan", "03", "evaluation", "test", True, name), protocol)

    assert of("section_03_target_test_0000.wav").endswith("section_03_target_test.csv")
    assert of("section_03_source_test_0000.wav").endswith("section_03_source_test.csv")
    assert of("section_03_target_test_0000.wav", "2022").endswith("section_03_test.csv")


def test_what_a_name_claims_is_told_even_where_there_is_no_such_id() -> None:
    assert claimed("anomaly_score_pump_id_09.csv") == ("pump", "09")
    assert claimed("decision_result_pump_section_04_source_test.csv") == ("pump", "04")
    assert claimed("readme.csv") is None
