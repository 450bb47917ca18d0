"""The look that all pages have: colours, type, tables, charts' parts; one file that opens offline."""

from asdbench.pages.look import Inlined, environment, inlined

__all__ = ["Inlined", "environment", "inlined"]
