"""What is told beside exported networks: how to run them, and how they compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asdbench.detector.description import DetectorCard, MachineId

EXAMPLE = """```python
import json

import numpy as np
import onnxruntime
import soundfile

session = onnxruntime.InferenceSession("{file}")
about = session.get_modelmeta().custom_metadata_map
thresholds = json.loads(about["thresholds"])  # a score above it is an alarm
samples, rate = soundfile.read("clip.wav", dtype="float32")  # mono
assert rate == {rate} and len(samples) >= {samples}
(scores,) = session.run(["scores"], {{"samples": samples[None, :{samples}]}})
for one, score, threshold in zip(json.loads(about["ids"]), scores[0], thresholds):
    print(one, score, score > threshold)
```"""


@dataclass(frozen=True)
class ExportedNetwork:
    """One ONNX file: what it scores, and how it compares to the detector.

    Attributes:
        file: Its name in the detector's folder ``onnx``.
        ids: Machine type and ID of each column of its scores.
        thresholds: The threshold of each column: a score above it is an alarm.
        sample_rate: In Hz.
        samples: How many samples a clip has.
        size: In bytes.
        clips: On how many clips it was compared.
        difference: The largest difference there, relative to the score or to the spread of all
            scores if that is more.
        milliseconds: To score a clip with ONNX Runtime on one thread.
        torch_milliseconds: The same with the detector itself.
    """

    file: str
    ids: tuple[MachineId, ...]
    thresholds: tuple[float, ...]
    sample_rate: int
    samples: int
    size: int
    clips: int
    difference: float
    milliseconds: float
    torch_milliseconds: float


def onnx_readme(about: DetectorCard, files: Sequence[ExportedNetwork]) -> str:
    """As Markdown."""
    return "\n".join(_lines(about, files)) + "\n"


def _lines(about: DetectorCard, files: Sequence[ExportedNetwork]) -> Iterator[str]:
    first = files[0]
    yield from (f"# {about.label} as ONNX", "")
    yield from (
        f"Input `samples` (clips, {first.samples}) float32 in [-1, 1]: mono, {first.sample_rate} "
        "Hz. They are rounded to 16 bits, as the detector does. Output `scores` (clips, machine "
        "IDs) float32: higher is more anomalous. Take the column of the clip's machine ID. Front "
        "end and all members are inside. What the detector says beside scores, as that a clip is "
        "silent or clipped, is not.",
        "",
        EXAMPLE.format(file=first.file, rate=first.sample_rate, samples=first.samples),
        "",
        "| file | machine IDs | MB | ms a clip | ms, asdbench | largest difference |",
        "|---|---|---|---|---|---|",
    )
    for one in files:
        ids = ", ".join(f"{machine} {id_}" for machine, id_ in one.ids)
        yield (
            f"| {one.file} | {ids} | {one.size / 1e6:.2f} | {one.milliseconds:.2f} | "
            f"{one.torch_milliseconds:.2f} | {one.difference:.1g} |"
        )
    yield from (
        "",
        f"One clip at a time on one thread. The difference is that of {first.clips} clips' scores, "
        "relative to a score or to the spread of all if that is more; the clips are those in "
        "`normal`, as they are and with noise.",
        "",
        f"Made of the detector with hash {about.hash}.",
    )
