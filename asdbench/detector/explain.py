"""What made a clip's score high: its log-mel by what each part adds, and the nearest normal clip.

Shapes: N clips, S samples, B mel bands, T frames.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from asdbench.data.decode import Samples
from asdbench.data.threads import threads
from asdbench.data.windows import Piece, heard, joined
from asdbench.detector.description import MachineId
from asdbench.detector.naming import machine_of
from asdbench.detector.occlusion import occluded
from asdbench.detector.scored import AT_ONCE, RecordingScore, ScoredWindow
from asdbench.detector.trouble import spectra
from asdbench.detector.window_scorer import WindowScorer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
ERRORS = "the method's own error of each band and frame (of reconstruction, or prediction)"
NOWHERE = "no part by itself: the score falls nowhere if one sounds like a normal clip"
OCCLUSION = "how much the score falls where the clip sounds like the nearest normal clip instead"
TO_SILENCE = "how much the score falls where the clip is silent instead"


@dataclass(frozen=True)
class Explanation:
    """What made a clip's score high.

    Attributes:
        scored: The recording's score, and where it stands.
        samples: The clip (S,) int16: the recording's most anomalous window.
        logmel: Its log-mel (B, T) in dB.
        parts: What each of its bands and frames adds (B, T); 0 is nothing.
        how: How ``parts`` were found, in words.
        nearest: The nearest of the normal clips that the detector keeps (S,) int16, or None.
        nearest_logmel: Its log-mel (B, T).
        rate: In Hz.
        name: What the recording is called.
    """

    scored: RecordingScore
    samples: Samples
    logmel: Array
    parts: Array
    how: str
    nearest: Samples | None
    nearest_logmel: Array | None
    rate: int
    name: str = ""

    @property
    def text(self) -> str:
        """The score and where it stands, in a line or two."""
        found = self.scored
        if found.score is None or found.percentile is None:
            said = "not scored"
        else:
            alarm = "ALARM" if found.alarm else "no alarm"
            said = (
                f"{alarm}: score {found.score:.4g}, threshold {found.threshold.value:.4g} "
                f"({found.threshold.rule}); above {found.percentile:.0f} % of the training clips"
            )
        lines = [f"{self.name or 'recording'} ({found.machine} {found.id}): {said}"]
        return "\n".join([*lines, *(f"warning: {text}" for text in found.warnings)])

    def figure(self) -> Figure:
        """The picture of it."""
        from asdbench.detector.picture import picture  # matplotlib takes its time

        return picture(
            self.scored,
            self.logmel,
            self.parts,
            self.nearest_logmel,
            how=self.how,
            title=self.text.splitlines()[0],
            seconds=len(self.samples) / self.rate,
            rate=self.rate,
        )

    def save(self, path: str | Path) -> None:
        """Draw it into a .png, .svg or .pdf. Raises ``ValueError`` where it can't be written."""
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self.figure().savefig(path, dpi=110)
        except OSError as error:
            raise ValueError(f"cannot write {path}: {error.strerror}; give another path") from error


def explain_file(
    detector: WindowScorer, file: Path, *, machine: str | None = None, id: str | None = None
) -> Explanation:
    """What made a sound file's score high. Raises ``ValueError`` where it can't be read."""
    if not file.is_file():
        raise ValueError(f"no file {file}")
    one = machine_of(file.resolve(), detector.machines, machine, id)
    cut = detector.cut()
    every = [heard(file, channel, cut) for channel in detector.about.channels]
    pieces = map(joined, zip(*(each.windows for each in every), strict=True))
    notes = list(dict.fromkeys(note for each in every for note in each.notes))
    return explain_pieces(detector, pieces, one, notes, name=file.name)


def explain_pieces(
    detector: WindowScorer,
    pieces: Iterable[Piece],
    one: MachineId,
    notes: list[str],
    *,
    name: str = "",
) -> Explanation:
    """What made the score of the most anomalous of these windows high."""
    windows, samples_CS = _most_anomalous(detector, pieces, one)
    scored = detector.summed(windows, one, notes)
    near_BT, parts_BT, how = None, None, "there is no sound to explain"
    with threads(detector.numerics.threads):
        nearest = nearest_normal(detector, samples_CS, one)
        logmel_BT = _logmel(detector, samples_CS, one)
        if scored.score is not None:
            parts_BT, how = _parts(detector, samples_CS, one, nearest)
        if nearest is not None:
            near_BT = _logmel(detector, nearest[None], one)
    return Explanation(
        scored=scored,
        samples=samples_CS[0],
        logmel=logmel_BT,
        parts=np.zeros_like(logmel_BT) if parts_BT is None else parts_BT,
        how=how,
        nearest=nearest,
        nearest_logmel=near_BT,
        rate=detector.rate,
        name=name,
    )


def _logmel(detector: WindowScorer, samples_CS: Samples, one: MachineId) -> Array:
    """The log-mel (B, T) of a clip's first channel."""
    found: Array = detector.clips(samples_CS[:, None], one).logmel()[0].double().numpy()
    return found


def _most_anomalous(
    detector: WindowScorer, pieces: Iterable[Piece], one: MachineId
) -> tuple[list[ScoredWindow], Samples]:
    """All windows' scores, and the samples (C, S) of the highest; a few are held at a time."""
    found: list[ScoredWindow] = []
    best: tuple[float, Samples] | None = None
    left = iter(pieces)
    while few := list(islice(left, AT_ONCE)):
        windows = detector.score_windows(few, one)
        for window, (_, samples_CS) in zip(windows, few, strict=True):
            score = -np.inf if window.score is None else window.score
            if best is None or score > best[0]:
                best = score, samples_CS
        found += windows
    if best is None:
        raise ValueError("the recording is shorter than its header says, and holds no whole window")
    return found, best[1]


def nearest_normal(detector: WindowScorer, samples_CS: Samples, one: MachineId) -> Samples | None:
    """The nearest of the kept normal clips of a machine ID (S,), by its mean log-mel."""
    import soundfile

    known = detector.reference(one)
    if known is None or not known.examples:
        return None
    names = known.examples
    every: list[Samples] = [
        soundfile.read(detector.folder / name, dtype="int16")[0] for name in names
    ]
    examples_NS = np.stack([*every, samples_CS[0]])
    of_N = spectra(detector.clips(examples_NS[None], one))
    nearest: Any = np.linalg.norm(of_N[:-1] - of_N[-1], axis=1).argmin()
    return every[int(nearest)]


def _parts(
    detector: WindowScorer, samples_CS: Samples, one: MachineId, nearest: Samples | None
) -> tuple[Array, str]:
    """What each band and frame adds (B, T), by the method itself or by occlusion; and how."""
    clips = detector.clips(samples_CS[:, None], one)
    method = detector.members.of(0, one[0])
    if hasattr(method, "explain") and len(detector.about.members) == 1:
        found = np.asarray(method.explain(clips), dtype=np.float64)
        wanted = (1, clips.bands, clips.frames)
        if found.shape != wanted:
            raise ValueError(f"explain gave shape {found.shape}; give {wanted}")
        return found[0], ERRORS

    def score(changed_NS: Samples) -> Array:
        rest = np.repeat(samples_CS[1:, None], len(changed_NS), axis=1)
        of_N = detector.clips(np.concatenate([changed_NS[None], rest]), one)
        return detector.standings.of(one).combined(detector.members.scores(of_N, one[0]))

    parts = occluded(samples_CS[0], nearest, score, clips.bands, clips.frames, detector.rate)
    if parts.max() <= 0:
        return parts, NOWHERE
    return parts, TO_SILENCE if nearest is None else OCCLUSION
