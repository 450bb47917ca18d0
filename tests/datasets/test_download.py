"""Downloads from a real server on this machine: interrupted, broken, wrong and malicious ones."""

from __future__ import annotations

import errno
import hashlib
import io
import random
import re
import socket
import stat
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from rich.progress import Progress

from asdbench.datasets import download as module
from asdbench.datasets import facts, fetch
from asdbench.datasets.dcase2020 import Dcase2020
from asdbench.datasets.download import download, progress_bar
from asdbench.datasets.facts import Archive

FAN = {
    "fan/train/normal_id_00_00000000.wav": random.Random(0).randbytes(400_000),
    "fan/test/normal_id_00_00000000.wav": random.Random(1).randbytes(300_000),
    "fan/test/anomaly_id_00_00000000.wav": random.Random(2).randbytes(300_000),
}
EXTRA = {"fan/train/normal_id_01_00000000.wav": b"extra"}
TEST = {"fan/test/id_01_00000000.wav": b"test"}


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


@dataclass
class Server:
    """Serves ``files`` by path and writes down what was asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    validate: bool = True
    etag: str = '"one"'
    status: int = 200
    cut_after: int | None = None  # bytes of an answer, then the connection is closed
    stall: bool = False
    log: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    state: Server

    def do_GET(self) -> None:
        state, asked = self.state, self.headers.get("Range")
        state.log.append((self.path, asked, self.headers.get("If-Range")))
        body = state.files.get(self.path)
        if body is None or state.status != 200:
            self.send_error(404 if body is None else state.status)
            return
        same = self.headers.get("If-Range", state.etag) == state.etag
        if asked and state.ranges and same:
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])  # type: ignore[index]
            if start >= len(body):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            body = body[start:]
        else:
            self.send_response(200)
        if state.validate:
            self.send_header("ETag", state.etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if state.cut_after is None else body[: state.cut_after])
        self.wfile.flush()
        if state.stall:
            time.sleep(1.5)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A mirror with the fan's three archives, which are also the only ones that exist."""
    state = Server()
    contents = {"dev_data_fan.zip": FAN, "eval_data_train_fan.zip": EXTRA,
                "eval_data_test_fan.zip": TEST}  # fmt: skip
    archives = []
    for record, (part, (name, members)) in enumerate(
        zip(facts.PARTS, contents.items(), strict=True)
    ):
        body = zipped(members)
        state.files[f"/{record}/files/{name}"] = body
        archives.append(Archive(name, str(record), "fan", part, hashlib.md5(body).hexdigest()))
    monkeypatch.setattr(facts, "archives", lambda: tuple(archives))
    monkeypatch.setenv("NO_PROXY", "*")
    handler = type("HandlerHere", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        state.url = f"http://127.0.0.1:{http.server_port}"
        monkeypatch.setenv("ASDBENCH_DCASE2020_URL", state.url + "/")
        yield state
        http.shutdown()
        thread.join()


DEVELOPMENT = "/0/files/dev_data_fan.zip"


def development(to: Path) -> module.Downloaded:
    return download(to, parts=("development",))


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".asdbench-download" not in path.parts
    }


def left(folder: Path) -> set[str]:
    return {path.name for path in (folder / ".asdbench-download").iterdir()} - {"lock"}


def test_everything_lands_where_the_dataset_reads_it(server: Server, tmp_path: Path) -> None:
    result = download(tmp_path)
    assert files(tmp_path) == {
        **{f"dev_data/{name}": content for name, content in FAN.items()},
        **{f"eval_data/{name}": content for name, content in {**EXTRA, **TEST}.items()},
    }
    assert left(tmp_path) == {"done.json"}
    assert len(Dcase2020(str(tmp_path)).recordings()) == 5
    assert len(result.unpacked) == 3
    assert str(result).count("CC BY-NC-SA 4.0") == 1
    assert [path for path, *_ in server.log] == list(server.files)


def test_parts_and_machine_types_can_be_chosen(server: Server, tmp_path: Path) -> None:
    result = download(tmp_path, parts=("evaluation",), machines=("fan",))
    assert result.unpacked == ("eval_data_test_fan.zip",)
    assert set(files(tmp_path)) == {"eval_data/fan/test/id_01_00000000.wav"}
    with pytest.raises(ValueError, match=r"no part 'evaluatoin'.*did you mean evaluation\?"):
        download(tmp_path, parts=("evaluatoin",))
    with pytest.raises(ValueError, match=r"no machine type 'fam'.*did you mean fan\?"):
        download(tmp_path, machines=("fam",))


