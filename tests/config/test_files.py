"""Files that are there whole or not at all, and full disks and forbidden folders in one line."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from asdbench.config.files import making, replacing, room_in, settle, told, write


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_and_bytes_are_written_with_the_folders_above(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.txt"
    assert write(path, "é\n") == path
    assert path.read_bytes() == b"\xc3\xa9\n"
    assert write(path, b"\x00\r\n").read_bytes() == b"\x00\r\n"
    assert names_in(path.parent) == ["c.txt"]


def test_until_a_block_ends_well_there_is_the_old_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", "old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert temporary.parent == path.parent  # or it couldn't be moved in one step
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names_in(tmp_path) == ["a.json"]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), ValueError(), KeyboardInterrupt()]
)
@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("old", ["old", None])
def test_a_failing_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, error: BaseException, begun: bool, old: str | None
) -> None:
    path = tmp_path / "a.json"
    if old:
        write(path, old)

    def half_written() -> NoReturn:
        with replacing(path) as temporary:
            if begun:
                temporary.write_text("ne")
            raise error

    with pytest.raises(type(error)) as caught:
        half_written()
    assert caught.value is error
    assert names_in(tmp_path) == (["a.json"] if old else [])
    assert old is None or path.read_text() == old


def test_a_disk_that_is_full_when_all_is_written_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.json", "old")

    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write(path, "new")
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.json"]


def test_a_temporary_file_that_a_kill_left_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with replacing(path) as temporary:
        temporary.write_text("x")
    temporary.write_text("left by a kill, and longer")
    write(path, "new")
    assert path.read_text() == "new"
    assert names_in(tmp_path) == ["a.json"]


@pytest.mark.parametrize("how", ["write", "settle"])
def test_the_bytes_are_on_the_disk_before_the_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    temporary, path = tmp_path / "part", tmp_path / "a.json"
    happened: list[object] = []
    fsync, replace = os.fsync, Path.replace

    def synced(file: int) -> None:
        happened.append(("synced", os.fstat(file).st_size))
        fsync(file)

    def replaced(here: Path, there: Path) -> Path:
        happened.append(("replaced", there.name))
        return replace(here, there)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    if how == "write":
        write(path, "12345")
    else:
        temporary.write_text("12345")
        settle(temporary, path)
    assert happened == [("synced", 5), ("replaced", "a.json")]
    assert names_in(tmp_path) == ["a.json"]
    assert path.read_text() == "12345"


def failing(folder: Path, error: OSError) -> NoReturn:
    with room_in(folder, if_full="; free some", if_denied="; use another --out"):
        raise error


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_line_with_a_way_out(tmp_path: Path, code: int) -> None:
    with pytest.raises(ValueError, match="disk") as caught:
        failing(tmp_path, OSError(code, os.strerror(code)))
    assert str(caught.value) == f"the disk of {tmp_path} is full; free some"
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST])
def test_a_folder_that_cannot_be_written_is_one_line_with_a_way_out(
    tmp_path: Path, code: int
) -> None:
    with pytest.raises(ValueError, match="write") as caught:
        failing(tmp_path, OSError(code, os.strerror(code)))
    assert str(caught.value) == (
        f"cannot write to {tmp_path} ({os.strerror(code)}); use another --out"
    )


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOENT])
def test_any_other_error_passes(tmp_path: Path, code: int) -> None:
    error = OSError(code, os.strerror(code))
    with pytest.raises(OSError, match=os.strerror(code)) as caught:
        failing(tmp_path, error)
    assert caught.value is error


def in_a_file(folder: Path) -> Path:
    return write(folder / "file", "x") / "below" / "a.json"


def as_a_file(folder: Path) -> Path:
    return write(folder / "file", "x") / "a.json"


@pytest.mark.parametrize("place", [in_a_file, as_a_file])
def test_a_file_where_a_folder_should_be_is_told(
    tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    path = place(tmp_path)
    with (
        pytest.raises(ValueError, match=r"cannot write to .*; use another --out$"),
        room_in(path.parent, if_full="", if_denied="; use another --out"),
    ):
        write(path, "new")
    assert names_in(tmp_path) == ["file"]


@pytest.mark.parametrize("link", [False, True])
def test_what_is_in_a_folders_place_further_down_is_named(tmp_path: Path, link: bool) -> None:
    place = tmp_path / "cells"
    place.symlink_to("nowhere") if link else place.touch()
    with (
        pytest.raises(ValueError, match=f"^{place} is a .* where a folder should be; move it"),
        room_in(tmp_path, if_full="", if_denied="; use another --out"),
    ):
        write(place / "knn" / "a.json", "new")


def test_a_folder_in_a_files_place_and_a_link_to_itself_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(OSError, match="directory") as caught:
        write(tmp_path / "a.json", "new")
    assert told(caught.value).startswith(f"{tmp_path / 'a.json'} is a folder where a file should")
    (tmp_path / "b.json").symlink_to("b.json")
    with pytest.raises(OSError, match="links") as caught:
        (tmp_path / "b.json").read_text()
    assert told(caught.value).startswith(f"{tmp_path / 'b.json'} is a link")


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too long") as caught:
        write(tmp_path / ("f" * 300), "new")
    assert told(caught.value).endswith(".part is longer than a file's name may be; shorten it")


def test_a_block_that_ends_well_is_let_be(tmp_path: Path) -> None:
    with room_in(tmp_path, if_full="", if_denied=""):
        write(tmp_path / "a", "x")
    assert names_in(tmp_path) == ["a"]


def test_an_error_that_only_a_librarys_text_tells_is_the_systems_and_names_the_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "weights.safetensors"

    def in_rust() -> NoReturn:
        with replacing(path):
            raise RuntimeError("I/O error: No space left on device (os error 28)")

    with pytest.raises(OSError, match="No space left") as caught:
        in_rust()
    assert caught.value.errno == errno.ENOSPC
    assert told(caught.value) == (
        f"the disk of {path} is full; free some space and run the same command again"
    )
    assert told(OSError(errno.EIO, "broken", "a")) == f"[Errno {errno.EIO}] broken: 'a'"


def test_a_folder_takes_its_place_once_it_is_made(tmp_path: Path) -> None:
    place = tmp_path / "det"

    def half_made() -> NoReturn:
        with making(place) as folder:
            write(folder / "a", "half")
            raise KeyboardInterrupt

    for text in ("old", "new"):
        write(tmp_path / ".det.making" / "left by a kill", "x")
        with making(place) as folder:
            write(folder / text, text)
            assert not (place / text).exists()
        assert names_in(place) == [text]
        with pytest.raises(KeyboardInterrupt):
            half_made()
        assert names_in(place) == [text]
        assert names_in(tmp_path) == ["det"]
