"""Files of a stranger's folder: nothing outside it is read, nor what is no plain file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asdbench.submission.guard import RefusedError, plain_file, read_json, read_text, size


def test_what_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    (inside / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (inside / "sub" / "plain").write_text("plain")
    (inside / "link").symlink_to(tmp_path / "secret")
    (inside / "way").symlink_to(tmp_path)
    os.mkfifo(inside / "pipe")
    assert read_text(inside, "sub/plain") == "plain"
    for name in ("../secret", "/etc/passwd", "sub/../../secret", "..", "a\0b", "C:\\x"):
        with pytest.raises(RefusedError, match=r"leads out|there is no"):
            plain_file(inside, name, 100)
    for name, said in (
        ("link", "is a link"),
        ("way/secret", "is a link|leads|there is no way/secret|way"),
        ("pipe", "no plain file"),
        ("sub", "no plain file"),
        ("nothing", "there is no nothing"),
    ):
        with pytest.raises(RefusedError, match=said):
            plain_file(inside, name, 100)
    with pytest.raises(RefusedError, match="has 5 bytes; at most 4 bytes are read"):
        plain_file(inside, "sub/plain", 4)


@pytest.mark.parametrize("text", ["{", '{"a": NaN}', "[1e999]", "[" * 100_000, ""])
def test_what_is_no_json_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(RefusedError, match=r"a\.json is no JSON"):
        read_json(tmp_path, "a.json")


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff\xfe")
    with pytest.raises(RefusedError, match="no text in UTF-8"):
        read_json(tmp_path, "a.json")


def test_sizes_in_words() -> None:
    assert [size(n) for n in (3, 1536, 3 << 20)] == ["3 bytes", "1.5 KiB", "3 MiB"]
