"""How to cite what a board shows."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.metadata import version

import boards
from asdbench_leaderboards import _cite

from asdbench.config import plugins
from asdbench.data.dcase import facts

ENTRY = "@misc{mine,\n  year = {2026}\n}"


def test_entries_are_of_asdbench_the_data_and_the_methods_and_none_is_there_twice() -> None:
    made = boards.made(["a", "b", "c"], subsets=["development"], machines={"fan": 2})
    rows = [replace(row, sources={"bibtex": ENTRY}) for row in made.rows[:2]]
    recipe = {"dataset": {"name": "dcase2020"}}
    text = _cite.bibtex(replace(made, rows=[*rows, made.rows[2]], recipe=recipe))
    keys = re.findall(r"^@\w+\{(\w+),", text, re.M)
    assert keys == [
        "asdbench",
        *("koizumi2020description", "koizumi2019toyadmos", "purohit2019mimii"),
        "mine",
    ]
    assert f"version = {{{version('asdbench')}}}" in text
    assert "year = {2026}" in text.split("\n\n")[0]  # of the last result
    assert "board 0123456789abcdef" in text
    assert text.count("{") == text.count("}")


def test_a_known_test_set_is_cited_without_a_recipe() -> None:
    made = boards.made(["a"], subsets=["development"], machines={"fan": 2}, recipe={})
    known = {"development": "DCASE 2023 Task 2"}
    assert "dohi2023description" in _cite.bibtex(replace(made, known=known))
    assert "description" not in _cite.bibtex(made)


def test_every_year_of_the_challenge_has_entries() -> None:
    for year in facts.YEARS.values():
        recipe = {"dataset": {"name": year.dataset}}
        made = boards.made(["a"], subsets=["development"], machines={"fan": 1}, recipe=recipe)
        assert str(year.number) in _cite.bibtex(made)


def test_every_method_but_the_floor_says_where_it_comes_from() -> None:
    named = plugins.available(plugins.METHODS)
    without = {name for name, plugin in named.items() if set(plugin.sources) != {*_SOURCES}}
    assert without == {"knn"}
    for plugin in named.values():
        assert all(map(_cite.safe, (plugin.sources.get(name, "https://x") for name in _LINKS)))
        entries = plugin.sources.get("bibtex", "")
        assert entries.count("{") == entries.count("}")


def test_only_addresses_of_the_web_are_linked() -> None:
    row = boards.made(["a"], subsets=["development"], machines={"fan": 1}).rows[0]
    row = replace(row, sources={"paper": "javascript:alert(1)", "code": "https://example.org/x"})
    assert _cite.links(row) == {"code": "https://example.org/x"}
    assert [_cite.safe(address) for address in (None, "", "file:///etc", "http://a b")] == [""] * 4


_LINKS = ("paper", "code")
_SOURCES = (*_LINKS, "bibtex")
