"""What pages share: templates of two folders, and texts inlined under a policy's hash."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from importlib.metadata import version
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from asdbench.pages.look import COMMON, environment, inlined


def test_a_folders_own_file_stands_before_the_shared_one_and_all_others_are_shared(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine.css").write_text("i {}")
    (tmp_path / "print.css").write_text("b {}")
    made = inlined(tmp_path, ["theme.css", "mine.css", "print.css"], before="/* a */", after="u {}")
    theme = (COMMON / "theme.css").read_text(encoding="utf-8")
    assert made.text == f"/* a */\n{theme}\ni {{}}\nb {{}}\nu {{}}"


def test_the_hash_is_what_a_browser_makes_of_the_element(tmp_path: Path) -> None:
    (tmp_path / "mine.js").write_text('say("ä");', encoding="utf-8")
    made = inlined(tmp_path, ["mine.js"])
    assert made.text == 'say("ä");'
    digest = hashlib.sha256('say("ä");'.encode()).digest()
    assert b64decode(made.hash.removeprefix("sha256-")) == digest


def test_what_is_written_into_a_page_is_text_and_a_name_that_is_missing_is_an_error(
    tmp_path: Path,
) -> None:
    (tmp_path / "page.html").write_text("<p>{{ name }}</p>")
    template = environment(tmp_path).get_template("page.html")
    assert template.render(name="<b>") == "<p>&lt;b&gt;</p>"
    with pytest.raises(UndefinedError):
        template.render()


def test_every_page_says_who_made_it_and_loads_nothing_but_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("""{% set loads = "img-src 'self'" %}
{% include "head.html" %}""")
    style = inlined(tmp_path, ["theme.css"])
    text = environment(tmp_path).get_template("page.html").render(style=style)
    assert f'content="asdbench {version("asdbench")}"' in text
    policy = f"default-src 'none'; style-src '{style.hash}'; img-src 'self'; base-uri 'none'; "
    assert f"""content="{policy}form-action 'none'">""" in text
