"""Which normal recordings of a machine ID are scored, where a data set doesn't say.

As many as there are anomalous ones, but at most half of them: the rest is to learn from. A hash
decides, so that it depends on no order and a recording is in the same split everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from asdbench.config.keys import digest
from asdbench.data.folders.tree import Wav

Drawn = tuple[Wav, str]  # a recording, and what it is of: the same at each signal-to-noise ratio


def with_splits(drawn: Iterable[Drawn]) -> list[Wav]:
    """The recordings with ``split`` set: anomalous ones are scored, and some normal ones."""
    every = list(drawn)
    tested = _tested(every)
    return [
        wav._replace(split="test" if wav.anomalous or key in tested[_of(wav)] else "train")
        for wav, key in every
    ]


def _tested(every: Iterable[Drawn]) -> Mapping[tuple[str, str], set[str]]:
    normal: dict[tuple[str, str], set[str]] = defaultdict(set)
    anomalous: dict[tuple[str, str], set[str]] = defaultdict(set)
    for wav, key in every:
        (anomalous if wav.anomalous else normal)[_of(wav)].add(key)
    return defaultdict(
        set,
        {
            of: set(sorted(keys, key=lambda key: digest([*of, key]))[: _count(keys, anomalous[of])])
            for of, keys in normal.items()
        },
    )


def _count(normal: set[str], anomalous: set[str]) -> int:
    return min(len(anomalous), len(normal) // 2)


def _of(wav: Wav) -> tuple[str, str]:
    return wav.machine, wav.id
