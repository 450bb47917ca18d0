"""Pieces of a LaTeX table; text from outside becomes ASCII that shows it, with any engine."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from ._text import plain

LONG = 16  # letters of a label on one line

_HYPHEN = "\x1d"  # stands for one that another follows: LaTeX would make them a dash
_AS = {
    _HYPHEN: "-{}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\`{}",
    '"': "''",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    "[": "{[}",  # after a \\ it would be the option of that
    "*": "{*}",
    "±": r"$\pm$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "÷": r"$\div$",
    "·": r"$\cdot$",
    "°": r"$^\circ$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≈": r"$\approx$",
    "≠": r"$\neq$",
    "→": r"$\rightarrow$",
    "←": r"$\leftarrow$",
    "∞": r"$\infty$",
    "\N{MINUS SIGN}": "$-$",
    "\N{HYPHEN}": "-",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{LEFT SINGLE QUOTATION MARK}": "`{}",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'{}",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
    "†": r"\dag{}",
    "‡": r"\ddag{}",
    "§": r"\S{}",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "\N{LATIN SMALL LETTER DOTLESS I}": r"\i{}",
    "\ufffd": "?",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
}
_ACCENTS = {
    "\u0300": r"\`",
    "\u0301": r"\'",
    "\u0302": r"\^",
    "\u0303": r"\~",
    "\u0304": r"\=",
    "\u0306": r"\u",
    "\u0307": r"\.",
    "\u0308": r"\"",
    "\u030a": r"\r",
    "\u030b": r"\H",
    "\u030c": r"\v",
    "\u0327": r"\c",
}
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (\w+)")
_CAPITALS = {"gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "phi", "psi", "omega"}
_SMALL = _CAPITALS | {"alpha", "beta", "epsilon", "zeta", "eta", "iota", "kappa", "mu", "nu"}
_SMALL |= {"rho", "tau", "upsilon", "chi"}


class Column(NamedTuple):
    """A figure ("auc") of a machine type, or of the average."""

    machine: str
    figure: str


def line(first: str, others: Iterable[str]) -> str:
    """A line of a table."""
    return " & ".join([first, *others]) + r" \\"


def superscript(signs: str) -> str:
    """Raised, in the type of the text."""
    return rf"\textsuperscript{{{signs}}}"


def spread(mean: str, sd: str) -> str:
    """A mean with its standard deviation in small type below."""
    return rf"\spread{{{mean}}}{{{sd}}}"


def wrapped(made: str, position: str = "t") -> str:
    """In a narrow box, if what it shows is too long for one line."""
    shown = re.sub(r"\\[A-Za-z]+|[\\{}$]", "", made)
    if len(shown) <= LONG:
        return made
    broken = re.sub(r"(?<![\\A-Za-z])[A-Za-z\d]{13,}", _hyphenated, made)
    broken = re.sub(r"(\\_|(?<!\\)[\]/.=+,])", r"\1\\penalty100{}", broken)
    return rf"\parbox[{position}]{{{LONG / 2:g}em}}{{\raggedright\strut {broken}\strut}}"


def _hyphenated(word: re.Match[str]) -> str:
    """A long word with places to break; LaTeX finds none where a superscript follows."""
    return r"\-".join(re.findall(r"[A-Z]?[a-z]{1,14}|[A-Z\d]{1,14}", word[0]))


def escape(text: str) -> str:
    """The text on one line; letters that LaTeX's own fonts lack become [U+98CE]."""
    single = re.sub("-(?=-)", _HYPHEN, plain(text))
    return "".join(map(_letter, unicodedata.normalize("NFC", single)))


def _letter(letter: str) -> str:
    if letter in _AS:
        return _AS[letter]
    if letter.isascii():
        return letter
    return _greek(letter) or _accented(letter) or _alike(letter) or f"{{[}}U+{ord(letter):04X}]"


def _greek(letter: str) -> str:
    found = _GREEK.fullmatch(unicodedata.name(letter, ""))
    if not found:
        return "$\\mu$" if letter == "µ" else ""
    small, name = found[1] == "SMALL", found[2].lower().replace("lamda", "lambda")
    if name not in (_SMALL if small else _CAPITALS):
        return ""
    return f"$\\{name if small else name.capitalize()}$"


def _accented(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    base, mark = parts[0], parts[1:]
    return f"{_ACCENTS[mark]}{{{base}}}" if base.isascii() and mark in _ACCENTS else ""


def _alike(letter: str) -> str:
    """What is left of it in ASCII: "2" of a superscript, "a" of an accent that fonts lack."""
    parts = unicodedata.normalize("NFKD", letter)
    kept = "".join(part for part in parts if not unicodedata.combining(part))
    return "".join(map(_letter, kept)) if kept.isascii() else ""
