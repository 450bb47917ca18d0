"""Which test clips a fitted method calls anomalous, by thresholds from its training clips alone."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from numpy.typing import NDArray

from asdbench.data.clips import Clips
from asdbench.evaluation.threshold import threshold
from asdbench.training.method import Method, checked_scores

_MachineId = tuple[str, str]


class Decided(NamedTuple):
    """Which test clips are called anomalous, by the scores of the training clips."""

    anomalous: list[bool]
    train_scores: list[float]


def decisions(method: Method, train: Clips, test: Clips, scores: NDArray[Any]) -> Decided:
    """Whether each test clip's score is above the threshold of its machine ID.

    The threshold is made of the training clips' scores: those of ``method.train_scores`` where it
    has that, else of ``method.score``. An ID without training clips has that of its machine type,
    or of all clips where the type has none either.
    """
    of_train = getattr(method, "train_scores", method.score)
    known = checked_scores(of_train(train), len(train))
    of_ids: dict[_MachineId | str | None, list[float]] = defaultdict(list)
    for clip, score in zip(train, known.tolist(), strict=True):
        for group in ((clip.machine, clip.id), clip.machine, None):
            of_ids[group].append(score)
    limits: dict[_MachineId, float] = {}
    for clip in test:
        here = clip.machine, clip.id
        if here not in limits:
            group = next(group for group in (here, clip.machine, None) if group in of_ids)
            limits[here] = threshold(of_ids[group])
    anomalous = [
        bool(score > limits[clip.machine, clip.id])
        for clip, score in zip(test, scores, strict=True)
    ]
    return Decided(anomalous, known.tolist())
