"""Numbers as the page says them."""

from __future__ import annotations

MISSING = "\N{EN DASH}"


def signed(share: float) -> str:
    """A difference in percentage points: "+3.0", with a real minus sign."""
    return f"{100 * share:+.1f}".replace("-", "\N{MINUS SIGN}")


def brief(value: float) -> str:
    """A number to sort by: six digits."""
    return f"{value:.6g}"


def p_value(p: float) -> str:
    """Three digits, as many as are told."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def duration(seconds: float | None) -> str:
    """ "59.9 s", "12 min", "2 h 05 min"."""
    if seconds is None:
        return MISSING
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
