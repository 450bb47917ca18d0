"""The files of a folder, those in zips among them."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

from asdbench.data.folders.listing import Listed, list_files

FAN = "fan/train/normal_id_00_0.wav"


def zipped(path: Path, *members: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as file:
        for member in members:
            file.writestr(member, f"text of {member}")
    return path


def places(path: object) -> list[str]:
    return [entry.where for entry in list_files(str(path)).entries]


def test_all_files_at_any_depth_in_order(tree, tmp_path: Path) -> None:
    tree("b/2.wav", "a.txt", "b/1.wav", "b/c/d/e/f.flac", ".hidden/x.wav", "b/.y")
    (tmp_path / "empty").mkdir()
    expected = [".hidden", "a.txt", "b/.y", "b/1.wav", "b/2.wav", "b/c/d/e/f.flac", "empty"]
    assert places(tmp_path) == expected


def test_links_are_followed_but_not_round_in_circles(tree, tmp_path: Path) -> None:
    tree("real/fan/train/a.wav", at="one")
    (tmp_path / "one/link").symlink_to(tmp_path / "one/real")
    (tmp_path / "one/real/fan/up").symlink_to(tmp_path / "one")
    (tmp_path / "one/nowhere.wav").symlink_to(tmp_path / "gone")
    assert places(tmp_path / "one") == [
        "link/fan/train/a.wav",
        "link/fan/up",
        "nowhere.wav",
        "real/fan/train/a.wav",
        "real/fan/up",
    ]


def test_members_of_zips_have_the_archive_in_their_path(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "dev_fan.zip", FAN)
    expected = Listed(f"dev_data/{FAN}", f"{archive}/{FAN}", str(archive))
    assert expected in list_files(tmp_path).entries
    assert list_files(archive).entries == (expected,)
    assert (expected.name, expected.is_sound, expected.text()) == (
        "normal_id_00_0.wav",
        True,
        f"text of {FAN}",
    )


def test_what_lies_there_unpacked_outranks_the_archive(tree, tmp_path: Path) -> None:
    tree(FAN)  # without dev_data/
    zipped(tmp_path / "dev_fan.zip", FAN, "fan/train/normal_id_00_1.wav")
    expected = ["dev_data/fan/train/normal_id_00_1.wav", "dev_fan.zip", FAN]
    assert places(tmp_path) == expected


def test_zips_lie_in_the_folder_or_in_one_of_its_folders(tree, tmp_path: Path) -> None:
    zipped(tmp_path / "eval_data/fan.zip", FAN)
    zipped(tmp_path / "eval_data/deeper/pump.zip", "pump/train/normal_id_00_0.wav")
    expected = ["eval_data/deeper/pump.zip", "eval_data/fan.zip", f"eval_data/{FAN}"]
    assert places(tmp_path) == expected
    assert places(tmp_path / "eval_data") == ["deeper/pump.zip", f"deeper/{'pump'}/train/normal_id_00_0.wav", "fan.zip", FAN]  # fmt: skip  # noqa: E501


def test_a_broken_zip_is_told(tree, tmp_path: Path) -> None:
    tree("dev_fan.zip", FAN)
    [broken] = list_files(tmp_path).broken
    assert "dev_fan.zip is not a whole zip file" in broken


def test_a_revision_counts_alone(tmp_path: Path) -> None:
    zipped(tmp_path / "dev_fan.zip", "fan/train/normal_id_00_0.wav")
    zipped(tmp_path / "dev_fan_r2.zip", "fan/train/normal_id_00_1.wav")
    assert places(tmp_path)[0] == "dev_data/fan/train/normal_id_00_1.wav"
    assert len(places(tmp_path)) == 3


def test_text_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with pytest.raises(ValueError, match=r"cannot read .*t\.csv: No such file"):
        Listed("t.csv", str(path)).text()
    path.write_bytes(b"\xef\xbb\xbffile")
    assert Listed("t.csv", str(path)).text() == "file"
    path.write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"t\.csv isn't UTF-8 \(byte 0\); save it as UTF-8"):
        Listed("t.csv", str(path)).text()


def test_a_hundred_thousand_files_take_seconds(tmp_path: Path) -> None:
    """Ten thousand here, unpacked and in a zip."""
    names = [f"fan/train/normal_id_00_{number:08d}.wav" for number in range(10_000)]
    (tmp_path / "fan/train").mkdir(parents=True)
    for name in names:
        (tmp_path / name).touch()
    zipped(tmp_path / "dev_pump.zip", *(name.replace("fan", "pump") for name in names))
    begin = time.perf_counter()
    assert len(list_files(tmp_path).entries) == 20_001
    assert time.perf_counter() - begin < 3
