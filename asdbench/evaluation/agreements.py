"""Which rows complement each other: how alike they rank clips, and which anomalies only one finds.

Shapes: M rows, R repeats, N clips of a machine ID.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench.evaluation.breakdown import Agreement, FoundBy
from asdbench.evaluation.entries import Entry, MachineId
from asdbench.evaluation.metrics import MAX_FPR, Floats


class _RankedId(NamedTuple):
    """Of one machine ID: its rows' correlations (M, M), and the anomalies that each finds (M, A).

    Rows that lack the ID are NaN, and find nothing.
    """

    has: NDArray[np.bool_]
    correlation: Floats
    found: NDArray[np.bool_]


def agreements(subset: str, entries: Sequence[Entry]) -> list[Agreement]:
    """Every two entries that share a machine ID, in the entries' order."""
    ids = sorted({of_id for entry in entries for of_id in entry.ids})
    every = [_on_id(of_id, entries) for of_id in ids]
    made = []
    for first, second in combinations(range(len(entries)), 2):
        here = [one for one in every if one.has[first] and one.has[second]]
        if not here:
            continue
        alike = [one.correlation[first, second] for one in here]
        told = [value for value in alike if not np.isnan(value)]
        made.append(
            Agreement(
                subset=subset,
                first=entries[first].record["label"],
                second=entries[second].record["label"],
                n=len(here),
                correlation=float(np.mean(told)) if told else None,
                found_by=_found_by([(one.found[first], one.found[second]) for one in here]),
            )
        )
    return made


def found_by(entries: Sequence[Entry]) -> Iterator[tuple[MachineId, str, list[bool | None]]]:
    """Each anomalous clip, and whether each entry finds it; None of an entry that lacks its ID."""
    for of_id in sorted({of_id for entry in entries for of_id in entry.ids}):
        here = _on_id(of_id, entries)
        scored = next(entry.ids[of_id] for entry in entries if of_id in entry.ids)
        names = [name for name, label in zip(scored.clips, scored.anomalous, strict=True) if label]
        for name, found in zip(names, here.found.T.tolist(), strict=True):
            yield (
                of_id,
                name,
                [one if has else None for one, has in zip(found, here.has, strict=True)],
            )


def ranks(values: Floats) -> Floats:
    """From 1, lowest first, (N,); equal values share the mean of their ranks."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    found: Floats = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return found


def _on_id(of_id: MachineId, entries: Sequence[Entry]) -> _RankedId:
    scored = [entry.ids.get(of_id) for entry in entries]
    anomalous = next(one for one in scored if one).anomalous
    placed = np.full((len(entries), len(anomalous)), np.nan)
    for row, one in enumerate(scored):
        if one is not None:
            placed[row] = np.mean([ranks(scores) for scores in one.scores], axis=0)
    has = np.array([one is not None for one in scored])
    normal = -np.sort(-placed[:, ~anomalous], axis=1)
    threshold = normal[:, int(MAX_FPR * normal.shape[1])]
    return _RankedId(has, _correlation(placed), placed[:, anomalous] > threshold[:, None])


def _correlation(placed: Floats) -> Floats:
    """Spearman's of rows (M, N), (M, M)."""
    again = np.array([ranks(row) for row in placed])
    again[np.isnan(placed).any(axis=1)] = np.nan
    left = again - again.mean(axis=1, keepdims=True)
    size = np.sqrt(np.square(left).sum(axis=1))
    size[size == 0] = np.nan
    unit = left / size[:, None]
    found: Floats = np.clip(unit @ unit.T, -1, 1)
    return found


def _found_by(both: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]]) -> FoundBy:
    one, other = (np.concatenate(found) for found in zip(*both, strict=True))
    return FoundBy(
        both=int((one & other).sum()),
        first=int((one & ~other).sum()),
        second=int((~one & other).sum()),
        neither=int((~one & ~other).sum()),
    )
