"""What the name of a clip says, with all the quirks that names have."""

from __future__ import annotations

import pytest

from asdbench.data.dcase.names import PATTERNS, Naming, has_section, told_by

VEL = (("vel", "6"),)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        # 2020
        ("normal_id_00_00000003.wav", Naming("00", False, None, ())),
        ("id_7b_3.WAV", Naming("7b", None, None, ())),
        ("anomaly_id_00_target_3_vel_6.wav", Naming("00", True, "target", VEL)),
        # 2021 and since
        ("section_00_source_train_normal_0000_vel_6.wav", Naming("00", False, "source", VEL)),
        ("section_02_target_test_anomaly_0099_vel_6_.wav", Naming("02", True, "target", VEL)),
        ("section_00_source_train_normal_0989_.wav", Naming("00", False, "source", ())),
        ("section_00_target_anomaly_0003_vel_6.wav", Naming("00", True, "target", VEL)),
        ("section_00_source_test_normal_0000_noAttribute.wav", Naming("00", False, "source", ())),
        ("section_03_source_test_0000.wav", Naming("03", None, "source", ())),
        ("section_00_0199.wav", Naming("00", None, None, ())),
        ("section_00_test_0199.wav", Naming("00", None, None, ())),
        ("Section_00_Source_Train_Normal_0000_vel_6.WAV", Naming("00", False, "source", VEL)),
        (
            "section_00_source_train_normal_0000_strength_1_ambient.wav",
            Naming("00", False, "source", (("attributes", "strength_1_ambient"),)),
        ),
        ("section_00_source_train_normal_00001_B1s1.wav",  # mixed from ToyADMOS2
         Naming("00", False, "source", (("attributes", "B1s1"),))),
        # none of these
        ("section_00.wav", None),
        ("normal_00000000.wav", None),
        ("section_00_source_train_normal.wav", None),
    ],
)  # fmt: skip
def test_a_name_says(name: str, told: Naming | None) -> None:
    assert told_by(name) == told


@pytest.mark.parametrize(
    ("name", "domain", "attributes"),
    [
        ("section_00_machine_0001_.wav", None, {"supplemental": "machine"}),
        ("section_00_noise_0001_.wav", None, {"supplemental": "noise"}),
        (
            "section_00_machine_source_0000_noAttribute.wav",
            "source",
            {"supplemental": "machine"},
        ),
        (
            "section_00_clean_target_0000_vel_6.wav",
            "target",
            {"supplemental": "machine", "vel": "6"},
        ),
        ("section_00_echo_chamber_0000.wav", None, {"supplemental": "echo_chamber"}),
        ("section_00_0000.wav", None, {}),
    ],
)
def test_a_supplemental_name_says_what_it_is_of(
    name: str, domain: str | None, attributes: dict[str, str]
) -> None:
    told = told_by(name, supplemental=True)
    assert told == Naming("00", None, domain, tuple(attributes.items()))


def test_sections_are_told_from_ids() -> None:
    assert has_section("section_00_0000.wav")
    assert not has_section("id_00_00000000.wav")
    assert "section_<id>" in PATTERNS
