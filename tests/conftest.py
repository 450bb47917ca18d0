"""What all tests share: a cache of their own, small clips in memory, and small folders of wavs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asdbench import Context
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.config.seeds import derive
from asdbench.data.clips import Clip, Clips, Recording
from asdbench.data.decode import Generated
from asdbench.data.loading import load
from asdbench.training.stages import Stages

RATE = 16000
LONGEST = (
    "test_tuning",
    "test_cluster",
    "test_engines",
    "test_ui",
    "test_cli",
    "test_synthetic",
    "test_tracking",
    "test_docs",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: at the end, they would keep one worker busy and the others idle."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is read from, or left in, the user's cache; child processes inherit it."""
    before = os.environ.get("ASDBENCH_CACHE")
    os.environ["ASDBENCH_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    os.environ.pop("ASDBENCH_CACHE")
    if before is not None:
        os.environ["ASDBENCH_CACHE"] = before


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """As a cell has by default: the promise of same bits is for one thread.

    For NumPy, SciPy and scikit-learn too: on matrices this small, threads wait for each other.
    """
    import torch
    from threadpoolctl import threadpool_limits

    torch.set_num_threads(1)
    with threadpool_limits(1):
        yield


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


@pytest.fixture(scope="session")
def small_recordings() -> list[Recording]:
    """32 recordings of a second: 2 machine types, 2 IDs, 4 to train, 2 normal, 2 anomalous."""
    return recordings()


@pytest.fixture(scope="session")
def small_clips(small_recordings: list[Recording], _own_cache: None) -> Clips:
    """The clips of ``small_recordings``."""
    return load(small_recordings, Frontend())[0]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """What a run lends a method, on the CPU in float32."""
    return Context(
        seed=1,
        numerics=Numerics(device="cpu", precision="float32"),
        scratch=tmp_path,
        log=lambda *_, **__: None,
        stages=Stages(tmp_path / "stages", "test"),
    )


@pytest.fixture
def wav_tree(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of wavs in the DCASE 2020 layout: ``wav_tree(train=3)``."""

    def make(
        name: str = "tree", machines: tuple[str, ...] = ("fan",), *, train: int = 3, test: int = 2
    ) -> Path:
        root = tmp_path / name
        for clip, source in recordings(machines, train=train, test=test):
            path = root / "dev_data" / clip.machine / clip.split / str(clip.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, *source.read(), subtype="PCM_16")
        return root

    return make
