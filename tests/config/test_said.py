"""What an error says is one line that can be shown, whatever its text is."""

from __future__ import annotations

import pytest

from asdbench.config.said import SHOWN, cut, one_line


class OddError(ValueError):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class NoTextError(Exception):
    def __str__(self) -> str:
        return None  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("k = 0;\n  use more"), "k = 0; use more"),
        (RuntimeError("no\tdevice"), "RuntimeError: no device"),
        (ValueError(), "ValueError: "),
        (OddError(), "OddError (its text can't be had: RuntimeError)"),
        (NoTextError(), "NoTextError (its text can't be had: TypeError)"),
    ],
)
def test_an_error_is_one_line_with_its_kind_unless_it_is_a_users(
    error: Exception, says: str
) -> None:
    assert one_line(error) == says


def test_of_a_long_text_the_beginning_and_the_end_are_shown() -> None:
    found = one_line(ValueError("no file " + "A" * 5_000_000 + " in there"))
    assert found.startswith("no file AAA")
    assert found.endswith("AAA in there")
    assert "(cut: 5,000,029 characters in all)" in found
    assert len(found) <= SHOWN
    assert cut("as it is", 8) == "as it is"
