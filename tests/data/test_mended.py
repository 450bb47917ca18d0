"""A file some of whose bytes are read as others, however it is read."""

from __future__ import annotations

import io

import pytest

from asdbench.data.mended import Mended


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20])
def test_every_piece_that_is_read_has_the_bytes_instead(size: int) -> None:
    file = Mended(io.BytesIO(b"0123456789"), {2: b"abc", 8: b"xy"})
    found = b"".join(iter(lambda: file.read(size), b""))
    assert found == b"01abc567xy"
    file.seek(4)
    assert file.read(2) == b"c5"
    assert file.tell() == 6


def test_a_place_that_is_not_there_is_no_error() -> None:
    file = Mended(io.BytesIO(b"abcdef"), {})
    file.seek(2)
    assert file.seek(-1) == 2
    assert file.read() == b"cdef"
