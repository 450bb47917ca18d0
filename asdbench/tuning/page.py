"""The page that tuning leaves: the verdict first, then what the trials show, and the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState

from asdbench.config.names import at
from asdbench.pages import environment, inlined
from asdbench.tuning.importance import LEAST
from asdbench.tuning.report import (
    command,
    comparison,
    found,
    how_far,
    invitation,
    percent,
    rho,
    short,
)
from asdbench.tuning.result import Result
from asdbench.tuning.trust import Trust
from asdbench.tuning.verdict import RISK

TEMPLATES = Path(__file__).parent / "templates"
STYLES = ("theme.css", "page.css", "tables.css", "charts.css", "tuned.css", "print.css")
SCRIPTS = (
    *("dom.js", "tip.js", "plot.js", "theme.js"),
    *(
        "trials.js",
        "verdict.js",
        "history.js",
        "importance.js",
        "slices.js",
        "truth.js",
        "tuned.js",
    ),
)
STATES = {
    TrialState.COMPLETE: "finished",
    TrialState.PRUNED: "stopped early",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "still running",
}


def page(result: Result, importances: Mapping[str, float]) -> str:
    """The page as HTML; nothing in it is loaded from elsewhere, and its policy forbids to."""
    style = inlined(TEMPLATES, STYLES)
    script = inlined(TEMPLATES, SCRIPTS, before='"use strict";\n{', after="start();\n}")
    fields = _fields(result, importances)
    text: str = (
        environment(TEMPLATES)
        .get_template("tuned.html")
        .render(
            result=result,
            verdict=result.picked.verdict,
            same=result.is_default(result.picked.trial.params),
            comparison=comparison(result),
            said=found(result),
            risk=RISK,
            least=LEAST,
            command=command(result),
            invitation=invitation(result),
            fields=fields,
            importances=importances,
            trials=[_trial(one) for one in result.trials],
            counts=_counts(result),
            objective="logit of AUC" if result.objective == "proxy" else "mean AUC/pAUC",
            trust=result.trust,
            how_far=how_far,
            percent=percent,
            rho=rho,
            short=short,
            drawn=_drawn(result, fields),
            style=style,
            script=script,
        )
    )
    return text


def _counts(result: Result) -> dict[str, int]:
    """How many trials came to which end; those that there are of."""
    states = [trial.state for trial in result.trials]
    return {name: states.count(state) for state, name in STATES.items() if state in states}


def _fields(result: Result, importances: Mapping[str, float]) -> list[dict[str, Any]]:
    """The fields that were searched, the most important first: where, and what came of it."""
    spaces: dict[str, BaseDistribution] = {}
    for trial in result.trials:
        spaces |= trial.distributions
    picked = result.picked.trial.params
    known = {name: spaces.get(name) for name in [*picked, *(spaces.keys() - picked.keys())]}
    order = sorted(known, key=lambda name: -importances.get(name, 0.0))
    return [
        {
            "name": name,
            **_space(known[name]),
            "default": _plotted(at(result.defaults, name), known[name]),
            "pick": _plotted(picked.get(name), known[name]),
            "importance": importances.get(name),
            "said": [at(result.defaults, name), picked.get(name), at(result.fields, name)],
        }
        for name in order
    ]


def _space(space: BaseDistribution | None) -> dict[str, Any]:
    """The space as charts draw it; of a category, its choices in words."""
    if isinstance(space, CategoricalDistribution):
        choices = [short(choice) for choice in space.choices]
        return {"choices": choices, "searched": ", ".join(choices)}
    if space is None:
        return {"choices": None, "searched": "", "log": False, "low": None, "high": None}
    ends = vars(space)
    about = vars(space)
    low, high, log = about["low"], about["high"], about["log"]
    whole = isinstance(space, IntDistribution)
    kind = "whole numbers " if whole else ""
    said = f"{kind}{short(low)} to {short(high)}{', log' if log else ''}"
    ends = {"log": log, "low": low, "high": high, "whole": whole}
    return {"choices": None, "searched": said, **ends}


def _plotted(value: Any, space: BaseDistribution | None) -> Any:
    """A value where charts draw it: a number, or the place of a choice; None where it has none."""
    if isinstance(space, CategoricalDistribution):
        return space.choices.index(value) if value in space.choices else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _trial(trial: FrozenTrial) -> dict[str, Any]:
    took = trial.duration.total_seconds() if trial.duration else None
    return {
        "number": trial.number,
        "state": STATES.get(trial.state, trial.state.name),
        "value": trial.value if trial.state == TrialState.COMPLETE else None,
        "params": dict(trial.params),
        "reason": trial.user_attrs.get("failed", ""),
        "seconds": took,
    }


def _drawn(result: Result, fields: list[dict[str, Any]]) -> dict[str, Any]:
    """What the charts need."""
    verdict, pick = result.picked.verdict, result.picked.trial
    return {
        "objective": result.objective,
        "fields": [{k: v for k, v in field.items() if k != "said"} for field in fields],
        "trials": [
            {
                **_trial(trial),
                "isPick": pick.number == trial.number or pick.params == trial.params,
                "isDefault": result.is_default(trial.params),
                "params": {
                    name: _plotted(value, trial.distributions[name])
                    for name, value in trial.params.items()
                },
            }
            for trial in result.trials
        ],
        "tested": [list(both) for both in result.picked.tested],
        "difference": verdict.difference,
        "error": verdict.error,
        "trust": _trust(result.trust),
    }


def _trust(trust: Trust | None) -> dict[str, Any] | None:
    """The truth as charts draw it; what can't be told is null."""
    if trust is None:
        return None
    return {
        "points": [list(point) for point in trust.points],
        "default": trust.default,
        "families": [
            {
                "name": name,
                "rho": None if math.isnan(one.rho) else one.rho,
                "low": one.low,
                "high": one.high,
                "n": one.n,
            }
            for name, one in {"the objective": trust.correlation, **trust.families}.items()
        ],
    }
