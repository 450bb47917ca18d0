"""Where a score stands: put together from members' scores, among those of the training clips.

Shapes: P members, N clips, M training clips of one machine ID.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from asdbench.detector.description import MachineId
from asdbench.evaluation.ensemble import kin
from asdbench.evaluation.limits import Limit, Rule, limit
from asdbench.results.records import Score

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """One machine ID's: how its members are put together, its training scores, its threshold."""

    means: Array  # (P, 1)
    spreads: Array  # (P, 1)
    train: Array  # (M,), sorted
    limit: Limit

    def combined(self, scores_PN: Array) -> Array:
        """One score a clip (N,): that of the only member, or the mean of standardised ones."""
        found: Array = scores_PN[0]
        if len(scores_PN) > 1:
            found = ((scores_PN - self.means) / self.spreads).mean(axis=0)
        return found

    def excess(self, score: float) -> float:
        """How far a score lies above the training clips' mean, in their deviations."""
        spread = float(self.train.std()) or 1.0
        return (score - float(self.train.mean())) / spread


class Standings:
    """The standing of every machine ID, and of those that were never trained on.

    Such an ID has that of all training clips of its machine type, as methods score it.
    """

    def __init__(
        self,
        train: Sequence[Sequence[Score]],
        rule: Rule,
        clips_a_day: float,
        limits: Mapping[str, Limit] = MappingProxyType({}),  # those that were found before
    ) -> None:
        self._rule, self._clips_a_day, self._limits = rule, clips_a_day, limits
        self._ids = [(score.machine, score.id) for score in train[0]]
        self._scores_PM = np.array([[score.score for score in one] for one in train])
        self._known: dict[MachineId, Standing] = {}

    def of(self, one: MachineId) -> Standing:
        """The standing of a machine ID."""
        if one not in self._known:
            self._known[one] = self._standing(kin(one, self._ids), self._limits.get("/".join(one)))
        return self._known[one]

    def is_known(self, one: MachineId) -> bool:
        """Whether there were training clips of this machine ID."""
        return one in self._ids

    def _standing(self, rows: list[int], found: Limit | None) -> Standing:
        scores_PM = self._scores_PM[:, rows]
        means, spreads = scores_PM.mean(axis=1, keepdims=True), scores_PM.std(axis=1, keepdims=True)
        spreads = np.where(spreads > 0, spreads, 1.0)
        bare = Standing(means, spreads, np.zeros(0), Limit(0.0, "", 0, 0.0, 0.0, 0.0))
        train = bare.combined(scores_PM)
        found = found or limit(train, self._rule, self._clips_a_day)
        return Standing(means, spreads, np.sort(train), found)
