"""Disks that are full, can't be written, or take no large file: one line, and then it goes on.

The long form, over every kind of thing that is written, is ``ci/torture/disk.py``.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commands import asdbench, one_line, scores
from inline import inline

from asdbench.data import bank

Tree = Callable[..., Path]
needs_mount = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk takes root")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("a tmpfs can't be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@contextlib.contextmanager
def filled(disk: Path, free: int) -> Iterator[None]:
    """Only so many bytes are free on the disk."""
    status = os.statvfs(disk)
    filler = disk / "filler"
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, status.f_bavail * status.f_frsize - free)
    yield
    filler.unlink()


def run(tree: Path, out: Path) -> int:
    with inline():
        return asdbench("run", "--data", tree, "--repeats", 1, "--methods", "knn", "--out", out)


@needs_mount
@pytest.mark.parametrize("free", [0, 16 << 12])
def test_a_run_whose_disk_is_full_goes_on_once_there_is_room(
    wav_tree: Tree, disk: Path, tmp_path: Path, free: int, capsys: pytest.CaptureFixture[str]
) -> None:
    tree, out = wav_tree(), disk / "o"
    with filled(disk, free):
        assert run(tree, out) == 2
        last = capsys.readouterr().err.splitlines()[-1]
        assert last == (
            f"asdbench: the disk of {out} is full; nothing that is done is lost: free some space "
            "and run the same command again"
        )
        assert not list(disk.rglob(".*.part"))
    assert run(tree, out) == 0
    assert run(tree, tmp_path / "elsewhere") == 0
    assert scores(out) == scores(tmp_path / "elsewhere")


@needs_mount
def test_a_disk_that_can_only_be_read_is_told(
    wav_tree: Tree, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = wav_tree()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert run(tree, disk / "o") == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == (
        f"asdbench: cannot write to {disk / 'o'} (Read-only file system); use another --out"
    )
    assert asdbench("data", "synthesize", disk / "wavs", "--experiment", "smoke") == 2
    assert f"cannot write to {disk / 'wavs'} (Read-only file system)" in one_line(capsys)


@needs_mount
def test_a_cache_whose_disk_is_full_is_told_and_swept(
    wav_tree: Tree,
    disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ASDBENCH_CACHE", str(disk / "cache"))
    for number in (3, 5):
        assert run(wav_tree(f"tree {number}", train=number), tmp_path / f"o{number}") == 0
    tree = wav_tree("another", train=4)
    with filled(disk, 1 << 16):
        assert run(tree, tmp_path / "o") == 2
        last = capsys.readouterr().err.splitlines()[-1]
        assert "is full: no room in the cache; free some (`asdbench cache sweep --to 0`)" in last
        assert "ASDBENCH_CACHE" in last
        assert not list(disk.rglob("building-*"))
        gc.collect()  # here, the runs of before were in this process, which maps their banks
        bank._mapped.cache_clear()
        assert asdbench("cache", "sweep", "--to", "0") == 0
        assert run(tree, tmp_path / "o") == 0


@pytest.mark.parametrize(
    "words",
    [
        ("run", "smoke", "--methods", "knn", "--out", "o"),
        ("tune", "knn", "smoke", "--trials", "2", "--out", "o"),
        ("data", "describe", "tree"),
        ("cache", "limit", "1GB"),
    ],
    ids=lambda words: words[0],
)
def test_a_cache_that_cannot_be_made_is_told_with_a_way_out(
    wav_tree: Tree,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
) -> None:
    wav_tree("tree", train=1)
    monkeypatch.setenv("ASDBENCH_CACHE", "/dev/null/cache")
    assert asdbench(*words, at=tmp_path) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "asdbench: cannot write to /dev/null/cache (Not a directory); point ASDBENCH_CACHE at "
        "another folder"
    )
    assert asdbench("cache", "show") == 0


def test_a_limit_of_file_sizes_is_told(
    wav_tree: Tree,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As ``ulimit -f``, a quota, or the file system has one."""
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    tree, before = wav_tree(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    try:
        assert run(tree, tmp_path / "o") == 2
        in_cache = capsys.readouterr().err.splitlines()[-1]
        assert asdbench("data", "synthesize", tmp_path / "w", "--experiment", "smoke") == 2
        elsewhere = capsys.readouterr().err.splitlines()[-1]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    too_large = "(File too large); "
    assert f"cannot write to {tmp_path / 'cache'} {too_large}point ASDBENCH_CACHE at" in in_cache
    assert f"cannot write to {tmp_path / 'w'} {too_large}give another folder" in elsewhere
    assert run(tree, tmp_path / "o") == 0
