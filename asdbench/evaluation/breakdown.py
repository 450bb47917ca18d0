"""What a board tells beyond figures of rows: by kind of clip, and what two rows find together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asdbench.evaluation.figures import Difference, Spread


@dataclass(frozen=True)
class Behind:
    """How far a row is behind the one that hears a kind of clip best, over the IDs that both have.

    P is corrected for all rows that are compared on this kind of clip.

    Attributes:
        difference: Of their AUCs.
        clips: Would it be so with other test clips? The fits and machine IDs are these.
        here: And with other seeds? None where one has a single repeat and seeds may change it.
        elsewhere: And on other machine IDs of these types? None where ``here`` is, and where there
            are too few machine IDs.
    """

    difference: float
    clips: Difference | None
    here: Difference | None
    elsewhere: Difference | None


@dataclass(frozen=True)
class Slice:
    """AUC on one kind of clip: those with a value of a tag, as ``fault`` ``leak``.

    Attributes:
        subset: ``development`` or ``evaluation``.
        tag: What is told of the clips, as ``fault``.
        value: One of its values, as ``leak``.
        machines: Machine types that have such clips, enough of them to count.
        normal: Normal clips that they are told apart from: those with the value where half of the
            subset's normal clips have the tag and any has the value, else all of the same IDs.
        anomalous: Anomalous clips with the value. An ID counts that has two clips of each class.
        rows: By label, the AUC: mean over IDs, then over the machine types that have such clips. A
            row is missing that has none of them.
        best: Label of the row that hears them best.
        behind: By label, how far each other row is behind it; without those that share no ID.
    """

    subset: str
    tag: str
    value: str
    machines: Sequence[str]
    normal: int
    anomalous: int
    rows: Mapping[str, Spread]
    best: str
    behind: Mapping[str, Behind]


@dataclass(frozen=True)
class FoundBy:
    """Anomalous clips of two rows, counted by which of them finds a clip.

    Attributes:
        both: Both do.
        first: Only the first does.
        second: Only the second does.
        neither: Neither does.
    """

    both: int
    first: int
    second: int
    neither: int


@dataclass(frozen=True)
class Agreement:
    """How far two rows of a subset say the same of the same clips.

    Each clip counts with its rank among those of its machine ID, mean over a row's repeats.

    Attributes:
        subset: ``development`` or ``evaluation``.
        first: Label of the row that is ranked higher.
        second: Label of the other.
        n: Machine IDs that both have.
        correlation: Spearman's, mean over these IDs; None where a row gives all clips one score.
        found_by: Anomalous clips by which row finds them, with a threshold for each ID that at most
            10 % of its normal clips lie above.
    """

    subset: str
    first: str
    second: str
    n: int
    correlation: float | None
    found_by: FoundBy
