"""The report that tuning leaves, in words."""

from __future__ import annotations

import math
import shlex
from typing import Any

from optuna.trial import TrialState
from tabulate import tabulate

from asdbench.config.names import at
from asdbench.tuning.finalists import TESTING
from asdbench.tuning.result import Result
from asdbench.tuning.trust import Correlation, Trust

ENOUGH = 20  # trials, for a rank correlation to say anything


def found(result: Result) -> list[str]:
    """How it was found, in a few lines."""
    states = [trial.state for trial in result.trials]
    ended = f"{trials(len(states))}, {states.count(TrialState.PRUNED)} stopped early"
    labels = (
        f"without labels, on pseudo-anomalies made of normal {result.subset} training clips"
        if result.objective == "proxy"
        else "with the labels of the development subset; only the evaluation subset may be reported"
    )
    lines = [f"{ended}, tuned {labels}.", comparison(result)]
    if result.old:
        lines.append(f"{trials(result.old)} of other code of {result.method} than today's.")
    if result.trust:
        lines.append(
            f"Trust: rank correlation of objective and truth {rho(result.trust.correlation)}."
        )
    return lines


def comparison(result: Result) -> str:
    """Whether the pick replaces the default, and why."""
    trial, verdict = result.picked.trial, result.picked.verdict
    if result.is_default(trial.params):
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


def report(result: Result) -> str:
    """The whole report, Markdown; its last line is a command to paste."""
    parts = [f"# {result.method}: tuned on {result.objective}", "", *found(result), ""]
    table = [
        [name, short(at(result.defaults, name)), short(value)]
        for name, value in result.picked.trial.params.items()
    ]
    headers = ["field", "default", f"trial {result.picked.trial.number}"]
    parts += [str(tabulate(table, headers, tablefmt="github", disable_numparse=True)), ""]
    if result.picked.dropped:
        dropped = ", ".join(map("/".join, result.picked.dropped))
        parts += [f"Saturated, so dropped: {dropped}.", ""]
    parts += _trust(result)
    parts += [f"Charts: {result.recipe.with_suffix('.html')}", ""]
    parts += [invitation(result), "", f"    {command(result)}", ""]
    return "\n".join(parts)


def invitation(result: Result) -> str:
    """What the command is for."""
    if result.picked.verdict.better and not result.is_default(result.picked.trial.params):
        return "Run it beside the default:"
    return "The recipe holds the default. To run it all the same:"


def command(result: Result) -> str:
    """What runs the tuned row beside the default, into the same folder, as a shell takes it."""
    methods = f"{result.file},{result.label}"
    words = ["asdbench", "run", str(result.recipe), "--methods", methods, "--out", str(result.out)]
    return shlex.join(words)


def _trust(result: Result) -> list[str]:
    """How far to trust it, by figures that the choice didn't see."""
    known = result.trust
    if known is None:
        return ["No true figures, so nothing can be said of how far to trust this.", ""]
    n = known.correlation.n
    lines = [
        "## How far to trust it",
        "",
        f"By the true mean of AUC and pAUC of {trials(n)}, one seed each, seen after the choice:",
        "",
        f"- Rank correlation of objective and truth: {rho(known.correlation)}.",
        f"- True figure of the pick: {percent(known.pick)} %; of the default: "
        f"{percent(known.default)} %; of a trial picked blindly, on average: "
        f"{percent(known.random)} %; of the best trial: {percent(known.best)} %.",
        f"- Regret: {percent(known.regret)} points. The pick beats {100 * known.beaten:.0f} % of "
        "the other trials; a blind pick beats half of them.",
        f"- {how_far(known)}",
        "",
    ]
    table = [[family, rho(one)] for family, one in known.families.items()]
    kind = "family" if result.objective == "proxy" else "machine ID"
    headers = [kind, "rank correlation with truth (95 % interval)"]
    return [*lines, str(tabulate(table, headers, tablefmt="github", disable_numparse=True)), ""]


def how_far(found: Trust) -> str:
    """Whether the objective can be trusted here, no bolder than its interval."""
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
    return f"{known} Seen after the choice, with one seed, the pick is {side} than the default."


def short(value: Any) -> str:
    """A field's value; a float to four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def rho(one: Correlation) -> str:
    """A correlation with its interval."""
    if math.isnan(one.rho):
        return f"none: one of them is the same in {trials(one.n)}"
    if one.low is None or one.high is None:
        return f"{one.rho:+.2f} (n = {one.n}: too few different trials for an interval)"
    return f"{one.rho:+.2f} ({one.low:+.2f} to {one.high:+.2f}, n = {one.n})"


def trials(n: int) -> str:
    """So many trials."""
    return "1 trial" if n == 1 else f"{n} trials"


def percent(figure: float) -> str:
    """A share of 1 in %."""
    return f"{100 * figure:.1f}"
