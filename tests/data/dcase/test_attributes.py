"""Tags that a file's name tells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from asdbench.data.dcase.attributes import attributes
from asdbench.data.dcase.dataset import Dcase2020


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
