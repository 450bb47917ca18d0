"""More references for a domain of few clips: mixtures with those of the other domain.

Shapes: N training clips, M mixtures, D embedding.

Source: Saengthong and Shinozaki, arXiv 2409.05035 (memory mixup); run_genrep_dcase2023.py.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from asdbench import Clips

from ._normalise import Array, distances
from ._references import MachineId, Made

TARGET_SHARE = 0.9


def source_and_target(train: Clips) -> dict[MachineId, tuple[list[int], list[int]]]:
    """The rows of each machine ID's source and target clips, in order of the IDs."""
    rows: dict[MachineId, dict[str | None, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, clip in enumerate(train):
        rows[clip.machine, clip.id][clip.domain].append(row)
    return {one: (rows[one]["source"], rows[one]["target"]) for one in sorted(rows)}


def mixed_with_source(embeddings_ND: Array, train: Clips, count: int) -> Made | None:
    """Each target clip mixed with its ``count`` nearest source clips of its machine ID, or all.

    None where there is nothing to mix.
    """
    found: list[Array] = []
    ids: list[MachineId] = []
    for one, (source, target) in source_and_target(train).items():
        if not (count and source and target):
            continue
        apart_TS = distances(embeddings_ND[target], embeddings_ND[source])
        for row, apart_S in zip(target, apart_TS, strict=True):
            near = [source[place] for place in np.argsort(apart_S, kind="stable")[:count]]
            share = TARGET_SHARE
            found.append(share * embeddings_ND[row] + (1 - share) * embeddings_ND[near])
            ids += [one] * len(near)
    return Made(np.concatenate(found), ids, ["target"] * len(ids)) if found else None
