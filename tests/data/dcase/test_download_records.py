"""Downloads and what records say: checksums, sizes, licences, busy servers, redirects."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from zenodo import DEVELOPMENT, Server

from asdbench.data.dcase.download import Downloaded, download

CAR = "/records/250/files/dev_ToyCar_r2.zip"


def car(to: Path, *, verify: bool = True) -> Downloaded:
    return download("dcase2025", to, subsets=("development",), verify=verify)


def wavs(folder: Path) -> int:
    return len(list(folder.rglob("*.wav")))


def test_the_checksum_of_the_record_is_checked(server: Server, tmp_path: Path) -> None:
    server.files[CAR] = b"forged"
    with pytest.raises(ValueError, match=r"wrong checksum: what .*dev_ToyCar_r2.zip sent"):
        car(tmp_path)
    with pytest.raises(ValueError, match="wrong checksum"):
        car(tmp_path, verify=False)
    assert wavs(tmp_path) == 0


@pytest.mark.parametrize("why", ["no record", "no file", "unknown kind"])
def test_without_a_checksum_only_if_asked(server: Server, tmp_path: Path, why: str) -> None:
    if why == "no record":
        del server.records["250"]
    elif why == "no file":
        server.records["250"]["files"].clear()
    else:
        server.records["250"]["files"][0]["checksum"] = "crc:1"
    with pytest.raises(ValueError, match=r"no checksum for dev_ToyCar_r2\.zip: .*; --no-verify"):
        car(tmp_path)
    assert server.log == []
    result = car(tmp_path, verify=False)
    assert result.unverified == ("dev_ToyCar_r2.zip",)
    assert "not verified, for want of a checksum: dev_ToyCar_r2.zip;" in str(result)
    assert wavs(tmp_path) == 2


def test_an_archive_without_a_checksum_is_known_by_its_name(server: Server, tmp_path: Path) -> None:
    server.records.clear()
    (tmp_path / "dev_ToyCar_r2.zip").write_bytes(server.files[CAR])
    assert car(tmp_path, verify=False).unverified == ("dev_ToyCar_r2.zip",)
    assert server.log == []
    assert wavs(tmp_path) == 2


def test_2020_needs_no_record_but_one_may_not_contradict(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.records["201"]["files"][0]["checksum"] = f"md5:{0:032x}"
    with pytest.raises(ValueError, match=r"eval_data_train_fan\.zip: the record 201 says .* 0000"):
        download("dcase2020", tmp_path)
    assert server.log == []
    server.records.clear()
    with caplog.at_level(logging.INFO, "asdbench"):
        assert len(download("dcase2020", tmp_path).unpacked) == 3
    assert "and more for 3 of unknown size" in caplog.text


def test_the_room_is_told_before_anything_is_fetched(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "asdbench"):
        download("dcase2020", tmp_path, subsets=("development",))
    assert "about 2.0 MB needed (taking unpacked recordings to be as large as" in caplog.text
    caplog.clear()
    download("dcase2020", tmp_path, subsets=("development",))
    assert caplog.text == ""


def test_too_little_room_fetches_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_900_000))
    with pytest.raises(OSError, match=r"not enough room: .* 2\.0 MB needed .*; 1\.9 MB free; free"):
        download("dcase2020", tmp_path)
    assert server.log == []


def test_too_little_room_to_unpack_keeps_the_archive(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        free = iter([2_100_000, 900_000])
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free)))
        with pytest.raises(OSError, match=r"not enough room to unpack dev_data_fan\.zip: 1\.0 MB"):
            download("dcase2020", tmp_path)
    assert wavs(tmp_path) == 0
    server.log.clear()
    download("dcase2020", tmp_path, subsets=("development",))
    assert server.log == []
    assert wavs(tmp_path) == 3


def test_a_busy_server_is_waited_for_and_told_of(
    server: Server, tmp_path: Path, waits: list[float]
) -> None:
    server.busy = [(429, "7"), (429, "8")]
    told: list[tuple[str, int, int | None]] = []
    download("dcase2025", tmp_path, machines=("ToyCar",), progress=lambda *what: told.append(what))
    title = "dev_ToyCar_r2.zip (1 of 1), waiting {} s as the server asks"
    assert told[:2] == [(title.format(7), 0, None), (title.format(8), 0, None)]
    assert waits == [7, 8]
    assert wavs(tmp_path) == 2


def test_a_redirect_is_followed_and_continued(server: Server, tmp_path: Path) -> None:
    server.redirects, server.cut_after = True, 600_000
    with pytest.raises(OSError, match="again"):
        download("dcase2020", tmp_path)
    server.cut_after = None
    download("dcase2020", tmp_path, subsets=("development",))
    assert [path for path, *_ in server.log] == [DEVELOPMENT, DEVELOPMENT]
    assert server.log[1][1] is not None
    assert wavs(tmp_path) == 3


def test_a_licence_that_a_record_tells_is_repeated(server: Server, tmp_path: Path) -> None:
    server.records["250"]["metadata"] = {"license": {"id": "cc-by-4.0"}}
    said = "their licence is cc-by-4.0, by https://zenodo.org/records/250"
    assert str(car(tmp_path)).endswith(said)
