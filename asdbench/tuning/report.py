"""What tuning leaves: a recipe to run, a report to read, and plots to look at."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
import tomli_w
from optuna.trial import FrozenTrial, TrialState
from tabulate import tabulate

from asdbench.config import files
from asdbench.config.experiment import Experiment
from asdbench.config.imports import undisturbed
from asdbench.config.keys import plain
from asdbench.config.names import at, nested
from asdbench.tuning.finalists import TESTING, Picked
from asdbench.tuning.trust import Correlation, Trust

ENOUGH = 20  # trials, for a rank correlation to say anything


@dataclass(frozen=True)
class Result:
    """A finished study: what was chosen, whether it replaces the default, how far to trust it.

    ``file`` is how to ask for the method: its name, or the path of its file. ``old`` counts the
    trials that other code of the method than today's ran.
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
    trust: Trust | None = None
    subset: str = "development"  # that chose, or both

    @property
    def fields(self) -> Mapping[str, Any]:
        """Those of the pick, if it is better, else the default's."""
        return self.picked.fields if self.picked.verdict.better else self.defaults

    @property
    def label(self) -> str:
        """The name of the tuned row."""
        return f"{self.method}-tuned" + ("-oracle" if self.objective == "oracle" else "")

    @property
    def name(self) -> str:
        """The name of its files, without what they end in."""
        return name_of(self.method, self.objective)


def name_of(method: str, objective: str) -> str:
    """The name of the files that tuning leaves: an oracle's are others, so that both can be had."""
    return f"{method}-oracle" if objective == "oracle" else method


def write(result: Result, study: optuna.Study, folder: Path) -> str:
    """Write recipe, report and plots, ``<name>.toml``, ``.md`` and ``.html``; the report's text."""
    recipe = files.write(folder / f"{result.name}.toml", _recipe(result))
    text = _report(result, recipe)
    files.write(folder / f"{result.name}.md", text)
    files.write(folder / f"{result.name}.html", _plots(result, study))
    return text


