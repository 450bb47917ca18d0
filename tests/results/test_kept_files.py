"""Files that are there, were never there, or are there and no more what was written."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from asdbench.config.files import told
from asdbench.results.kept_files import KeptFiles, seal_of


@pytest.mark.parametrize("left", [b"", bytes(40), b'{"a": ', b"[1]", b"\xff\xfe", b"[" * 200_000])
def test_a_damaged_file_counts_as_missing_and_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, left: bytes
) -> None:
    folder = KeptFiles(tmp_path)
    assert folder.read_json("a.json") is None
    assert folder.damaged == {}
    folder.write_json("a.json", {"a": 1})
    assert folder.read_json("a.json") == {"a": 1}
    (tmp_path / "a.json").write_bytes(left)
    with caplog.at_level(logging.WARNING):
        assert folder.read_json("a.json") is None
        assert folder.read_json("a.json") is None
    [said] = caplog.messages
    assert str(tmp_path / "a.json") in said
    assert "run or import it again" in said
    assert list(folder.damaged) == ["a.json"]


def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    with pytest.raises(OSError, match="it is a pipe"):
        KeptFiles(tmp_path).read_json("a.json")
    with pytest.raises(OSError, match="it is a pipe") as caught:
        KeptFiles(tmp_path).sealed("a.json", None)
    assert told(caught.value).endswith("a device where a file should be; delete it")


def test_a_seal_tells_texts_apart() -> None:
    assert seal_of("\u00e4")["bytes"] == 2
    assert seal_of("ab") != seal_of("ba")
