"""``asdbench cache``: what it says, and what it does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from commands import asdbench, one_line


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with two banks, a killed build and a row."""
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    for age, name in enumerate(("a.bank", "chosen-rows/b.json", "c.bank", "building-d")):
        path = tmp_path / "cache" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(20_000))
        used = path.stat().st_mtime - 86400 * (age + 1)
        os.utime(path, (used, used))
    return tmp_path / "cache"


def test_what_is_in_it_how_much_it_may_be_and_less_of_it(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asdbench("cache", "show") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{cache}: 80 kB of at most 50 GB",
        "  decoded clips: 2 files, 40 kB, the oldest used 3 days ago",
        "  half-made: 1 file, 20 kB, the oldest used 4 days ago",
        "  other: 1 file, 20 kB, the oldest used 2 days ago",
    ]
    assert asdbench("cache", "sweep") == 0
    assert capsys.readouterr().out == f"1 file, 20 kB, deleted; 60 kB in {cache}\n"
    assert asdbench("cache", "limit", "0.05 MB") == 0
    said = f"at most 50 kB from now on; 1 file, 20 kB, deleted; 40 kB in {cache}\n"
    assert capsys.readouterr().out == said
    assert asdbench("cache", "sweep") == 0
    assert capsys.readouterr().out == f"nothing deleted; 40 kB in {cache}\n"
    assert asdbench("cache", "show") == 0
    assert f"{cache}: 40 kB of at most 50 kB" in capsys.readouterr().out
    assert asdbench("cache", "sweep", "--to", "0") == 0
    assert capsys.readouterr().out == f"2 files, 40 kB, deleted; 0 kB in {cache}\n"


def test_a_cache_that_is_not_there_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "none"))
    assert asdbench("cache", "show") == 0
    assert capsys.readouterr().out == f"{tmp_path}/none: 0 kB of at most 50 GB\n"
    assert asdbench("cache", "sweep") == 0


@pytest.mark.parametrize("said", ["much", "-1", "5 boxes", "GB", ""])
def test_what_is_no_size_is_told(capsys: pytest.CaptureFixture[str], said: str) -> None:
    assert asdbench("cache", "limit", "--", said) == 2
    assert f"{said!r} is no size; write it as 20GB" in one_line(capsys)
