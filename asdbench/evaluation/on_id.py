"""The figures of one machine ID, and of several together, with how they vary with the clips.

Shapes: C columns (every repeat of every row that has the ID), B resamples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from asdbench.config.seeds import derive
from asdbench.evaluation import bootstrap, metrics
from asdbench.evaluation.bootstrap import RESAMPLES
from asdbench.evaluation.entries import Entry, MachineId
from asdbench.evaluation.metrics import Floats
from asdbench.evaluation.repeats import Repeats
from asdbench.evaluation.sampled import Grain, OnUnit, covariance, on_unit

TARGET = "target"


class OnId:
    """One machine ID: figures of the rows that have it, and in each resample of its clips.

    ``rows`` are their places; ``values`` (2, C) and ``resampled`` (2, C, B) are AUC and pAUC of
    each of their repeats. ``counts`` (N, B) are the resamples; ``target`` (N,) says which clips are
    of the target domain, where figures are asked for ``by_domain`` and all domains are known.
    """

    def __init__(
        self, subset: str, of_id: MachineId, entries: Sequence[Entry], *, by_domain: bool = False
    ) -> None:
        scored = [entry.ids.get(of_id) for entry in entries]
        self.rows = [place for place, one in enumerate(scored) if one]
        self.clips = [one for one in scored if one]
        self.labels = self.clips[0].anomalous
        self.anomalous = int(self.labels.sum())
        self.normal = len(self.labels) - self.anomalous
        domains = self.clips[0].domains if by_domain else ()
        self.target = np.array([domain == TARGET for domain in domains]) if domains else None
        strata = self.labels if self.target is None else self.labels + 2 * self.target
        self.counts = bootstrap.resampled_clips(
            strata, RESAMPLES, derive(0, "clips", subset, *of_id)
        )
        self.every = every = [scores for one in self.clips for scores in one.scores]
        areas = [bootstrap.resampled_areas(self.labels, scores, self.counts) for scores in every]
        self.resampled = np.array(areas).swapaxes(0, 1)
        both = [(metrics.auc(self.labels, s), metrics.pauc(self.labels, s)) for s in every]
        self.values = np.array(both).T
        self.count = len(entries)
        self.grain = Grain.of(self.normal, self.anomalous)
        self.freedom = min(self.normal, self.anomalous) - 1
        # n of n clips drawn spread too little by (n - 1) / n.
        self.few = (self.freedom + 1) / max(self.freedom, 1)

    def figures(self, repeats: Sequence[Repeats]) -> Iterator[tuple[str, OnUnit]]:
        """AUC, pAUC and their mean."""
        partial = Grain.of_partial(self.normal, self.anomalous)
        for name, grain, values, resampled in (
            ("auc", self.grain, self.values[0], self.resampled[0]),
            ("pauc", partial, self.values[1], self.resampled[1]),
            (
                "mean_auc_pauc",
                Grain.of_mean(self.grain, partial),
                self.values.mean(axis=0),
                self.resampled.mean(axis=0),
            ),
        ):
            yield (
                name,
                on_unit(
                    self.by_row(values),
                    repeats,
                    covariance(resampled) * self.few,
                    bias=resampled.mean(axis=1) - values,
                    grain=grain,
                    freedom=self.freedom,
                ),
            )

    def by_row(self, columns: Floats) -> list[Floats | None]:
        """Columns (C, ...) of each entry; None where it lacks the ID."""
        ends = np.cumsum([len(one.scores) for one in self.clips])[:-1]
        found = dict(zip(self.rows, np.split(columns, ends), strict=True))
        return [found.get(row) for row in range(self.count)]


def worst(ids: Sequence[OnId], repeats: Sequence[Repeats]) -> OnUnit:
    """The lowest AUC of a machine type's IDs in each repeat, and in each resample."""
    values = _of_rows([one.by_row(one.values[0]) for one in ids])
    resampled = _of_rows([one.by_row(one.resampled[0]) for one in ids])
    lowest = [np.min(found, axis=0) if found else None for found in values]
    moved = np.concatenate([np.min(found, axis=0) for found in resampled if found])
    measured = np.concatenate([one for one in lowest if one is not None])
    return on_unit(
        lowest,
        repeats,
        covariance(moved) * max(one.few for one in ids),
        bias=moved.mean(axis=1) - measured,
        grain=max((one.grain for one in ids), key=lambda grain: grain.variance),
        freedom=min(one.freedom for one in ids),
    )


def _of_rows(by_id: Sequence[Sequence[Floats | None]]) -> list[list[Floats]]:
    """What each row has of every ID."""
    return [[found for found in of_row if found is not None] for of_row in zip(*by_id, strict=True)]
