"""A record's description, in both of its forms, and what is none."""

from __future__ import annotations

from typing import Any

import pytest
from zenodo import Server

from asdbench.data.dcase.zenodo import Record, archive_url, page_of, read_record

FILE = {"id": "x", "key": "dev_fan.zip", "size": 12, "checksum": "md5:00", "links": {}}


def read(server: Server, description: Any) -> Record:
    server.records["7"] = description
    return read_record(server.url, "7", pause=lambda _: None)


@pytest.mark.parametrize("files", [[FILE], {"enabled": True, "entries": {"dev_fan.zip": FILE}}])
def test_files_as_zenodo_lists_them_and_as_inveniordm_does(server: Server, files: Any) -> None:
    record = read(server, {"files": files, "metadata": {"license": {"id": "cc-by-4.0"}}})
    [(name, file)] = record.files.items()
    assert (name, file.size, file.checksum) == ("dev_fan.zip", 12, "md5:00")
    assert record.licence == "cc-by-4.0"


@pytest.mark.parametrize("metadata", [{}, {"license": None}, {"license": {"id": 4}}])
def test_what_is_not_told_is_empty(server: Server, metadata: dict[str, Any]) -> None:
    record = read(server, {"files": [{"key": "dev_fan.zip"}], "metadata": metadata})
    assert record.licence == ""
    assert (record.files["dev_fan.zip"].size, record.files["dev_fan.zip"].checksum) == (None, "")


@pytest.mark.parametrize("answer", [[], {}, {"files": "all"}, {"files": [{"size": 1}]}])
def test_an_answer_that_is_no_description(server: Server, answer: Any) -> None:
    with pytest.raises(ValueError, match=r"api/records/7 did not answer with .* description"):
        read(server, answer)


def test_a_record_that_is_not_there(server: Server) -> None:
    with pytest.raises(ValueError, match="api/records/8 answered 404"):
        read_record(server.url, "8", pause=lambda _: None)


def test_a_busy_server_is_waited_for(server: Server, waits: list[float]) -> None:
    server.busy, server.busy_at = [(429, "60")], "/api/"
    assert read(server, {"files": []}).files == {}
    assert waits == [60]


def test_addresses() -> None:
    assert archive_url("https://m", "7", "a.zip") == "https://m/records/7/files/a.zip"
    assert page_of("7") == "https://zenodo.org/records/7"
