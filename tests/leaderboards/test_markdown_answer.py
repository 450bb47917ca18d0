"""The Markdown leaderboard: what it says in short, and where methods come from."""

from __future__ import annotations

from dataclasses import replace

import boards
from asdbench_leaderboards import _markdown_answer, markdown

LINK = "https://example.org/a_(b)"


def test_the_answer_stands_before_the_table_of_each_subset() -> None:
    made = boards.made(["first*one", "second"], machines={"fan": 2})
    text = markdown.render(made)
    for subset in made.subsets:
        said = _markdown_answer.in_short(made, subset)
        first, second = (row.letters[made.question[subset]] or "?" for row in made.subset(subset))
        verb = "comes first" if {*first} & {*second, "?"} or second == "?" else "leads"
        assert said.startswith(rf"**first\*one** {verb} with ")
        assert "to fit and score a repeat." in said
        heading = f"## {subset.capitalize()}"
        assert text.index(heading) < text.index(said) < text.index("| ", text.index(heading))


def test_a_row_alone_has_dashes_and_no_words_on_being_best() -> None:
    text = markdown.render(boards.made(["a"], machines={"fan": 2}, subsets=["development"]))
    [line] = [line for line in text.splitlines() if line.startswith("|  1 |")]
    assert [cell.strip() for cell in line.split("|")][-5:-3] == ["-", "-"]
    assert "P(best):" not in text


def test_links_of_methods_are_below() -> None:
    made = boards.made(["a", "b"], machines={"fan": 2}, subsets=["development"])
    assert list(_markdown_answer.sources(made.rows)) == []
    rows = [replace(made.rows[0], sources={"paper": LINK, "code": "javascript:x"}), made.rows[1]]
    assert f"\nMethods: a [paper](<{LINK}>).\n" in markdown.render(replace(made, rows=rows))