def _recipe(result: Result) -> str:
    """The experiment with the tuned row in it, under a header that says how it was found."""
    header = [
        f"# {result.method} of {result.base}, tuned.",
        "#",
        *(f"# {line}" for line in _found(result)),
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


def _found(result: Result) -> list[str]:
    """How it was found, in a few lines."""
    states = [trial.state for trial in result.trials]
    ended = f"{_trials(len(states))}, {states.count(TrialState.PRUNED)} stopped early"
    labels = (
        f"without labels, on pseudo-anomalies made of normal {result.subset} training clips"
        if result.objective == "proxy"
        else "with the labels of the development subset; only the evaluation subset may be reported"
    )
    lines = [f"{ended}, tuned {labels}.", _comparison(result)]
    if result.old:
        lines.append(f"{_trials(result.old)} of other code of {result.method} than today's.")
    if result.trust:
        lines.append(
            f"Trust: rank correlation of objective and truth {_rho(result.trust.correlation)}."
        )
    return lines


def _comparison(result: Result) -> str:
    """Whether the pick replaces the default, and why."""
    trial, verdict = result.picked.trial, result.picked.verdict
    if all(at(result.defaults, name) == value for name, value in trial.params.items()):
        return "The default did best, so it is kept."
    side = "behind" if verdict.difference < 0 else "ahead"
    where = f"in the objective, mean over {TESTING} fresh proxy tasks that it wasn't chosen on"
    corrected = ""
    if result.objective == "oracle":
        corrected = " after Bonferroni's correction for the settings compared"
        where = f"in mean AUC/pAUC, mean over {TESTING} fresh seeds; p counts the clips too"
    return (
        f"Trial {trial.number} {'replaces' if verdict.better else 'does not replace'} the "
        f"default: it is {side} by {abs(verdict.difference):.3f} {where} (standard error "
        f"{verdict.error:.3f}, one-sided p {verdict.p:.3f}{corrected}). Were no setting better "
        f"than the default, it would be kept in {100 * result.picked.kept:.0f} % of studies "
        "(simulated)."
    )


def _report(result: Result, recipe: Path) -> str:
    parts = [f"# {result.method}: tuned on {result.objective}", "", *_found(result), ""]
    table = [
        [name, _short(at(result.defaults, name)), _short(value)]
        for name, value in result.picked.trial.params.items()
    ]
    headers = ["field", "default", f"trial {result.picked.trial.number}"]
    parts += [str(tabulate(table, headers, tablefmt="github", disable_numparse=True)), ""]
    if result.picked.dropped:
        dropped = ", ".join(map("/".join, result.picked.dropped))
        parts += [f"Saturated, so dropped: {dropped}.", ""]
    parts += _trust(result)
    parts += [f"Run it: asdbench run {recipe} --methods {result.file},{result.label}", ""]
    return "\n".join(parts)


def _trust(result: Result) -> list[str]:
    """How far to trust it, by figures that the choice didn't see."""
    found = result.trust
    if found is None:
        return ["No true figures, so nothing can be said of how far to trust this.", ""]
    n = found.correlation.n
    lines = [
        "## How far to trust it",
        "",
        f"By the true mean of AUC and pAUC of {_trials(n)}, one seed each, seen after the choice:",
        "",
        f"- Rank correlation of objective and truth: {_rho(found.correlation)}.",
        f"- True figure of the pick: {_percent(found.pick)} %; of the default: "
        f"{_percent(found.default)} %; of a trial picked blindly, on average: "
        f"{_percent(found.random)} %; of the best trial: {_percent(found.best)} %.",
        f"- Regret: {_percent(found.regret)} points. The pick beats {100 * found.beaten:.0f} % of "
        "the other trials; a blind pick beats half of them.",
        f"- {_verdict(found)}",
        "",
    ]
    table = [[family, _rho(one)] for family, one in found.families.items()]
    kind = "family" if result.objective == "proxy" else "machine ID"
    headers = [kind, "rank correlation with truth (95 % interval)"]
    return [*lines, str(tabulate(table, headers, tablefmt="github", disable_numparse=True)), ""]


def _verdict(found: Trust) -> str:
    if found.correlation.n < ENOUGH:
        known = f"Fewer than {ENOUGH} trials: too few to say whether the objective can be trusted."
    elif found.correlation.low is not None and found.correlation.low > 0:
        known = "The objective goes with the truth here."
    elif found.correlation.high is not None and found.correlation.high < 0:
        known = "The objective misleads here: what it prefers is truly worse."
    else:
        known = "Whether the objective goes with the truth can't be said: the interval includes 0."
    if found.pick == found.default:
        return known
    side = "better" if found.pick > found.default else "worse"
    return f"{known} The pick is truly {side} than the default."


def _plots(result: Result, study: optuna.Study) -> str:
    """History, slices and importance on one page that opens offline."""
    with undisturbed():  # Optuna imports plotly and scikit-learn when they are needed
        from optuna import visualization as show

        figures = [show.plot_optimization_history(study), show.plot_slice(study)]
        finished = [trial for trial in result.trials if trial.state == TrialState.COMPLETE]
        if len(finished) > 1 and len({trial.value for trial in finished}) > 1:
            figures.append(show.plot_param_importances(study))
    pages = [
        figure.to_html(full_html=False, include_plotlyjs=place == 0)
        for place, figure in enumerate(figures)
    ]
    title = f"{result.method}: {result.objective}"
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<h1>{title}</h1>{''.join(pages)}</html>\n"
    )


def _without_none(value: Any) -> Any:
    """TOML has no null: a field that is None is left out, which means its default."""
    if isinstance(value, Mapping):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    return value


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _rho(one: Correlation) -> str:
    if math.isnan(one.rho):
        return f"none: one of them is the same in {_trials(one.n)}"
    if one.low is None or one.high is None:
        return f"{one.rho:+.2f} (n = {one.n}: too few different trials for an interval)"
    return f"{one.rho:+.2f} ({one.low:+.2f} to {one.high:+.2f}, n = {one.n})"


def _trials(n: int) -> str:
    return "1 trial" if n == 1 else f"{n} trials"


def _percent(figure: float) -> str:
    return f"{100 * figure:.1f}"
