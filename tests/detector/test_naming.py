"""Which machine a recording is of, by its path."""

from __future__ import annotations

from pathlib import Path

import pytest

from asdbench.detector.naming import machine_of

KNOWN = [("fan", "00"), ("fan", "02"), ("pump", "00"), ("pump", "A1")]


@pytest.mark.parametrize(
    ("path", "one"),
    [
        ("dev_data/fan/test/normal_id_02_00000001.wav", ("fan", "02")),
        ("fan/test/section_00_source_test_normal_0001.wav", ("fan", "00")),
        ("pump/id_00/abnormal/00000001.wav", ("pump", "00")),
        ("pump/A1/2026-11-27.flac", ("pump", "A1")),
        ("hall 3/pump/section_A1/x.ogg", ("pump", "A1")),
        ("pump/fan/A1/id_02_7.wav", ("fan", "02")),  # the nearest folder counts
        ("fan/2026-11-28_id_00_12h.wav", ("fan", "00")),
        ("fan/mon-section_02-12.wav", ("fan", "02")),
        ("fan/id_00/x_id_02.wav", ("fan", "02")),  # the file's own name
        ("fan/id_00.wav", ("fan", "00")),
        ("fan/id_07/x.wav", ("fan", "07")),  # never trained on: the detector says so
    ],
)
def test_paths(path: str, one: tuple[str, str]) -> None:
    assert machine_of(Path(path), KNOWN) == one


def test_what_is_given_is_taken() -> None:
    with pytest.raises(ValueError, match="id = 0: give it as text"):
        machine_of(Path("fan/x.wav"), KNOWN, "fan", 0)  # type: ignore[arg-type]
    assert machine_of(Path("pump/A1/x.wav"), KNOWN, "fan", "00") == ("fan", "00")


def test_a_detector_of_one_machine_needs_no_telling() -> None:
    assert machine_of(Path("x.wav"), [("saw", "01")]) == ("saw", "01")
    assert machine_of(Path("x.wav"), [("saw", "01"), ("saw", "02")], id="02") == ("saw", "02")


@pytest.mark.parametrize(
    ("path", "machine", "says"),
    [
        ("x.wav", None, r"which machine type is it: fan, pump\? .*--machine"),
        ("x.wav", "pump", r"which pump is it: 00, A1\? .*--id"),
        ("fan/x.wav", "saw", r"no machine type 'saw'; the detector knows fan, pump"),
    ],
)
def test_what_cant_be_told_is_asked_for(path: str, machine: str | None, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        machine_of(Path(path), KNOWN, machine)
