"""Where the sound of test clips comes from, and what they sound and look like to the methods.

Shapes: S samples, B mel bands, T frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from asdbench.config.frontend import Frontend
from asdbench.config.system import cores
from asdbench.data.decode import Samples, Source, decode, fit
from asdbench.data.loading import dataset_of, recordings_of
from asdbench.data.threads import threads
from asdbench.results.rows import Record

IMPORTED = "the rows were imported, so nothing says where the recordings are; --data DIR does"
ClipName = tuple[str, str, str, str]  # subset, machine type, machine ID, name


class Rendition(NamedTuple):
    """A clip's samples (S,) int16, as methods hear them, and its log-mel (B, T) in dB."""

    samples: Samples
    logmel: NDArray[np.float32]


@dataclass(frozen=True)
class Sounds:
    """The sources of test clips by name, through which front end, and why there are none."""

    sources: Mapping[ClipName, Source]
    frontend: Frontend
    why_not: str = ""

    def heard(self, names: Iterable[ClipName]) -> dict[ClipName, Rendition]:
        """Those of these clips that can be read; several are decoded at once."""
        known = [name for name in names if name in self.sources]
        with ThreadPoolExecutor(cores()) as pool, threads(1):
            found = pool.map(self._samples, known)
            return {
                name: Rendition(samples, _logmel(samples, self.frontend))
                for name, samples in zip(known, found, strict=True)
                if samples is not None
            }

    def _samples(self, name: ClipName) -> Samples | None:
        rate, seconds = self.frontend.sample_rate, self.frontend.clip_seconds
        try:
            samples = decode(self.sources[name], rate).samples
        except (ValueError, OSError):
            return None  # deleted since, or broken
        return samples if seconds == "auto" else fit(samples, round(seconds * rate))


def sounds_of(records: Sequence[Record], data: Path | None = None) -> Sounds:
    """The test clips' sources, as the rows' recipe or ``data`` has them.

    Raises ``ValueError`` where ``data`` can't be read; without it, the reason is kept.
    """
    recipe: Mapping[str, Any] = next((one["recipe"] for one in records if one["recipe"]), {})
    frontend = Frontend(**recipe.get("frontend", {}))
    fields = dict(recipe.get("dataset", {}))
    if data:
        kept = fields if "path" in fields else {"name": "folder"}
        fields = {**kept, "path": str(data.resolve())}
    if not fields:
        return Sounds({}, frontend, IMPORTED)
    try:
        recordings = recordings_of(dataset_of(fields))
    except (ValueError, OSError) as error:
        if data:
            raise
        return Sounds({}, frontend, f"the recordings can't be read: {error}")
    sources = {
        (clip.subset, clip.machine, clip.id, str(clip.name)): source
        for clip, source, *_ in recordings
        if clip.split == "test"
    }
    return Sounds(sources, frontend)


def _logmel(samples: Samples, frontend: Frontend) -> NDArray[np.float32]:
    import torch

    from asdbench.data.mel import logmel

    waves_NS = torch.from_numpy(samples.astype(np.float32) / 32768)[None]
    found: NDArray[np.float32] = logmel(waves_NS, frontend)[0].numpy()
    return found
