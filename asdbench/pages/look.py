"""Templates and their styles and scripts, inlined, so that a page needs nothing but itself."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

COMMON = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Inlined:
    """Text of a style or script element, and what a Content-Security-Policy calls it by."""

    text: Markup
    hash: str


def environment(folder: Path) -> Environment:
    """Jinja for the templates in ``folder``, which can include those that all pages share.

    They know asdbench's ``version``.
    """
    made = Environment(
        loader=FileSystemLoader([folder, COMMON]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    made.globals["version"] = version("asdbench")
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    return made


def inlined(folder: Path, names: Sequence[str], before: str = "", after: str = "") -> Inlined:
    """The files of these names, of ``folder`` or shared, one after another, as one element."""
    files = [folder / name if (folder / name).is_file() else COMMON / name for name in names]
    parts = [before, *(file.read_text(encoding="utf-8") for file in files), after]
    text = "\n".join(part for part in parts if part)
    digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Inlined(Markup(text), f"sha256-{digest}")
