"""Small clips in memory: a hum at each machine ID's own pitch, a loud tone where it is ill."""

from __future__ import annotations

from functools import partial

import numpy as np

from asdbench.config.seeds import derive
from asdbench.data.clips import Clip, Recording
from asdbench.data.decode import Generated

RATE = 16000


def sound(machine: str, id: str, anomalous: bool, index: int, samples: int = RATE) -> np.ndarray:
    """A hum at the ID's own pitch in noise, int16; an anomaly has a loud tone on top."""
    rng = np.random.default_rng(derive(index, machine, id, str(anomalous)))
    time = np.arange(samples) / RATE
    hum = np.sin(2 * np.pi * (100 + derive(0, machine, id) % 400) * time)
    wave = 2000 * hum + 300 * rng.standard_normal(samples)
    if anomalous:
        wave += 6000 * np.sin(2 * np.pi * 3100 * time)
    return wave.astype(np.int16)


def recording(
    machine: str, id: str, split: str, anomalous: bool, index: int, samples: int = RATE
) -> Recording:
    kind = "anomaly" if anomalous else "normal"
    # The test clips are others than the training clips.
    number = index + (1000 if split == "test" else 0)
    return Recording(
        Clip(machine, id, "development", split, anomalous, f"{kind}_id_{id}_{number:08d}.wav"),
        Generated(
            f"test-{machine}-{id}-{anomalous}-{number}-{samples}",
            partial(sound, machine, id, anomalous, number, samples),
            samples,
            RATE,
        ),
    )


def recordings(
    machines: tuple[str, ...] = ("fan", "valve"), *, train: int = 4, test: int = 2
) -> list[Recording]:
    """Two IDs a machine type; 1 s a clip."""
    return [
        recording(machine, id, split, anomalous, index)
        for machine in machines
        for id in ("00", "02")
        for split, anomalous, count in (
            ("train", False, train),
            ("test", False, test),
            ("test", True, test),
        )
        for index in range(count)
    ]
