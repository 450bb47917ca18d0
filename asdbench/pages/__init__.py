"""The look of all pages: colours, type, tables, parts of charts; one file that opens offline."""

from asdbench.pages.look import Inlined, environment, inlined

__all__ = ["Inlined", "environment", "inlined"]
