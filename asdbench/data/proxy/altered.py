"""Where a proxy task's test clips come from: a training clip, altered when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from asdbench.config.seeds import derive
from asdbench.data.clips import Recording
from asdbench.data.decode import Samples, decode
from asdbench.data.proxy.families import VERSION, corrupted
from asdbench.data.proxy.nuisances import nuisances
from asdbench.data.sound_files import Header


class Fault(NamedTuple):
    """What is wrong with a pseudo-anomaly."""

    family: str
    grade: str


@dataclass(frozen=True)
class Altered:
    """A held-out clip's sound with nuisances, and with a fault or without: mono, at its own rate.

    With a fault it has the same nuisances as without, so that nothing but the fault differs; and
    the same of its draws at every grade, so that nothing but its strength does.
    """

    recording: Recording
    seed: int
    fault: Fault | None = None

    @property
    def identity(self) -> str:
        clip = self.recording.clip
        sound = " ".join(self.fault or ("normal",))
        return (
            f"pseudo_anomalies/{VERSION} seed {self.seed} {sound}: {clip.machine} {clip.id} "
            f"{clip.name} from {self.recording.source.identity}"
        )

    def header(self) -> Header:
        return self.recording.source.header()._replace(channels=1)

    def read(self) -> tuple[Samples, int]:
        source = self.recording.source
        rate = source.header().rate
        wave = decode(source, rate).samples / 32768.0
        wave = nuisances(wave, rate, self._draws("nuisances"))
        if self.fault:
            wave = corrupted(wave, rate, self._draws(self.fault.family), *self.fault)
        # What has become too loud for 16 bits is turned down, since clipping would sound faulty.
        full_scale = min(32768.0, 32767.0 / max(float(np.abs(wave).max()), 1e-9))
        return np.rint(wave * full_scale).astype(np.int16), rate

    def _draws(self, what: str) -> np.random.Generator:
        clip = self.recording.clip
        return np.random.default_rng(
            derive(self.seed, "proxy", what, clip.machine, clip.id, str(clip.name))
        )
