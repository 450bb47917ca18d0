"""Archives: unpacked into their folder, and those that nothing may be unpacked of."""

from __future__ import annotations

import io
import stat
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from zenodo import FAN, zipped

from asdbench.data.dcase.unpack import unpack


def unpacked(folder: Path, content: bytes) -> tuple[Counter[str], list[tuple[int, int | None]]]:
    """Unpack such an archive into ``folder/a/b``; what it says, and what it reported."""
    archive, work = folder / "work" / "dev_data_fan.zip", folder / "work"
    work.mkdir()
    archive.write_bytes(content)
    told: list[tuple[int, int | None]] = []
    into = folder / "a" / "b"
    counts = unpack(archive, "fan", into, work=work, report=lambda *sizes: told.append(sizes))
    assert list(work.iterdir()) == [archive]
    return counts, told


def files(folder: Path) -> dict[str, bytes]:
    """What lies outside of the working folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "work" not in path.parts
    }


@pytest.mark.parametrize("above", ["", "dev_data/"], ids=["on top", "one folder deeper"])
def test_the_files_of_the_machine_type_are_moved_and_counted(tmp_path: Path, above: str) -> None:
    counts, told = unpacked(tmp_path, zipped({above + name: body for name, body in FAN.items()}))
    assert files(tmp_path) == {f"a/b/{name}": body for name, body in FAN.items()}
    assert counts == {"fan/train": 1, "fan/test": 2}
    assert told == [(400_000, 1_000_000), (700_000, 1_000_000), (1_000_000, 1_000_000)]


@pytest.mark.parametrize(
    "member", ["../evil.wav", "fan/../../evil.wav", "/tmp/evil.wav", "..\\evil.wav", "C:/evil.wav"]
)
def test_members_that_try_to_leave_the_folder(tmp_path: Path, member: str) -> None:
    with pytest.raises(ValueError, match=r"dev_data_fan\.zip: the member .*evil\.wav.*outside"):
        unpacked(tmp_path, zipped({**FAN, member: b"evil"}))
    assert files(tmp_path) == {}
    assert list(tmp_path.rglob("evil*")) == []


def test_a_symbolic_link_in_an_archive(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        link = zipfile.ZipInfo("fan/train")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/tmp")
        file.writestr("fan/train/evil.wav", b"evil")
    with pytest.raises(ValueError, match="'fan/train' is a symbolic link"):
        unpacked(tmp_path, buffer.getvalue())
    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [(zipped({"pump/train/a.wav": b""}), "holds no folder fan/"), (b"no zip", "not a whole zip")],
)
def test_an_archive_that_holds_something_else(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        unpacked(tmp_path, content)
    assert files(tmp_path) == {}


def test_a_zip_that_is_cut_off_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a whole zip file"):
        unpacked(tmp_path, zipped(FAN)[:-1000])
    assert files(tmp_path) == {}
