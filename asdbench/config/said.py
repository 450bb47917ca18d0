"""What an error says, made fit to be shown and kept: its text is whatever a stranger wrote."""

from __future__ import annotations

SHOWN = 500  # characters of a reason
KEPT = 1_000_000  # characters of a traceback, with what was printed before it


def cut(text: str, most: int) -> str:
    """The text; of a longer one than ``most`` characters its beginning and its end."""
    if len(text) <= most:
        return text
    note = f" ... (cut: {len(text):,} characters in all) ... "
    end = (most - len(note)) // 2
    return f"{text[:end]}{note}{text[-end:]}"


def with_kind(error: BaseException) -> str:
    """An error's kind and what it says, as one line that isn't long."""
    kind = type(error).__name__
    try:
        text = " ".join(str(error).split())
    except Exception as worse:  # noqa: BLE001 - it is made by the code that raised the error
        return f"{kind} (its text can't be had: {type(worse).__name__})"
    return cut(f"{kind}: {text}", SHOWN)


def one_line(error: BaseException) -> str:
    """What an error says, as one line that isn't long; the kind of all that isn't a user's."""
    whole = with_kind(error)
    text = whole.removeprefix(f"{type(error).__name__}: ")
    return text if text and isinstance(error, ValueError) else whole
