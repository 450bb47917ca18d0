"""Pieces of a LaTeX table: text from outside shows, and can do nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from asdbench_leaderboards import _tex
from hypothesis import given
from hypothesis import strategies as st
from typeset import typeset


@given(st.text() | st.text(st.sampled_from("\\{}$&#^_~%-`'\"<>[]*| ab\n\u0301")))
def test_text_from_outside_can_do_nothing(text: str) -> None:
    escaped = _tex.escape(text)
    assert escaped.isascii()
    assert "\n" not in escaped
    bare = re.sub(r"\\([a-zA-Z]+|[^a-zA-Z])", "", escaped)  # without commands
    assert not set(bare) & set("&%#_~\\")
    assert bare.count("$") % 2 == 0
    depth = 0
    for letter in bare:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    allowed = {command for value in _tex._AS.values() for command in commands(value)}
    allowed |= {*_tex._SMALL, *(name.capitalize() for name in _tex._CAPITALS), *"uHrvc"}
    assert commands(escaped) <= allowed


def commands(text: str) -> set[str]:
    return set(re.findall(r"\\([a-zA-Z]+)", text))


def test_names_that_differ_stay_different() -> None:
    names = ["风扇", "风机", "扇", "é", "e", "<", ">", "a_b", "a b", "--", "-"]
    assert len({_tex.escape(name) for name in names}) == len(names)
    assert _tex.escape("风") == "{[}U+98CE]"
    assert _tex.escape("Ångström, naïve, Łódź") == r"\r{A}ngstr\"{o}m, na\"{i}ve, \L{}\'{o}d\'{z}"
    assert (
        _tex.escape("lr=1e-3 -- \N{GREEK SMALL LETTER ALPHA}, µ, Ω")
        == r"lr=1e-3 -{}- $\alpha$, $\mu$, $\Omega$"
    )


def test_pieces_of_a_table() -> None:
    assert _tex.line("knn", ["1", "2"]) == r"knn & 1 & 2 \\"
    assert _tex.line("alone", []) == r"alone \\"
    assert _tex.superscript("a,b") == r"\textsuperscript{a,b}"
    assert _tex.spread("81.2", "0.4") == r"\spread{81.2}{0.4}"


def test_only_what_is_long_is_wrapped_and_commands_do_not_count() -> None:
    short = r"id\_contrastive\textsuperscript{a}"  # 16 letters are seen
    assert _tex.wrapped(short) == short
    assert _tex.wrapped("one more letter, x") == (
        r"\parbox[t]{8em}{\raggedright\strut one more letter,\penalty100{} x\strut}"
    )
    assert _tex.wrapped("a" * 13 + "-" + "b" * 13, "b").startswith(r"\parbox[b]{8em}")


def test_long_words_may_break_where_they_are_made_of_words() -> None:
    assert r"Variational\-Autoencoder\-Pretrained" in _tex.wrapped(
        "VariationalAutoencoderPretrained"
    )


def test_latex_sets_every_letter(tmp_path: Path) -> None:
    letters = [chr(code) for code in (*range(0x3000), *range(0xFB00, 0x10000)) if code]
    lines = [_tex.escape(" ".join(letters[i : i + 64])) for i in range(0, len(letters), 64)]
    typeset(tmp_path, "\n\n".join(lines))
    top = "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{amsmath}"
    typeset(tmp_path, "\n\n".join(lines), top=top)
