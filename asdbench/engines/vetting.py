"""What a shut-in worker says is held to the form that a cell's messages have."""

from __future__ import annotations

import json
from typing import Any

from asdbench.engines.events import Task
from asdbench.results.records import Outcome
from asdbench.training.method import checked_scores


def vetted(kind: str, content: Any, task: Task) -> tuple[str, Any]:
    """The kind and content of a message; those of a failure where they aren't what they should be.

    A worker that runs a stranger's code can say anything, and the command would fall over it.
    """
    from pydantic import TypeAdapter

    try:
        if kind == "done":
            return kind, _outcome(TypeAdapter(Outcome).validate_python(vars(content)), task)
        if kind == "said":
            said = tuple[str, int, float, dict[str, float], int | None]
            return kind, TypeAdapter(said).validate_python(content)
        if kind in {"failed", "died"}:
            return kind, TypeAdapter(tuple[str, str]).validate_python(content)
    except (TypeError, ValueError) as error:
        if kind == "said":  # it goes on: an epoch of which nothing is known
            return kind, ("?", 0, 0.0, {}, None)
        return "died", ("its process said what no cell says", str(error))
    return kind, content


def _outcome(outcome: Outcome, task: Task) -> Outcome:
    """Raises ``ValueError`` where numbers don't fit the clips, or something can't be written."""
    checked_scores(outcome.scores, len(task.test))
    if outcome.train_scores:
        checked_scores(outcome.train_scores, len(task.train))
    if len(outcome.decided) not in {0, len(task.test)}:
        raise ValueError(f"{len(outcome.decided)} decisions for {len(task.test)} clips")
    json.dumps([list(outcome.history), dict(outcome.facts), dict(outcome.cost)])
    return outcome
