"""Pieces of Markdown: any text shows as itself."""

from __future__ import annotations

from asdbench_leaderboards import _pipes
from gfm import GFM, shown, tables
from hypothesis import given
from hypothesis import strategies as st


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.text(st.sampled_from("#*_-+=1.)[]()<>|`~&;:$\\!/@'\" ab\n"), max_size=12)
)
def test_any_text_shows_as_itself_on_one_line(text: str) -> None:
    escaped = _pipes.escape(text)
    assert "\n" not in escaped
    tokens = [token for token in GFM.parse(f"- {escaped}\n") if token.type == "inline"]
    found = shown(tokens[0].children) if tokens else ""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    assert found == plain
    heading = [token for token in GFM.parse(f"# {escaped}\n") if token.type == "inline"]
    assert shown(heading[0].children) == plain
    cells = tables(f"| a | b |\n|---|---|\n| {escaped} | c |\n")[0][1]
    assert cells == [plain, "c"]


def test_a_table_is_aligned_in_the_source_too() -> None:
    made = _pipes.table([["a", "1"], ["long", "22"]], ["name", "n"], ["left", "right"])
    assert tables(made) == [[["name", "n"], ["a", "1"], ["long", "22"]]]
    assert len({len(line) for line in made.splitlines()}) == 1
