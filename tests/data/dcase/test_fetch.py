"""One file over HTTP: interrupted, changed, wrong or refused."""

from __future__ import annotations

import hashlib
import random
import socket
from pathlib import Path

import pytest
from zenodo import DEVELOPMENT, Server

from asdbench.data.dcase import ask
from asdbench.data.dcase.fetch import fetch


def get(
    server: Server, folder: Path, *, url: str = "", checksum: str | None = None
) -> list[tuple[int, int]]:
    """Fetch the development archive, or try to; what was reported."""
    told: list[tuple[int, int]] = []
    fetch(
        url or server.url + DEVELOPMENT,
        folder / "fan.zip",
        checksum=checksum
        if checksum is not None
        else f"md5:{hashlib.md5(server.files[DEVELOPMENT]).hexdigest()}",
        report=lambda *sizes: told.append(sizes),
        pause=lambda _: None,
    )
    return told


def there(server: Server, folder: Path) -> bool:
    """Whether the file is there, whole, and nothing else."""
    [path] = folder.iterdir()
    return (path.name, path.read_bytes()) == ("fan.zip", server.files[DEVELOPMENT])


def cut(server: Server, folder: Path, after: int = 600_000) -> int:
    """Break off the first try; how many bytes it left."""
    server.cut_after = after
    with pytest.raises(OSError, match=r"run the same command again to continue") as caught:
        get(server, folder)
    assert server.url in str(caught.value)
    server.cut_after = None
    assert not (folder / "fan.zip").exists()
    return (folder / "fan.zip.part").stat().st_size


def test_a_whole_file_comes_with_reports_of_its_bytes(server: Server, tmp_path: Path) -> None:
    told = get(server, tmp_path)
    size = len(server.files[DEVELOPMENT])
    assert (told[0], told[-1]) == ((0, size), (size, size))
    assert told == sorted(told)
    assert there(server, tmp_path)


def test_a_broken_connection_continues_with_the_bytes_that_are_missing(
    server: Server, tmp_path: Path
) -> None:
    have = cut(server, tmp_path)
    assert 0 < have <= 600_000
    told = get(server, tmp_path)
    assert server.log[1:] == [(DEVELOPMENT, f"bytes={have}-", '"one"')]
    assert told[0][0] == have
    assert there(server, tmp_path)


def test_a_server_without_ranges_starts_over(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    cut(server, tmp_path)
    get(server, tmp_path)
    assert server.log[-1][1] is not None
    assert there(server, tmp_path)


@pytest.mark.parametrize("tells", [True, False], ids=["by its ETag", "by its size alone"])
def test_a_file_that_changed_on_the_server_starts_over(
    server: Server, tmp_path: Path, tells: bool
) -> None:
    right = server.files[DEVELOPMENT]
    server.files[DEVELOPMENT] = random.Random(9).randbytes(900_000)
    server.validate = tells
    cut(server, tmp_path)
    server.files[DEVELOPMENT], server.etag = right, '"two"'
    get(server, tmp_path)
    assert there(server, tmp_path)


def test_a_part_longer_than_the_file_starts_over(server: Server, tmp_path: Path) -> None:
    (tmp_path / "fan.zip.part").write_bytes(bytes(2_000_000))
    get(server, tmp_path)
    assert [asked for _, asked, _ in server.log] == ["bytes=2000000-", None]
    assert there(server, tmp_path)


def test_a_wrong_checksum_is_said_and_what_came_is_removed(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="wrong checksum") as caught:
        get(server, tmp_path, checksum=f"md5:{hashlib.md5(b'another').hexdigest()}")
    assert f"{server.url}{DEVELOPMENT}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [(404, ValueError, "no such file"), (403, ValueError, "403"), (503, OSError, "later")],
)
def test_what_the_server_refuses(
    server: Server, tmp_path: Path, status: int, kind: type[Exception], words: str
) -> None:
    server.status = status
    with pytest.raises(kind, match=words) as caught:
        get(server, tmp_path)
    assert f"{server.url}{DEVELOPMENT} answered {status}" in str(caught.value)


def test_no_server_at_all(server: Server, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(OSError, match=r"[Cc]onnection refused.*run the same command again"):
        get(server, tmp_path, url=url)
    for wrong in ("zenodo.org/records", "ftp://zenodo.org/records", "http://"):
        with pytest.raises(ValueError, match="URL"):
            get(server, tmp_path, url=wrong)


def test_a_server_that_stalls(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "STALL_SECONDS", 0.3)
    server.cut_after, server.stall = 600_000, True
    with pytest.raises(OSError, match=r"nothing came for 0\.3 s; [\d,]+ bytes are kept"):
        get(server, tmp_path)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", ""])
def test_other_checksums_and_none(server: Server, tmp_path: Path, algorithm: str) -> None:
    body = server.files[DEVELOPMENT]
    get(server, tmp_path, checksum=f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"
        if algorithm else "")  # fmt: skip
    assert there(server, tmp_path)


def test_a_redirect_is_followed_and_continued(server: Server, tmp_path: Path) -> None:
    server.redirects = True
    have = cut(server, tmp_path)
    get(server, tmp_path)
    assert server.log[1:] == [(DEVELOPMENT, f"bytes={have}-", '"one"')]
    assert there(server, tmp_path)


def test_a_busy_server_is_waited_for_and_the_part_kept(
    server: Server, tmp_path: Path, waits: list[float]
) -> None:
    have = cut(server, tmp_path)
    server.busy = [(429, "30"), (503, "2"), (429, None)]
    told = get(server, tmp_path)
    assert waits == [30, 2, 20]
    assert told[0][0] == have
    assert there(server, tmp_path)
