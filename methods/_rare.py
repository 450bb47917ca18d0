"""More references for a domain of few clips: mixtures with those of the other domain.

Shapes: N training clips, M mixtures, D embedding.

Source: Saengthong and Shinozaki, arXiv 2409.05035 (memory mixup); run_genrep_dcase2023.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ._normalise import Array, distances
from ._references import MachineId, Made

TARGET_SHARE = 0.9


def source_and_target(
    ids: Sequence[MachineId], domains: Sequence[str | None]
) -> dict[MachineId, tuple[list[int], list[int]]]:
    """The rows of each machine ID's source and target clips, in order of the IDs."""
    rows: dict[MachineId, dict[str | None, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, (one, domain) in enumerate(zip(ids, domains, strict=True)):
        rows[one][domain].append(row)
    return {one: (rows[one]["source"], rows[one]["target"]) for one in sorted(rows)}


@dataclass(frozen=True)
class MixedWithSource:
    """Each target clip mixed with its ``count`` nearest source clips of its machine ID, or all."""

    count: int

    def of(
        self, embeddings_ND: Array, ids: list[MachineId], domains: list[str | None]
    ) -> Made | None:
        """The mixtures; None where there is nothing to mix."""
        found: list[Array] = []
        of_mixtures: list[MachineId] = []
        for one, (source, target) in source_and_target(ids, domains).items():
            if not (self.count and source and target):
                continue
            apart_TS = distances(embeddings_ND[target], embeddings_ND[source])
            for row, apart_S in zip(target, apart_TS, strict=True):
                near = [source[n] for n in np.argsort(apart_S, kind="stable")[: self.count]]
                share = TARGET_SHARE
                found.append(share * embeddings_ND[row] + (1 - share) * embeddings_ND[near])
                of_mixtures += [one] * len(near)
        if not found:
            return None
        return Made(np.concatenate(found), of_mixtures, ["target"] * len(of_mixtures))
