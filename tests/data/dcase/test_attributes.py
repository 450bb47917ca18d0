"""Tags that a file's name tells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from asdbench.data.dcase import facts
from asdbench.data.dcase.attributes import attributes, parsed
from asdbench.data.dcase.dataset import Dcase2020
from asdbench.data.dcase.facts import YEARS


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("anomaly_id_00_00000003.wav", {}),
        ("anomaly_id_00_target_00000003.wav", {"domain": "target"}),
        ("id_00_Source_3.WAV", {"domain": "source"}),
        ("Normal_ID_00_target_3.wav", {"domain": "target"}),
        ("anomaly_id_00_3_vel_21_loc_B.wav", {"vel": "21", "loc": "B"}),
        ("normal_id_C1_3_ac_0.03_t_-5_.wav", {"ac": "0.03", "t": "-5"}),
        ("normal_id_00_target_3_spd_28V.wav", {"domain": "target", "spd": "28V"}),
        ("normal_id_00_monday_3.wav", {}),  # what isn't names and values
        ("normal_id_00_3_monday.wav", {}),
        ("normal_id_00_3_3_monday.wav", {}),
        ("normal_id_00_3_vel__loc_B.wav", {}),
        ("normal_id_00_3_vel_1_vel_2.wav", {}),
        ("normal_id_00_target_3_domain_source.wav", {"domain": "target"}),
        ("normal_id_00_target_3_noAttribute.wav", {"domain": "target"}),
    ],
)
def test_what_follows_the_number_are_names_and_values(name: str, tags: Mapping[str, str]) -> None:
    assert attributes(name) == tags


def test_they_are_tags_of_recordings_and_the_table_outranks_them(tmp_path: Path) -> None:
    names = ["normal_id_00_1_load_6.wav", "anomaly_id_00_2_load_9_fault_leak.wav"]
    for name in names:
        path = tmp_path / "fan" / "test" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "tags.csv").write_text(f"file,fault,loud\n{names[1]},rub,yes\n")
    found = {one.clip.name: one.tags for one in Dcase2020(str(tmp_path)).recordings()}
    assert found == {
        names[0]: {"load": "6"},
        names[1]: {"load": "9", "fault": "rub", "loud": "yes"},
    }


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", {}),
        ("noAttribute", {}),
        ("vel_21", {"vel": "21"}),
        ("car_G2_spd_34V_mic_1_noise_6", {"car": "G2", "spd": "34V", "mic": "1", "noise": "6"}),
        ("ac_0.03", {"ac": "0.03"}),
        ("t_-5_", {"t": "-5"}),
        ("pat_04_panel_b-c", {"pat": "04", "panel": "b-c"}),
        ("vel_10_f-n_B", {"vel": "10", "f-n": "B"}),
        ("vol_12000", {"vol": "12000"}),
        (
            "mic_imp34_mic_pos_A_grind_300",
            {"mic": "imp34", "mic_pos": "A", "grind": "300"},
        ),
        ("weight15_BckgF", {"weight": "15", "Bckg": "F"}),
        ("spd1000_BckgC", {"spd": "1000", "Bckg": "C"}),
        ("strength_1_ambient", {"attributes": "strength_1_ambient"}),
        ("1_a", {"attributes": "1_a"}),
        ("a_1_a", {"attributes": "a_1_a"}),
        ("a_1_a_b", {"attributes": "a_1_a_b"}),
        ("a__b_1", {"attributes": "a__b_1"}),
        ("whatever", {"attributes": "whatever"}),
    ],
)
def test_attributes_of_sections_are_never_dropped(text: str, pairs: Mapping[str, str]) -> None:
    assert dict(parsed(text)) == pairs


def test_all_released_attributes_are_names_and_values() -> None:
    for year in YEARS:
        for truth in facts.official_test_clips(year, "evaluation").values():
            assert "attributes" not in dict(parsed(truth.attributes)), truth
