"""What pyproject.toml can't say: PyPI's page is the README, with addresses that lead there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ADDRESS = PROJECT["urls"]["Repository"]


def absolute(text: str) -> str:
    """Links and pictures of a page at the root of the repository, as any other page has them."""
    text = re.sub(r"\]\((?!https?:|#)", f"]({ADDRESS}/blob/main/", text)
    return re.sub(r'(src|srcset)="(?!https?:)', rf'\1="{ADDRESS}/raw/main/', text)


setup(
    long_description=absolute((HERE / "README.md").read_text(encoding="utf-8")),
    long_description_content_type="text/markdown",
)
