"""The recipe that tuning leaves: an experiment with the tuned row in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomli_w

from asdbench.config.experiment import Experiment
from asdbench.config.keys import plain
from asdbench.config.names import at, nested
from asdbench.tuning.report import found
from asdbench.tuning.result import Result


def recipe(result: Result) -> str:
    """The experiment with the tuned row in it, under a header that says how it was found."""
    header = [
        f"# {result.method} of {result.base}, tuned.",
        "#",
        *(f"# {line}" for line in found(result)),
    ]
    chosen = {name: at(result.fields, name) for name in result.picked.trial.params}
    trials = len(result.trials)
    origin = {"objective": result.objective, "trials": trials, "subset": result.subset}
    given, standard = plain(result.experiment), plain(Experiment())
    experiment = {name: value for name, value in given.items() if value != standard[name]}
    experiment |= {
        "repeats": result.experiment.repeats,
        "dataset": result.experiment.dataset,
        "methods": {result.method: result.experiment.tables.get(result.method, {})},
        "variants": {result.label: {"method": result.method, **nested(chosen)}},
        "tuned": {result.label: origin},
    }
    experiment.pop("tune", None)
    return "\n".join(header) + "\n" + tomli_w.dumps(_without_none(experiment))


def _without_none(value: Any) -> Any:
    """TOML has no null: a field that is None is left out, which means its default."""
    if isinstance(value, Mapping):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    return value
