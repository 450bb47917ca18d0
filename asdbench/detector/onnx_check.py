"""Whether an exported network scores as its detector does, and how fast both are.

Shapes: N clips, S samples, I machine IDs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asdbench.config.imports import imported
from asdbench.data.clips import Clip
from asdbench.data.decode import Samples, to_int16
from asdbench.data.held import held_clips
from asdbench.data.threads import threads
from asdbench.detector.description import MachineId
from asdbench.detector.detector import Detector

CLIPS = 100
NOISE = (None, -30.0, -20.0, -10.0, 0.0, 10.0)  # dB, relative to the clip; white
QUIET = 100.0  # steps of 16 bits: how loud a clip is taken to be that is silent
TIMED = 30  # clips

Array = NDArray[np.float64]


def clips_for(detector: Detector, ids: Sequence[MachineId]) -> tuple[Samples, list[MachineId]]:
    """Clips (N, S) int16 and whose they are taken to be: at least 100, and a few of every ID.

    They are the detector's own normal clips, as they are and with noise of several levels.
    """
    count = max(CLIPS, len(NOISE) * len(ids))
    normal = list(_normal(detector, ids)) or [np.zeros(detector.length, np.int16)]
    draw = np.random.default_rng(0)
    found, whose = [], []
    for number in range(count):
        clip = normal[number * len(normal) // count].astype(np.float64)
        level = NOISE[number // len(ids) % len(NOISE)]
        if level is not None:
            loud = max(float(clip.std()), QUIET) * 10 ** (level / 20)
            clip = clip + draw.normal(0, loud, len(clip))
        found.append(to_int16(clip / 32768))
        whose.append(ids[number % len(ids)])
    return np.stack(found), whose


def _normal(detector: Detector, ids: Sequence[MachineId]) -> Iterator[Samples]:
    for one in ids:
        known = detector.reference(one)
        for name in known.examples if known else ():
            samples, _ = imported("soundfile").read(detector.folder / name, dtype="int16")
            yield samples


def scores_of(detector: Detector, samples_NS: Samples, whose: Sequence[MachineId]) -> Array:
    """The detector's own scores (N,) of clips of these machine IDs."""
    scores_N = np.empty(len(samples_NS))
    for machine in dict.fromkeys(machine for machine, _ in whose):
        rows = [row for row, one in enumerate(whose) if one[0] == machine]
        blind = [Clip(*whose[row], "evaluation", "test", None) for row in rows]
        clips = held_clips(samples_NS[None, rows], blind, detector.about.frontend)
        scores_PN = detector.members.scores(clips, machine)
        for place, row in enumerate(rows):
            one = detector.standings.of(whose[row])
            scores_N[row] = one.combined(scores_PN[:, place : place + 1])[0]
    return scores_N


def session_of(file: Path) -> Any:
    """An ONNX Runtime session of a file, on one thread of the CPU.

    Raises ``ValueError`` where it can't run that.
    """
    runtime = imported("onnxruntime")
    raised = imported("onnxruntime.capi.onnxruntime_pybind11_state")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    try:
        return runtime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    except (raised.Fail, raised.InvalidGraph, raised.InvalidProtobuf, raised.NotImplemented) as why:
        raise ValueError(f"ONNX Runtime can't run it: {str(why).splitlines()[0]}") from why


def run(session: Any, samples_NS: Samples) -> NDArray[np.float32]:
    """The network's scores (N, I)."""
    found: NDArray[np.float32]
    (found,) = session.run(["scores"], {"samples": samples_NS / np.float32(32768)})
    return found


def difference(wanted_N: Array, found_N: NDArray[Any]) -> float:
    """The largest difference, relative to the score or the spread of all scores if that is more."""
    scale_N = np.maximum(np.abs(wanted_N), wanted_N.std())
    apart_N = np.abs(wanted_N - found_N)
    relative_N = np.divide(apart_N, scale_N, out=np.full(len(scale_N), np.inf), where=scale_N > 0)
    return float(np.where(apart_N == 0, 0.0, relative_N).max())


def milliseconds(score: Callable[[Samples], Any], samples_NS: Samples) -> float:
    """The median time to score a clip, one at a time (1, S), on one thread."""
    took = []
    with threads(1):
        score(samples_NS[:1])  # what is made once
        for row in range(min(TIMED, len(samples_NS))):
            start = time.perf_counter()
            score(samples_NS[row : row + 1])
            took.append(time.perf_counter() - start)
    return 1000 * statistics.median(took)
