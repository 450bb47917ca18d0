"""What a plugin's source says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_files import written

from asdbench.config.declared import fields, needs, sources, summary

METHOD = '''
"""A module."""
@dataclass(frozen=True)
class Config:
    """No method."""

class Helper:
    """Fits as well, but is no dataclass."""
    def fit(self): ...

@dataclass
class Mine(ByScorer):
    """Listens with ``k`` ears.

    For long.
    """
    needs: ClassVar[str] = "two ears"
    paper = "https://example.org/mine"
    code: ClassVar[str] = HOME + "/mine"
    bibtex: ClassVar[str] = """
        @misc{mine,
          year = {2026}
        }
    """
    def fit(self, train, context): ...
'''


def test_it_is_the_dataclass_with_fit(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(METHOD)
    assert summary(tmp_path / "mine.py", None) == "Listens with k ears."
    assert needs(tmp_path / "mine.py", None) == "two ears"
    assert summary(tmp_path / "mine.py", "Config") == "No method."
    assert needs(tmp_path / "mine.py", "Config") == ""


def test_where_it_comes_from_is_read_from_constants_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(METHOD)
    assert sources(tmp_path / "mine.py", None) == {
        "paper": "https://example.org/mine",
        "bibtex": "@misc{mine,\n  year = {2026}\n}",
    }
    assert sources(tmp_path / "mine.py", "Config") == {}


@pytest.mark.parametrize(
    ("source", "said"), [('"""Only this."""', "Only this."), ("def (", "(broken: SyntaxError")]
)
def test_a_module_without_a_method_needs_nothing(tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / "mine.py").write_text(source)
    assert summary(tmp_path / "mine.py", None).startswith(said)
    assert needs(tmp_path / "mine.py", None) == ""
    assert sources(tmp_path / "mine.py", None) == {}


def test_fields_are_read_with_those_of_classes_beside_it(tmp_path: Path) -> None:
    written(
        tmp_path / "_shared.py",
        "class Above:\n    epochs: int = 3\n    _hidden: int = 1\n    how: str\n    n_: int = 0\n",
    )
    body = """
        from dataclasses import dataclass
        from typing import ClassVar
        from ._shared import Above

        @dataclass
        class Mine(Above):
            scope: ClassVar[str] = "machine"
            lr: float = 1e-3
            depth: int

            def fit(self, train, context): ...
    """
    file = written(tmp_path / "mine.py", body)
    assert fields(file, None) == {"epochs": "3", "lr": "0.001", "depth": ""}
    assert fields(tmp_path / "gone.py", None) == {}
