"""Hashes of clips: which test clips were scored, whatever their order."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from asdbench.config.keys import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from asdbench.data.recording import Clip


def hash_test_sets(clips: Iterable[Clip]) -> dict[str, str]:
    """The hash of each subset's clips: rows are comparable where they scored the same ones."""
    by_subset = defaultdict(list)
    for clip in clips:
        by_subset[clip.subset].append((clip.machine, clip.id, clip.name, clip.anomalous))
    return {subset: hash_test_set(entries) for subset, entries in sorted(by_subset.items())}


def hash_test_set(entries: Iterable[tuple[str, str, str | None, bool | None]]) -> str:
    """A hash of test clips by machine, ID, name and label (None: withheld), in whatever order."""
    return digest_of(entries)


def hash_sound(samples: NDArray[np.int16]) -> str:
    """A hash of samples (S,): two clips of the same one are the same sound."""
    return hashlib.blake2b(samples.data, digest_size=16).hexdigest()


def digest_of(items: Iterable[Sequence[object]]) -> str:
    """A hash of these items, whatever their order."""
    return digest(sorted(json.dumps(item) for item in items))
