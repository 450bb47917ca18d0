"""What a submission says of itself, and what is refused of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from asdbench.submission.about import ABOUT, TEMPLATE, About, ToldCost, about_of, is_link
from asdbench.submission.guard import RefusedError


def test_it_is_read_and_the_template_is_empty(tmp_path: Path) -> None:
    assert about_of(tmp_path) is None
    (tmp_path / ABOUT).write_text(TEMPLATE)
    assert about_of(tmp_path) == About()
    (tmp_path / ABOUT).write_text('code = "c"\n[cost."a b"]\nfit_seconds = 2\nscore_ms = 0.5\n')
    about = about_of(tmp_path)
    assert about is not None
    assert about.cost == {"a b": ToldCost(2.0, 0.5)}
    assert about.links == {"code": "c"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "no TOML"),
        ('titel = "x"', "titel"),
        ('authors = "Ada"', "authors"),
        ("title = 3", "title"),
        (f'title = "{"x" * 5000}"', "more than 4000 letters"),
        (f'authors = ["{"x" * 5000}"]', "more than 4000 letters"),
        ("[cost.a]\nfit_seconds = -1.0\nscore_ms = 1.0", r"cost\.a has a number"),
        ("[cost.a]\nfit_seconds = inf\nscore_ms = 1.0", "fit_seconds"),
        ("[cost.a]\nfit_seconds = 1.0", "score_ms"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / ABOUT).write_text(text)
    with pytest.raises(RefusedError, match=said):
        about_of(tmp_path)


def test_a_link_isnt_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text('title = "x"')
    (tmp_path / ABOUT).symlink_to(tmp_path / "other")
    with pytest.raises(RefusedError, match="is a link"):
        about_of(tmp_path)


def test_addresses() -> None:
    assert is_link("https://arxiv.org/abs/2304.03588")
    for text in (
        *("javascript:alert(1)", "https://", "//x.org", "x.org", "https://[", "https://a b.org"),
        *('https://x.org/"onclick', "https://x.org/\n", "data:text/html,x", "file:///etc/x.y"),
    ):
        assert not is_link(text), text
