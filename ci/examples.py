"""Griffe's extension for the site's Python API: a section ``Example:`` is one of examples.

Google's style says ``Examples:``, whatever their number; docstrings here have the word that fits.
"""

from __future__ import annotations

from typing import Any

from griffe import Extension, Object


class ExampleSections(Extension):
    """Reads ``Example:`` as ``Examples:``."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        if obj.docstring:
            obj.docstring.value = obj.docstring.value.replace("\nExample:\n", "\nExamples:\n")
