"""What a board is made of: rows, pairs of rows, and the figures in them; plain frozen data.

AUCs and all that is made of them lie in [0, 1]. docs/leaderboards.md tells how to read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from asdbench.evaluation.cost import Cost

RANKS = "mean_auc_pauc"
FIGURES = ("auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc")
ALPHA = 0.05  # of the tests that letters come from
QUESTIONS = ("clips", "here", "elsewhere")  # each contains the one before


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
        here: 95 % interval for other test clips and other seeds on these machine IDs; None for one
            repeat of a row that seeds may change.
        elsewhere: The same for other machine IDs of the same types too; None where ``here`` is,
            for ``mauc`` and ``pooled_auc``, for a single ID, and where there are too few IDs to
            know how they differ.
        clips: The same for other test clips alone, these fits staying as they are; None where every
            ID has a single clip of a class.
    """

    mean: float
    sd: float | None
    values: Sequence[float]
    here: Interval | None = None
    elsewhere: Interval | None = None
    clips: Interval | None = None


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
        more: Further figures by name, where clips have domains or rows have decisions.
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
    more: Mapping[str, Spread] = field(default_factory=dict)


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
        more: Further figures by name: harmonic means over its sections of those by domain, means
            over its IDs of those of decisions.
        ids: By machine ID.
    """

    auc: Spread
    pauc: Spread
    mauc: Spread
    mean_auc_pauc: Spread
    pooled_auc: Spread
    ids: Mapping[str, IdFigures]
    more: Mapping[str, Spread] = field(default_factory=dict)


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
        mean_auc_pauc: Mean over machine types.
        pooled_auc: Mean over machine types.
        more: Further figures by name: harmonic means over all types and sections of those by
            domain, ``official`` among them, and means over machine types of those of decisions.
        machines: By machine type.
        seeds: What other seeds do to it: ``counted`` in intervals and tests, ``none`` for a
            method without randomness, ``unknown`` with one repeat.
        best: By question, the probability of being the best of its subset; null where it can't be
            told, and where there is no other row.
        letters: By question: rows of a subset that share a letter can't be told apart; null where
            it can't be told.
        places: Its place in each repeat that all rows of the subset have, from 1.
        remarks: What its reader must know, by its method: what it was pretrained on, what was
            chosen on test clips.
        cost: What it took; None where that is not known.
        sources: Where its method comes from, as the method says: ``paper`` and ``code`` are
            addresses, ``bibtex`` an entry.
        same_as: Label of the row that has the same scores, if one has: two names of one row, which
            is compared under that label and has the same ``best``, ``letters`` and ``places``.
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
    seeds: Literal["counted", "none", "unknown"]
    best: Mapping[str, float | None]
    letters: Mapping[str, str | None]
    places: Sequence[int]
    more: Mapping[str, Spread] = field(default_factory=dict)
    remarks: Sequence[str] = field(default_factory=list)
    cost: Cost | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    same_as: str | None = None


@dataclass(frozen=True)
class Difference:
    """What one question says of two rows.

    Attributes:
        low: Lower end of the 95 % interval of their difference.
        high: Upper end of it.
        p: Of a t test that there is no difference.
        corrected: ``p`` after Holm's correction for all pairs of the subset.
    """

    low: float
    high: float
    p: float
    corrected: float


@dataclass(frozen=True)
class Pair:
    """Two rows of a subset, compared in one figure; the better one first.

    Attributes:
        subset: ``development`` or ``evaluation``.
        figure: Its name; rows are ranked, and told apart, by the first of the board's ``figures``.
        first: Label of the better row.
        second: Label of the other.
        n: Machine IDs that both have.
        difference: Of their means over machine types, over the IDs that both have.
        clips: Would it be so with other test clips? The fits and machine IDs are these.
        here: And with other seeds? None where one has a single repeat and seeds may change it.
        elsewhere: And on other machine IDs of these types? None where ``here`` is, for ``mauc``
            and ``pooled_auc``, and where there are too few machine IDs.
        flips: Share of pairs of repeats that put the two in different orders; None where they
            share fewer than two repeats.
    """

    subset: str
    figure: str
    first: str
    second: str
    n: int
    difference: float
    clips: Difference | None
    here: Difference | None
    elsewhere: Difference | None
    flips: float | None


def rivals(rows: Sequence[Row]) -> list[Row]:
    """The rows that are compared: each once, if it has two names."""
    return [row for row in rows if row.same_as is None]


def figure_of(of: Row | MachineFigures | IdFigures, name: str) -> Spread | None:
    """A figure by its name; None where there is none."""
    found: Spread | None = getattr(of, name) if name in FIGURES and hasattr(of, name) else None
    return found or of.more.get(name)
