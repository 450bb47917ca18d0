"""What a board is made of: rows, pairs of rows, and the figures in them; plain frozen data.

AUCs and all that is made of them lie in [0, 1]. docs/leaderboards.md tells how to read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FIGURES = ("auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc")
ALPHA = 0.05  # of the tests that letters come from


@dataclass(frozen=True)
class Interval:
    """A 95 % interval.

    Attributes:
        low: Its lower end.
        high: Its upper end.
    """

    low: float
    high: float


@dataclass(frozen=True)
class Spread:
    """A figure over repeats.

    Attributes:
        mean: Mean of the values.
        sd: Standard deviation of the values with n - 1; None for one repeat.
        values: One for each complete repeat.
        these: Interval for these machine IDs (new clips, new seeds); None for ``mauc`` and
            ``pooled_auc``.
        new: Interval for new machine IDs of the same types; None where ``these`` is, for a single
            ID, and where no machine type has two.
    """

    mean: float
    sd: float | None
    values: Sequence[float]
    these: Interval | None = None
    new: Interval | None = None


@dataclass(frozen=True)
class Histogram:
    """Scores of the first complete repeat: clips in equal bins.

    Attributes:
        low: Where the first bin begins.
        high: Where the last bin ends. The outermost bins also hold what lies beyond.
        normal: Normal clips in each bin.
        anomalous: Anomalous clips in each bin.
    """

    low: float
    high: float
    normal: Sequence[int]
    anomalous: Sequence[int]


@dataclass(frozen=True)
class IdFigures:
    """One machine ID.

    Attributes:
        auc: Area under the ROC curve.
        pauc: The same up to a false positive rate of 0.1, standardised after McClish: 0.5 is
            chance, as scikit-learn's ``roc_auc_score(max_fpr=0.1)``.
        mean_auc_pauc: Mean of the two.
        normal: Normal test clips.
        anomalous: Anomalous test clips.
        roc: True positive rates at the board's ``false_rates``, mean over repeats.
        scores: Where the clips' scores lie.
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
    """One machine type.

    Attributes:
        auc: Mean over its IDs.
        pauc: Mean over its IDs.
        mauc: The smallest AUC among its IDs, in each repeat.
        mean_auc_pauc: Mean over its IDs.
        pooled_auc: One AUC over all its clips, whatever their ID, as some papers do: another
            number.
        ids: By machine ID.
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

    Attributes:
        label: Name of the row: the method's, or a variant's.
        method: Name of the method.
        summary: First line of the method's docstring.
        subset: ``development`` or ``evaluation``.
        origin: Where its scores or fields come from; ``kind`` is ``run``, ``tuned`` or ``import``.
        repeats: Complete repeats; only they count.
        planned: Repeats that were asked for.
        seconds: What a repeat took to fit and score; None where that is not known.
        auc: Mean over machine types.
        pauc: Mean over machine types.
        mauc: Mean over machine types.
        mean_auc_pauc: Mean over machine types, by which rows are ranked.
        pooled_auc: Mean over machine types.
        machines: By machine type.
        best: Probability of being the best of its subset.
        letters: Rows of a subset that share a letter can't be told apart.
        places: Its place in each repeat that all rows of the subset have, from 1.
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
    """Two rows of a subset, the better first, compared over machine IDs.

    Attributes:
        subset: ``development`` or ``evaluation``.
        first: Label of the better row.
        second: Label of the other.
        n: Machine IDs that both have.
        difference: Of ``mean_auc_pauc``: means over repeats, then over these IDs.
        effect: Matched-pairs rank-biserial correlation, from -1 to 1: 1 where the first is better
            on every ID.
        p: Of Wilcoxon's signed-rank test.
        corrected: ``p`` after Holm's correction for all pairs of the subset.
        flips: Share of pairs of repeats that put the two in different orders; None where they
            share fewer than two repeats.
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
