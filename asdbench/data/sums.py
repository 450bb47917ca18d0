"""Whether rows of a bank are still what was written: a checksum of each is kept apart from it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

from asdbench.config.system import cores
from asdbench.data.decode import Samples

LOOKED_THROUGH = 1 << 30  # bytes that are looked at whenever a bank is opened: a second or less


def sum_of(samples: Samples) -> int:
    """The checksum of a row (S,)."""
    return zlib.crc32(samples.data)


def changed(samples_NS: Samples, sums: Sequence[int]) -> int:
    """How many rows of a bank aren't what they were; of a large one, some rows drawn anew."""
    most = max(1, LOOKED_THROUGH // max(1, 2 * samples_NS.shape[1]))
    every = range(len(sums))
    rows = every if len(sums) <= most else sorted(Random().sample(every, most))
    with ThreadPoolExecutor(cores()) as pool:
        return sum(pool.map(lambda row: sum_of(samples_NS[row]) != sums[row], rows))
