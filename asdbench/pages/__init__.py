"""The look that all pages share: colours, type, tables, parts of charts; a page is one file."""

from asdbench.pages.look import Inlined, environment, inlined

__all__ = ["Inlined", "environment", "inlined"]
