"""A finished study: what was chosen, whether it replaces the default, how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial

from asdbench.config.experiment import Experiment
from asdbench.config.names import at, nested
from asdbench.config.schema import merge
from asdbench.tuning.finalists import Picked
from asdbench.tuning.trust import Trust


@dataclass(frozen=True)
class Result:
    """A finished study, with all that its recipe, its report and its page say.

    All fields that were searched are among ``defaults`` and ``fields``, said or not in a cell.
    ``file`` is how to ask for the method: its name, or the path of its file. ``old`` counts the
    trials that other code of the method than today's ran. ``out`` is the output folder.
    """

    method: str
    file: str
    experiment: Experiment
    base: str
    objective: str
    trials: Sequence[FrozenTrial]
    picked: Picked
    defaults: Mapping[str, Any]
    old: int
    out: Path
    trust: Trust | None = None
    subset: str = "development"  # that chose, or both

    @property
    def fields(self) -> Mapping[str, Any]:
        """Those of the pick, if it is better, else the default's."""
        if not self.picked.verdict.better:
            return self.defaults
        return merge(nested(self.picked.trial.params), self.picked.fields)

    @property
    def label(self) -> str:
        """The name of the tuned row."""
        return f"{self.method}-tuned" + ("-oracle" if self.objective == "oracle" else "")

    @property
    def name(self) -> str:
        """The name of its files, without what they end in: an oracle's are others."""
        return f"{self.method}-oracle" if self.objective == "oracle" else self.method

    @property
    def recipe(self) -> Path:
        """The recipe's file."""
        return self.out / "tuned" / f"{self.name}.toml"

    def is_default(self, params: Mapping[str, Any]) -> bool:
        """Whether these parameters are the default's."""
        return all(at(self.defaults, name) == value for name, value in params.items())
