"""A detector: it scores recordings as the run scored its test clips, and says where they stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from asdbench.data.windows import Piece, adapted, joined, repeated, windows_of
from asdbench.detector.description import MachineId
from asdbench.detector.explain import Explanation, explain_pieces
from asdbench.detector.naming import machine_of
from asdbench.detector.scored import RecordingScore
from asdbench.detector.window_scorer import OVERLAP, WindowScorer


class Detector(WindowScorer):
    """A detector on disk, loaded.

    Example:
        >>> import asdbench, numpy as np
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> made = asdbench.make_detector("knn", "runs/smoke", to="fan-detector")
        >>> d = asdbench.load_detector("fan-detector")
        >>> hiss = np.random.default_rng(0).normal(0, 0.1, 16000)
        >>> found = d.score(hiss, 16000, machine="fan", id="00")
        >>> found.alarm, found.percentile
        (True, 100.0)
    """

    def __repr__(self) -> str:
        named = ", ".join(f"{machine} {id_}" for machine, id_ in self.machines)
        return f"<Detector {self.about.label} of {named}, in {self.folder}>"

    def score(
        self,
        samples: ArrayLike,
        rate: int,
        *,
        machine: str | None = None,
        id: str | None = None,
        overlap: float = OVERLAP,
    ) -> RecordingScore:
        """Score a recording.

        Args:
            samples: ``(frames,)`` or ``(frames, channels)``, int16 or floats in [-1, 1].
            rate: In Hz; another than the detector's is resampled, and warned of.
            machine: The machine type; may be left out where the detector knows one.
            id: The machine ID; the same.
            overlap: By which share windows of a long recording overlap.

        Returns:
            The score of its most anomalous window, where it stands, and all windows.

        Raises:
            ValueError: for samples that are none, or aren't finite, or a machine type that the
                detector doesn't know.
        """
        one = self.machine_of(machine, id)
        windows, notes = self._cut(samples, rate, overlap)
        return self.summed(self.score_windows(windows, one), one, notes)

    def explain(
        self, samples: ArrayLike, rate: int, *, machine: str | None = None, id: str | None = None
    ) -> Explanation:
        """What made the score of a recording's most anomalous window as high as it is.

        Args and errors as ``score``. The result has ``logmel`` and ``parts`` (B, T), and the
        ``nearest`` normal clip; ``save("clip.png")`` draws it.
        """
        one = self.machine_of(machine, id)
        windows, notes = self._cut(samples, rate, OVERLAP)
        return explain_pieces(self, windows, one, notes)

    def machine_of(self, machine: str | None, id: str | None) -> MachineId:
        """The machine that is meant. Raises ``ValueError`` for one that isn't known, or none."""
        return machine_of(Path(), self.machines, machine, id)

    def _cut(self, samples: ArrayLike, rate: int, overlap: float) -> tuple[list[Piece], list[str]]:
        """The windows of samples, and what had to be done to them."""
        channels, notes = adapted(np.asarray(samples), rate, self.rate, self.about.channels)
        cut = self.cut(overlap)
        notes += repeated(len(channels[0]), cut)
        every = [windows_of(channel, cut) for channel in channels]
        return [joined(windows) for windows in zip(*every, strict=True)], notes
