"""What a leaderboard shows: plain frozen data, made by ``results`` and drawn by leaderboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

VERSION = 2  # of the JSON schema, docs/results-format.md
FIGURES = ("auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc")
SUBSETS = ("evaluation", "development")  # in the order shown: papers chose on development


@dataclass(frozen=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Spread:
    """A figure over repeats: mean, standard deviation (n - 1; None for one repeat), each value.

    ``these`` is its interval for these machine IDs (new clips, new seeds), ``new`` the one for new
    machine IDs of the same types; None where there is none. See docs/leaderboards.md.
    """

    mean: float
    sd: float | None
    values: Sequence[float]
    these: Interval | None = None
    new: Interval | None = None


@dataclass(frozen=True)
class Histogram:
    """Scores of the first complete repeat: clips in equal bins from ``low`` to ``high``.

    The outermost bins also hold what lies beyond.
    """

    low: float
    high: float
    normal: Sequence[int]
    anomalous: Sequence[int]


@dataclass(frozen=True)
class IdFigures:
    """One machine ID.

    ``roc`` holds true positive rates, mean over repeats, at the board's ``false_rates``.
    """

    auc: Spread
    pauc: Spread
    mean_auc_pauc: Spread
    normal: int
    anomalous: int
    roc: Sequence[float]
    scores: Histogram


@dataclass(frozen=True)
class MachineFigures:
    """One machine type: the mean over its IDs; ``mauc`` is its worst ID's AUC in each repeat.

    ``pooled_auc`` throws all its IDs' clips together, as some papers do: another number.
    """

    auc: Spread
    pauc: Spread
    mauc: Spread
    mean_auc_pauc: Spread
    pooled_auc: Spread
    ids: Mapping[str, IdFigures]


@dataclass(frozen=True)
class Row:
    """A label on one subset: means over machine types, and what they are made of.

    ``repeats`` of ``planned`` repeats are complete; ``seconds`` is what one took to fit and score,
    None where that is not known. ``best`` is the probability of being the best of its subset. Rows
    of a subset that share one of their ``letters`` can't be told apart. ``places`` are its places
    in each repeat that all rows have.
    """

    label: str
    method: str
    summary: str
    subset: str
    origin: Mapping[str, Any]
    repeats: int
    planned: int
    seconds: float | None
    auc: Spread
    pauc: Spread
    mauc: Spread
    mean_auc_pauc: Spread
    pooled_auc: Spread
    machines: Mapping[str, MachineFigures]
    best: float
    letters: str
    places: Sequence[int]


@dataclass(frozen=True)
class Pair:
    """Two rows of a subset, the better first, compared on the mean of AUC and pAUC.

    Over ``n`` machine IDs, each a mean over repeats: mean ``difference``, ``effect`` size (-1 to
    1), ``p`` of a Wilcoxon test, and ``corrected`` for the number of pairs. ``flips`` is how often
    two repeats put them in different orders; None where they share fewer than two.
    """

    subset: str
    first: str
    second: str
    n: int
    difference: float
    effect: float
    p: float
    corrected: float
    flips: float | None


@dataclass(frozen=True)
class Curve:
    """One figure of training, of one cell: values at epochs, thinned out for drawing."""

    repeat: int
    machine: str | None
    stage: str
    figure: str
    epochs: Sequence[int]
    values: Sequence[float]


@dataclass(frozen=True)
class System:
    """How a row's scores came about: fields and recipe, and what its cells were run with.

    ``complete`` are the numbers of its complete repeats. ``facts`` holds every value that its cells
    have of each fact; ``mixed`` names the facts that may change figures and have more than one.
    """

    fields: Mapping[str, Any]
    recipe: Mapping[str, Any]
    complete: Sequence[int]
    facts: Mapping[str, Sequence[Any]]
    mixed: Sequence[str]
    curves: Sequence[Curve]


@dataclass(frozen=True)
class Board:
    """Everything a leaderboard shows: rows by subset, best first, and what is missing.

    ``known`` names the well-known test set that a subset is, complete. ``notes`` are for the
    reader: IDs that can't be measured, rows without a finished repeat. ``systems`` is by label.
    ``false_rates`` are the false positive rates of every ``roc``.
    """

    version: int
    made_from: str
    benchmark: str
    recipe: Mapping[str, Any]
    rows: Sequence[Row]
    notes: Sequence[str]
    systems: Mapping[str, System]
    pairs: Sequence[Pair]
    known: Mapping[str, str]
    false_rates: Sequence[float]

    def subset(self, name: str) -> list[Row]:
        """The rows of one subset, best first."""
        return [row for row in self.rows if row.subset == name]

    @property
    def subsets(self) -> list[str]:
        """The subsets that there are rows of, evaluation first."""
        return [name for name in SUBSETS if self.subset(name)]

    def as_dict(self) -> dict[str, Any]:
        """The board as JSON has it."""
        return asdict(self)
