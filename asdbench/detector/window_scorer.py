"""What scores windows of recordings, restored from a detector's folder.

Shapes: N windows, S samples a window, C channels.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from asdbench.config.numerics import Numerics, has_cuda
from asdbench.data.clips import Clip, Clips
from asdbench.data.decode import Samples
from asdbench.data.held import held_clips
from asdbench.data.threads import threads
from asdbench.data.windows import Cut, Piece
from asdbench.detector.description import DetectorCard, MachineId, Reference, read
from asdbench.detector.members import Members
from asdbench.detector.scored import AT_ONCE, RecordingScore, ScoredWindow
from asdbench.detector.standing import Standings
from asdbench.detector.trouble import DEAD, loudness, spectra, warnings_of
from asdbench.evaluation.limits import Limit, Rule
from asdbench.results.tables import read_scores

OVERLAP = 0.5
UNKNOWN = "machine ID {1} was never trained on: it is held against all training clips of {0}"
_log = logging.getLogger(__name__)


class WindowScorer:
    """A detector's fitted methods, with where their scores stand and what may be wrong."""

    def __init__(
        self, folder: Path, *, device: str | None = None, threshold: str | None = None
    ) -> None:
        self.folder = folder
        self.about: DetectorCard = read(folder)
        self.numerics = _numerics(self.about.numerics, device)
        self.rule = Rule.of(threshold or self.about.threshold)
        self.rate, self.length = self.about.frontend.sample_rate, self.about.samples

    @property
    def machines(self) -> tuple[MachineId, ...]:
        """The machine types and IDs that it was fitted to."""
        return tuple(self.about.ids)

    @property
    def threshold(self) -> Mapping[MachineId, Limit]:
        """The threshold of each machine ID, and what it promises."""
        return {one: self.standings.of(one).limit for one in self.machines}

    @cached_property
    def standings(self) -> Standings:
        """Where scores stand among those of the training clips."""
        files = [self.folder / member.scores for member in self.about.members]
        limits = self.about.limits if str(self.rule) == self.about.threshold else {}
        train = [read_scores(file) for file in files]
        return Standings(train, self.rule, self.about.clips_a_day, limits)

    @cached_property
    def members(self) -> Members:
        """The fitted methods."""
        return Members(self.folder, self.about, self.numerics)

    def cut(self, overlap: float = OVERLAP) -> Cut:
        """How recordings are cut into windows, each overlapping the next by that share."""
        if not 0 <= overlap < 1:
            raise ValueError(f"overlap = {overlap}; it must be from 0 up to, not with, 1")
        return Cut(self.rate, self.length, max(1, round(self.length * (1 - overlap))))

    def score_windows(self, windows: Sequence[Piece], one: MachineId) -> list[ScoredWindow]:
        """Windows' scores, and what is wrong with them; a silent one has none."""
        found: list[ScoredWindow] = []
        for first in range(0, len(windows), AT_ONCE):
            found += self._score_few(windows[first : first + AT_ONCE], one)
        return found

    def _score_few(self, windows: Sequence[Piece], one: MachineId) -> list[ScoredWindow]:
        samples_CNS = np.stack([samples for _, samples in windows], axis=1)
        silent_N, levels_N = loudness(samples_CNS[0])
        found = [ScoredWindow(start, None, None, (DEAD,)) for start, _ in windows]
        heard = [place for place, silent in enumerate(silent_N) if not silent]
        if not heard:
            return found
        samples_CNS = samples_CNS[:, heard]
        clips, known, standing = (
            self.clips(samples_CNS, one),
            self.reference(one),
            self.standings.of(one),
        )
        with threads(self.numerics.threads):
            strange = spectra(clips, self.numerics.device) if known else None
            warnings = warnings_of(samples_CNS[0], levels_N[heard], strange, known)
            scores = standing.combined(self.members.scores(clips, one[0]))
        for place, score, said in zip(heard, scores, warnings, strict=True):
            alarm = bool(score > standing.limit.value)
            found[place] = ScoredWindow(windows[place][0], float(score), alarm, tuple(said))
        return found

    def clips(self, samples_CNS: Samples, one: MachineId) -> Clips:
        """Windows as clips that a method can score."""
        blind = Clip(one[0], one[1], "evaluation", "test", None)
        return held_clips(samples_CNS, [blind] * samples_CNS.shape[1], self.about.frontend)

    def reference(self, one: MachineId) -> Reference | None:
        """What training clips of this machine ID sound like, if that was kept."""
        return self.about.references.get("/".join(one))

    def summed(
        self, windows: Sequence[ScoredWindow], one: MachineId, notes: Sequence[str] = ()
    ) -> RecordingScore:
        """A recording's score, from those of its windows; ``notes`` tell how it was read."""
        said = [note for note in notes if note not in self.about.notes]
        if not self.standings.is_known(one):
            said.insert(0, UNKNOWN.format(*one))
        return RecordingScore.of(windows, one, self.standings.of(one), said)


def _numerics(kept: Numerics, device: str | None) -> Numerics:
    """Those that it was fitted with, on another device if need be."""
    if device not in {None, "cpu", "cuda"}:
        raise ValueError(f"device {device!r}: give cpu or cuda")
    wanted: Any = device or kept.device
    if wanted == "cuda" and not has_cuda():
        if device:
            raise ValueError("device 'cuda' is asked for, but there is none; use cpu")
        _log.warning("the detector was fitted on a GPU, and there is none here; it scores on CPU")
        wanted = "cpu"
    precision = kept.precision if wanted == kept.device else "float32"
    return replace(kept, device=wanted, precision=precision)