def test_what_is_done_asks_the_server_nothing(server: Server, tmp_path: Path) -> None:
    development(tmp_path)
    server.log.clear()
    result = development(tmp_path)
    assert (result.unpacked, result.already) == ((), ("dev_data_fan.zip",))
    assert server.log == []


def test_a_clip_deleted_since_brings_its_archive_back(server: Server, tmp_path: Path) -> None:
    development(tmp_path)
    (tmp_path / "dev_data/fan/test/normal_id_00_00000000.wav").unlink()
    assert development(tmp_path).unpacked == ("dev_data_fan.zip",)
    assert len(files(tmp_path)) == 3


def test_the_archive_can_be_kept_and_a_kept_one_is_used(server: Server, tmp_path: Path) -> None:
    download(tmp_path, parts=("development",), keep_archives=True)
    assert (tmp_path / "dev_data_fan.zip").read_bytes() == server.files[DEVELOPMENT]
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "dev_data_fan.zip").rename(other / "dev_data_fan.zip")
    server.log.clear()
    development(other)
    assert server.log == []
    assert (other / "dev_data_fan.zip").exists()
    assert (other / "dev_data/fan/test").is_dir()


def test_a_broken_connection_continues_with_the_bytes_that_are_missing(
    server: Server, tmp_path: Path
) -> None:
    server.cut_after = 600_000
    with pytest.raises(OSError, match=r"run the same command again to continue") as caught:
        development(tmp_path)
    assert server.url in str(caught.value)
    assert files(tmp_path) == {}
    part = tmp_path / ".asdbench-download/dev_data_fan.zip.part"
    have = part.stat().st_size
    assert 0 < have <= 600_000
    server.cut_after = None
    development(tmp_path)
    assert server.log[1:] == [(DEVELOPMENT, f"bytes={have}-", '"one"')]
    assert set(files(tmp_path)) == {f"dev_data/{name}" for name in FAN}
    assert left(tmp_path) == {"done.json"}


def test_a_server_without_ranges_starts_over(server: Server, tmp_path: Path) -> None:
    server.cut_after, server.ranges = 600_000, False
    with pytest.raises(OSError, match="again"):
        development(tmp_path)
    server.cut_after = None
    development(tmp_path)
    assert server.log[-1][1] is not None
    assert set(files(tmp_path)) == {f"dev_data/{name}" for name in FAN}


@pytest.mark.parametrize("tells", [True, False], ids=["by its ETag", "by its size alone"])
def test_a_file_that_changed_on_the_server_starts_over(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tells: bool
) -> None:
    right = server.files[DEVELOPMENT]
    server.files[DEVELOPMENT] = random.Random(9).randbytes(900_000)
    server.cut_after, server.validate = 600_000, tells
    with pytest.raises(OSError, match="again"):
        development(tmp_path)
    server.files[DEVELOPMENT], server.cut_after, server.etag = right, None, '"two"'
    development(tmp_path)
    assert set(files(tmp_path)) == {f"dev_data/{name}" for name in FAN}


def test_a_part_longer_than_the_file_starts_over(server: Server, tmp_path: Path) -> None:
    work = tmp_path / ".asdbench-download"
    work.mkdir()
    (work / "dev_data_fan.zip.part").write_bytes(bytes(2_000_000))
    development(tmp_path)
    assert [asked for _, asked, _ in server.log] == ["bytes=2000000-", None]


def test_killed_after_the_last_byte_only_checks_and_unpacks(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(fetch, "_stand_in", killed)
        with pytest.raises(KeyboardInterrupt):
            development(tmp_path)
    development(tmp_path)
    assert len(server.log) == 1
    assert set(files(tmp_path)) == {f"dev_data/{name}" for name in FAN}


def test_killed_while_unpacking_unpacks_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[str] = []

    def killed(source: Path, target: Path) -> None:
        moved.append(source.name)
        if len(moved) == 2:
            raise KeyboardInterrupt
        source.rename(target)

    with monkeypatch.context() as patch:
        patch.setattr("asdbench.datasets.unpack.os.replace", killed)
        with pytest.raises(KeyboardInterrupt):
            development(tmp_path)
    assert len(files(tmp_path)) == 1
    scratch = tmp_path / ".asdbench-download/unpacking-left-by-sigkill"
    scratch.mkdir()
    development(tmp_path)
    assert set(files(tmp_path)) == {f"dev_data/{name}" for name in FAN}
    assert left(tmp_path) == {"done.json"}
    assert len(server.log) == 1


def test_a_wrong_checksum_is_said_and_what_came_is_removed(server: Server, tmp_path: Path) -> None:
    server.files[DEVELOPMENT] = zipped({"fan/train/normal_id_00_00000000.wav": b"forged"})
    with pytest.raises(ValueError, match="wrong checksum") as caught:
        development(tmp_path)
    assert f"{server.url}{DEVELOPMENT}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert files(tmp_path) == {}
    assert left(tmp_path) == set()


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [(404, ValueError, "no such file"), (403, ValueError, "403"), (503, OSError, "later")],
)
def test_what_the_server_refuses(
    server: Server, tmp_path: Path, status: int, kind: type[Exception], words: str
) -> None:
    server.status = status
    with pytest.raises(kind, match=words) as caught:
        development(tmp_path)
    assert f"{server.url}{DEVELOPMENT} answered {status}" in str(caught.value)


