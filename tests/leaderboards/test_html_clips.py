"""Links from the page to the clips beside it, where there are any."""

from __future__ import annotations

import boards
from asdbench_leaderboards import html

LINKS = {"a": "clips/index.html#row=a"}


def test_rows_and_sections_link_to_clips_where_they_were_made() -> None:
    assert "clips/index.html" not in html.render(boards.made(["a", "b"]))
    page = html.render(boards.made(["a", "b"], clips=LINKS))
    for subset in ("development", "evaluation"):
        assert page.count(f'href="clips/index.html#row=a&amp;subset={subset}"') == 1
    assert 'href="clips/index.html"' in page
    assert "#row=b" not in page
