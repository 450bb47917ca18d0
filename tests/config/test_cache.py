"""The cache keeps to its limit: what was used longest ago goes, what is in use stays."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

from asdbench.config.cache import (
    LIMIT,
    CacheFile,
    cache_files,
    cache_room,
    held,
    limit,
    set_limit,
    sweep,
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with five files of 10 bytes, used one after the other, and what no sweep takes."""
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    with cache_room() as folder:
        for age, name in enumerate(("new.bank", "b.bank", "c.bank", "rows/d.json", "old.bank")):
            of_age(folder / name, age + 1)
        for name in ("00.lock", "decoded.sqlite", "decoded.sqlite-journal"):
            of_age(folder / name, 100)
    return folder


def of_age(path: Path, days: float) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"0123456789")
    used = path.stat().st_mtime - 86400 * days
    os.utime(path, (used, used))


def names(files: Iterable[CacheFile]) -> list[str]:
    return [file.path.name for file in files]


def test_what_was_used_longest_ago_goes_first_and_no_more_than_must(folder: Path) -> None:
    assert names(sweep()) == []
    assert names(sweep(30)) == ["old.bank", "d.json"]
    os.utime(folder / "c.bank")
    assert names(sweep(25)) == ["b.bank"]
    assert names(sweep(0)) == ["new.bank", "c.bank"]
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [
        "00.lock",
        "decoded.sqlite",
        "decoded.sqlite-journal",
    ]


def test_the_limit_is_the_users_or_fifty_gigabytes(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert limit() == LIMIT == 50_000_000_000
    set_limit(40)
    assert limit() == 40
    assert names(sweep()) == ["old.bank"]
    (folder / "limit").write_text("")
    assert limit() == LIMIT
    assert "limit isn't a number" in caplog.text


def test_what_a_process_holds_stays_until_it_ends_however_it_ends(folder: Path) -> None:
    code = (
        "import sys, pathlib; from asdbench.config.cache import held\n"
        "file = held(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", code, str(folder / "old.bank")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert names(sweep(0)) == ["d.json", "c.bank", "b.bank", "new.bank"]
        other.kill()
    assert names(sweep(0)) == ["old.bank"]


def test_what_a_kill_left_goes_whatever_the_limit(folder: Path) -> None:
    of_age(folder / "building-a", 0)
    of_age(folder / "building-b", 0)
    of_age(folder / ".d.json.part", 1)
    of_age(folder / ".e.json.part", 0)  # may be written just now
    builder = held(folder / "building-b")
    assert sorted(names(sweep())) == [".d.json.part", "building-a"]
    assert builder is not None
    builder.close()
    assert names(sweep()) == ["building-b"]
    assert len(cache_files()) == 6


def test_a_file_that_a_sweep_was_quicker_to_take_is_not_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert held(folder / "never") is None
    monkeypatch.setattr("fcntl.flock", lambda *_: (folder / "old.bank").unlink())
    assert held(folder / "old.bank") is None


def stopped(error: Exception) -> NoReturn:
    with cache_room():
        raise error


def sqlites(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left"), "the disk of .* is full: .*cache sweep"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot write to .*Read-only"),
        (OSError(errno.EFBIG, "File too large"), "cannot write to .*too large"),
        (OSError(errno.ENOLCK, "No locks available"), "cannot write to .*No locks"),
        (sqlites(sqlite3.SQLITE_FULL), "the disk of .* is full"),
        (sqlites(sqlite3.SQLITE_READONLY), "cannot write to .*as SQLite says it"),
    ],
)
def test_a_cache_that_cannot_be_used_is_one_line_with_a_way_out(
    folder: Path, error: Exception, says: str
) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        stopped(error)
    assert str(folder) in str(caught.value)
    assert "ASDBENCH_CACHE" in str(caught.value)