def test_no_server_at_all(server: Server, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(OSError, match=r"[Cc]onnection refused.*run the same command again"):
        download(tmp_path, base_url=url)
    for wrong in ("zenodo.org/records", "ftp://zenodo.org/records", "http://"):
        with pytest.raises(ValueError, match="URL"):
            download(tmp_path, base_url=wrong)


def test_a_server_that_stalls(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "STALL_SECONDS", 0.3)
    server.cut_after, server.stall = 600_000, True
    with pytest.raises(OSError, match=r"nothing came for 0\.3 s; [\d,]+ bytes are kept"):
        development(tmp_path)


@pytest.mark.parametrize(
    "member", ["../evil.wav", "fan/../../evil.wav", "/tmp/evil.wav", "..\\evil.wav", "C:/evil.wav"]
)
def test_members_that_try_to_leave_the_folder(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    to = tmp_path / "a/b"
    serve_instead(server, monkeypatch, zipped({**FAN, member: b"evil"}))
    with pytest.raises(ValueError, match=r"dev_data_fan\.zip: the member .*evil\.wav.*outside"):
        development(to)
    assert files(tmp_path) == {}
    assert list(tmp_path.rglob("evil*")) == []


def test_a_symbolic_link_in_an_archive(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        link = zipfile.ZipInfo("fan/train")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/tmp")
        file.writestr("fan/train/evil.wav", b"evil")
    serve_instead(server, monkeypatch, buffer.getvalue())
    with pytest.raises(ValueError, match="'fan/train' is a symbolic link"):
        development(tmp_path)
    assert files(tmp_path) == {}


def test_an_archive_one_folder_deeper_and_one_that_holds_something_else(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_instead(server, monkeypatch, zipped({f"dev_data/{k}": v for k, v in FAN.items()}))
    development(tmp_path / "deeper")
    assert set(files(tmp_path / "deeper")) == {f"dev_data/{name}" for name in FAN}
    serve_instead(server, monkeypatch, zipped({"pump/train/a.wav": b""}))
    with pytest.raises(ValueError, match="holds no folder fan/"):
        development(tmp_path / "other")
    serve_instead(server, monkeypatch, b"no zip")
    with pytest.raises(ValueError, match="not a whole zip file"):
        development(tmp_path / "no zip")


def serve_instead(server: Server, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """Another content for the development archive, with its checksum in the table."""
    server.files[DEVELOPMENT] = body
    archive = Archive("dev_data_fan.zip", "0", "fan", "development", hashlib.md5(body).hexdigest())
    monkeypatch.setattr(facts, "archives", lambda: (archive,))


def test_a_full_disk(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Iterator[bytes]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(requests.Response, "iter_content", full)
    with pytest.raises(OSError, match=r"disk of .* is full; free some space, then run the same"):
        development(tmp_path)


def test_a_folder_that_is_a_file(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"cannot write .*file.*; choose another folder"):
        development(tmp_path / "file")


def test_two_downloads_into_one_folder(server: Server, tmp_path: Path) -> None:
    with (
        module._alone_in(tmp_path / ".asdbench-download"),
        pytest.raises(OSError, match=r"another download into .* is running"),
    ):
        development(tmp_path)


def test_progress_has_sizes_and_starts_where_it_continues(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.cut_after = 600_000
    with pytest.raises(OSError, match="again"):
        development(tmp_path)
    have = (tmp_path / ".asdbench-download/dev_data_fan.zip.part").stat().st_size
    server.cut_after = None
    begun: list[tuple[str, int, int | None]] = []
    bar = progress_bar()
    add = bar.add_task

    def noting(description: str, *, completed: int, total: int | None) -> Any:
        begun.append((description, completed, total))
        return add(description, completed=completed, total=total)

    monkeypatch.setattr(bar, "add_task", noting)
    assert isinstance(bar, Progress)
    download(tmp_path, parts=("development",), progress=bar)
    first, second = begun
    assert first == ("dev_data_fan.zip (1 of 1)", have, len(server.files[DEVELOPMENT]))
    assert "unpacking" in second[0]
    assert bar.tasks == []
