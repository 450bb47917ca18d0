"""What tuning leaves: a recipe to run, a report to read, and a page to look at."""

from __future__ import annotations

import optuna

from asdbench.config import files
from asdbench.tuning.importance import importances
from asdbench.tuning.page import page
from asdbench.tuning.recipe import recipe
from asdbench.tuning.report import report
from asdbench.tuning.result import Result


def write(result: Result) -> str:
    """Write the recipe and the report, ``<name>.toml`` and ``.md``; the report's text."""
    files.write(result.recipe, recipe(result))
    text = report(result)
    files.write(result.recipe.with_suffix(".md"), text)
    return text


def write_page(result: Result, study: optuna.Study) -> None:
    """Write the page, ``<name>.html``."""
    files.write(result.recipe.with_suffix(".html"), page(result, importances(study)))
