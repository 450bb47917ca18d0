"""Text from outside in the Markdown leaderboard: it shows as itself, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest
from asdbench_leaderboards import markdown
from gfm import GFM, shown, tables
from hand_made import board, machine, pair, row, spread

from asdbench.evaluation import Behind, Difference, Row, Slice

HOSTILE = [
    "a|b",
    "a\\|b",
    "<script>alert(1)</script>",
    "[x](http://a.b)",
    "![x](y)",
    "<http://a.b>",
    "**bold** _it_ *it* ~~gone~~",
    "`code` ``",
    "&lt; &#65;",
    "# heading",
    "a #",
    "1. list",
    "- list",
    "+ list",
    "=====",
    "-----",
    "$x$",
    "\\",
    "[x]: y",
]


def rendered(*rows: Row, **changed: Any) -> str:
    return markdown.render(board(*rows, question={"development": "here"}, **changed))


@pytest.mark.parametrize("label", ["knn-1.5", "1e5", "007", "id_contrastive", "a__b"])
def test_a_label_that_needs_no_escape_stays_as_it_is(label: str) -> None:
    text = rendered(row(label))
    ranking, by_machine = tables(text)
    assert ranking[1][1] == by_machine[1][0] == label
    assert label == "a__b" or f" {label} " in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_from_outside_shows_as_itself_wherever_it_is(hostile: str) -> None:
    machines = {hostile: machine(0.9, 0.8)}
    rows = row(hostile, machines=machines), row("b", machines=machines)
    pairs = [pair(hostile, "b")]
    text = rendered(*rows, pairs=pairs, benchmark=hostile, notes=[hostile])
    ranking, differences, by_machine = tables(text)
    assert ranking[1][1] == by_machine[1][0] == by_machine[0][1] == hostile
    lines = [token for token in GFM.parse(text) if token.type == "inline"]
    assert shown(lines[0].children) == hostile
    assert shown(lines[-1].children) == hostile
    assert differences[1][0] == f"{hostile} - b"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_row_with_one_repeat_is_named_as_it_is(hostile: str) -> None:
    text = rendered(row("a"), row(hostile, repeats=1, seeds="unknown"))
    [legend] = [token for token in GFM.parse(text) if "One repeat" in token.content]
    said = shown([part for part in legend.children or [] if part.type != "softbreak"])
    assert f"what other seeds do to {hostile}; run two" in said


@pytest.mark.parametrize("hostile", HOSTILE)
def test_tags_and_their_values_show_as_themselves(hostile: str) -> None:
    told = Difference(0.1, 0.3, 0.001, 0.001)
    behind = {hostile: Behind(0.2, told, told, told)}
    rows = {hostile: spread(0.5)}
    one = Slice("development", hostile, hostile, ["fan"], 9, 3, rows, "best", behind)
    text = rendered(row(hostile), slices=[one])
    *_, kinds = tables(text)
    assert kinds == [[hostile, hostile], [hostile, "50.0"], ["anomalous clips", "3"]]


def test_what_would_steer_a_terminal_does_not_get_there() -> None:
    text = rendered(row("a\x1b[31mred\u202e\r\nb"))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert tables(text)[0][1][1] == "a\ufffd[31mred\ufffd b"
