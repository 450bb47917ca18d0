"""Downloads from a real server on this machine: everything in its place, and what goes wrong."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from zenodo import ARCHIVES, DEVELOPMENT, EXTRA, FAN, TEST, Server

from asdbench.data.dcase import fetch
from asdbench.data.dcase.dataset import Dcase2020
from asdbench.data.dcase.download import Downloaded, download
from asdbench.data.dcase.work import alone_in


def development(to: Path) -> Downloaded:
    return download("dcase2020", to, subsets=("development",))


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".asdbench-download" not in path.parts
    }


def left(folder: Path) -> set[str]:
    return {path.name for path in (folder / ".asdbench-download").iterdir()} - {"lock"}


def test_everything_lands_where_the_dataset_reads_it(server: Server, tmp_path: Path) -> None:
    result = download("dcase2020", tmp_path)
    assert files(tmp_path) == {
        **{f"dev_data/{name}": content for name, content in FAN.items()},
        **{f"eval_data/{name}": content for name, content in {**EXTRA, **TEST}.items()},
    }
    assert left(tmp_path) == {"done.json", "dataset"}
    assert len(Dcase2020(str(tmp_path)).recordings()) == 5
    assert len(result.unpacked) == 3
    assert str(result).count("CC BY-NC-SA 4.0") == 1
    assert [path for path, *_ in server.log] == list(server.files)[:3]


def test_subsets_and_machine_types_can_be_chosen(server: Server, tmp_path: Path) -> None:
    result = download("dcase2025", tmp_path, subsets=("evaluation",), machines=("3DPrinter",))
    assert result.unpacked == ("eval_data_3DPrinter_train_r2.zip", "eval_data_3DPrinter_test.zip")
    assert set(files(tmp_path)) == {
        "eval_data/3DPrinter/train/section_00_source_train_normal_0000.wav",
        "eval_data/3DPrinter/test/section_00_0000.wav",
    }
    with pytest.raises(ValueError, match=r"subsets names 'evaluatoin'; did you mean evaluation\?"):
        download("dcase2025", tmp_path, subsets=("evaluatoin",))
    with pytest.raises(ValueError, match=r"no machine type 'Toycar' in DCASE 2025 Task 2's deve.*"):
        download("dcase2025", tmp_path, machines=("Toycar",))
    with pytest.raises(ValueError, match=r"no machine type 'ToyCar' .*'s evaluation data"):
        download("dcase2025", tmp_path, subsets=("evaluation",), machines=("ToyCar",))
    with pytest.raises(ValueError, match=r"no dataset 'dcase2027' .*did you mean dcase202.*2026"):
        download("dcase2027", tmp_path)


@pytest.mark.parametrize("year", [2021, 2025])
def test_other_years_have_more_folders(server: Server, tmp_path: Path, year: int) -> None:
    result = download(f"dcase{year}", tmp_path)
    folders = {"development": "dev_data", "evaluation": "eval_data"}
    assert files(tmp_path) == {
        f"{folders[subset]}/{name}": content
        for of_year, _, _, _, subset, members in ARCHIVES
        if of_year == year
        for name, content in members.items()
    }
    assert (tmp_path / ".asdbench-download/dataset").read_text() == f"dcase{year}\n"
    assert "see the licence on the Zenodo record: https://zenodo.org/records/2" in str(result)
    assert "verified" not in str(result)


def test_what_is_done_asks_the_server_nothing(server: Server, tmp_path: Path) -> None:
    development(tmp_path)
    server.log.clear()
    server.described.clear()
    result = development(tmp_path)
    assert (result.unpacked, result.already) == ((), ("dev_data_fan.zip",))
    assert server.log == server.described == []


def test_a_clip_deleted_since_brings_its_archive_back(server: Server, tmp_path: Path) -> None:
    development(tmp_path)
    (tmp_path / "dev_data/fan/test/normal_id_00_00000000.wav").unlink()
    assert development(tmp_path).unpacked == ("dev_data_fan.zip",)
    assert len(files(tmp_path)) == 3


def test_the_archive_can_be_kept_and_a_kept_one_is_used(server: Server, tmp_path: Path) -> None:
    download("dcase2020", tmp_path, subsets=("development",), keep_archives=True)
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
    assert left(tmp_path) == {"done.json", "dataset"}


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
    moved: list[Path] = []

    def killed(source: Path, target: Path) -> None:
        moved.extend([source] if source.suffix == ".wav" else [])
        if len(moved) == 2:
            raise KeyboardInterrupt
        source.rename(target)

    with monkeypatch.context() as patch:
        patch.setattr("asdbench.data.dcase.unpack.os.replace", killed)
        with pytest.raises(KeyboardInterrupt):
            development(tmp_path)
    assert len(files(tmp_path)) == 1
    scratch = tmp_path / ".asdbench-download/unpacking-left-by-sigkill"
    scratch.mkdir()
    development(tmp_path)
    assert set(files(tmp_path)) == {f"dev_data/{name}" for name in FAN}
    assert left(tmp_path) == {"done.json", "dataset"}
    assert len(server.log) == 1


def test_a_wrong_checksum_leaves_nothing(server: Server, tmp_path: Path) -> None:
    server.files[DEVELOPMENT] = b"forged"
    with pytest.raises(ValueError, match="wrong checksum") as caught:
        development(tmp_path)
    assert f"{server.url}{DEVELOPMENT}" in str(caught.value)
    assert files(tmp_path) == {}
    assert left(tmp_path) == {"dataset"}


def test_the_address_can_be_given(server: Server, tmp_path: Path) -> None:
    for wrong in ("zenodo.org/records", "ftp://zenodo.org/records", "http://"):
        with pytest.raises(ValueError, match="URL"):
            download("dcase2020", tmp_path, base_url=wrong)
    assert server.log == []
    assert len(download("dcase2020", tmp_path, base_url=f"{server.url}/").unpacked) == 3


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
        alone_in(tmp_path / ".asdbench-download"),
        pytest.raises(OSError, match=r"another download into .* is running"),
    ):
        development(tmp_path)


def test_another_years_folder(server: Server, tmp_path: Path) -> None:
    development(tmp_path)
    with pytest.raises(ValueError, match=r"holds a download of dcase2020; give another folder"):
        download("dcase2021", tmp_path)


def test_progress_has_sizes_and_starts_where_it_continues(server: Server, tmp_path: Path) -> None:
    server.cut_after = 600_000
    with pytest.raises(OSError, match="again"):
        development(tmp_path)
    have = (tmp_path / ".asdbench-download/dev_data_fan.zip.part").stat().st_size
    server.cut_after = None
    told: list[tuple[str, int, int | None]] = []
    download(
        "dcase2020",
        tmp_path,
        subsets=("development",),
        progress=lambda *what: told.append(what),
    )
    total = len(server.files[DEVELOPMENT])
    fetching = [entry for entry in told if entry[0] == "dev_data_fan.zip (1 of 1)"]
    assert fetching[0] == ("dev_data_fan.zip (1 of 1)", have, total)
    assert fetching[-1][1:] == (total, total)
    unpacking = told[len(fetching) :]
    assert {title for title, *_ in unpacking} == {"dev_data_fan.zip (1 of 1), unpacking"}
    assert [done for _, done, _ in unpacking] == [400_000, 700_000, 1_000_000]
    assert {total for *_, total in unpacking} == {1_000_000}
