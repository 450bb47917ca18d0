"""Links from the page to the clips beside it, where there are any."""

from __future__ import annotations

import boards
from asdbench_leaderboards import html
from board_page import Page

LINKS = {"a": "clips/index.html#row=a"}


def test_rows_and_sections_link_to_clips_where_they_were_made() -> None:
    assert "clips/index.html" not in html.render(boards.made(["a", "b"]))
    page = html.render(boards.made(["a", "b"], clips=LINKS))
    for subset in ("development", "evaluation"):
        assert page.count(f'href="clips/index.html#row=a&amp;subset={subset}"') == 1
    assert 'href="clips/index.html"' in page
    assert "#row=b" not in page


def test_a_copy_without_the_clips_beside_it_has_no_link_to_them(page: Page) -> None:
    """As MLflow shows an artifact: out of the browser's memory."""
    made = boards.made(["a", "b"], clips=LINKS)
    page.show(made)
    links = "a[href*='clips/index.html']"
    assert len(page.all(links)) == 3
    make = "location = URL.createObjectURL(new Blob([arguments[0]], {type: 'text/html'}))"
    page.browser.get("about:blank")
    page.browser.execute_script(make, html.render(made))
    assert page.browser.current_url.startswith("blob:")
    assert page.order() == ["a", "b"]
    assert page.all(links) == []
    assert all(one.startswith("blob:") for one in page.requests())  # the page itself
