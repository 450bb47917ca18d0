"""What must stand above figures that a reader could take for more than they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MADE_UP = ("synthetic", "first-shot")  # datasets of no real machine


def caution(recipe: Mapping[str, Any]) -> str:
    """That no real machine was heard in a run of this recipe, where it is so.

    Example:
        >>> caution({"dataset": {"name": "synthetic"}})
        'Synthetic machines: no evidence about real ones.'
        >>> caution({"dataset": {"name": "dcase2020"}})
        ''
    """
    made_up = recipe.get("dataset", {}).get("name") in MADE_UP
    return "Synthetic machines: no evidence about real ones." if made_up else ""
