"""Thresholds of a detector, from the scores of normal training clips alone, and what they promise.

Shapes: N training scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from asdbench.config.imports import imported
from asdbench.evaluation.threshold import SHARE, threshold

Kind = Literal["gamma", "quantile", "alarms"]
DAY = 86400.0  # seconds
CONFIDENCE = 0.95
FEW = 20  # scores; a gamma distribution fitted to fewer says little (simulated: up to 3 times off)
_HELP = (
    'write "gamma" (as the challenge: 0.9 of a gamma distribution; or gamma:0.95), '
    '"quantile:0.99" (that share of the training clips below), or "alarms:1" (at most so many '
    "false alarms a day)"
)


@dataclass(frozen=True)
class Rule:
    """How a threshold is found: a kind, and its number."""

    kind: Kind
    value: float

    @classmethod
    def of(cls, text: str) -> Rule:
        """From text: "gamma", "gamma:0.95", "quantile:0.99", "alarms:1"."""
        kind, _, number = text.partition(":")
        usual = {"gamma": str(SHARE), "quantile": "0.99", "alarms": "1"}
        try:
            value = float(number or usual[kind])
        except (KeyError, ValueError):
            raise ValueError(f"threshold {text!r}: {_HELP}") from None
        if not (0 < value < 1 if kind != "alarms" else 0 < value < math.inf):
            raise ValueError(f"threshold {text!r}: {_HELP}")
        return cls(kind, value)  # type: ignore[arg-type]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value:g}"


@dataclass(frozen=True)
class Limit:
    """A threshold: a score above ``value`` is an alarm.

    Attributes:
        value: The score.
        rule: How it was found: "gamma:0.9", "quantile:0.99", "alarms:1".
        clips: Of how many training scores.
        expected: Which share of normal clips will lie above, as far as these can tell.
        low: Lower end of that share's 95 % interval.
        high: Upper end; what so few clips can't exclude.
        kept: Whether it can be kept: False for fewer false alarms than so many clips can promise,
            where the largest training score is taken, and for a gamma distribution of few scores.
    """

    value: float
    rule: str
    clips: int
    expected: float
    low: float
    high: float
    kept: bool = True

    def a_day(self, clips_a_day: float) -> str:
        """The false alarms a day to expect, in words."""
        numbers = (clips_a_day * share for share in (self.expected, self.low, self.high))
        expected, low, high = map(_short, numbers)
        return f"about {expected} false alarms a day (95 %: {low} to {high})"


def _short(number: float) -> str:
    """With two digits that say something: 8,600, 12, 0.43."""
    return f"{float(f'{number:.2g}'):,g}" if number else "0"


def limit(scores: ArrayLike, rule: Rule, clips_a_day: float) -> Limit:
    """The threshold of these training scores (N,), each as if its clip had not been learned from.

    The order statistic of rank k among N is exceeded by a new normal clip with a probability that
    is distributed as Beta(N + 1 - k, k): Wilks, "Determination of sample sizes for setting
    tolerance limits", 1941. A gamma distribution's is counted: Clopper and Pearson, 1934.
    """
    values = np.sort(np.asarray(scores, dtype=np.float64))
    count = len(values)
    if not count:
        raise ValueError("a threshold needs scores of training clips, and there are none")
    if rule.kind == "gamma":
        return _counted(values, threshold(scores, rule.value), rule)  # in their order: as decisions
    below = rule.value if rule.kind == "quantile" else 1 - rule.value / clips_a_day
    # Rounded: 0.99 of 99 + 1 clips is the 99th, not the 100th for a last bit's sake.
    rank = max(1, math.ceil(round(below * (count + 1), 9)))
    taken = min(rank, count)
    low, high = _beta(count + 1 - taken, taken)
    expected = (count + 1 - taken) / (count + 1)
    return Limit(float(values[taken - 1]), str(rule), count, expected, low, high, rank <= count)


def percentile(scores: ArrayLike, score: float) -> float:
    """How many per cent of these training scores (sorted) a score is above or equal to."""
    values = np.asarray(scores, dtype=np.float64)
    return 100.0 * float(np.searchsorted(values, score, side="right")) / max(1, len(values))


def _counted(values: np.ndarray, value: float, rule: Rule) -> Limit:
    count, above = len(values), int((values > value).sum())
    low = _beta(above, count - above + 1)[0] if above else 0.0
    high = _beta(above + 1, count - above)[1] if above < count else 1.0
    expected = (above + 1) / (count + 2)  # Laplace's: that of so few clips lies in the interval
    return Limit(value, str(rule), count, expected, low, high, count >= FEW)


def _beta(a: float, b: float) -> tuple[float, float]:
    stats = imported("scipy.stats")
    tail = (1 - CONFIDENCE) / 2
    return float(stats.beta.ppf(tail, a, b)), float(stats.beta.ppf(1 - tail, a, b))
