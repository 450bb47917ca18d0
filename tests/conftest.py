"""What all tests share: a cache of their own, small clips in memory, and small folders of wavs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile
from field import example
from recorded import recordings

from asdbench import Context
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.data.clips import Clips, Recording
from asdbench.data.loading import load
from asdbench.training.stages import Stages

LONGEST = (
    "test_api",
    "test_notebook",
    "test_cli_run",
    "test_cli_stopped",
    "test_server",
    "test_server_pages",
    "test_mirror",
    "test_ray_cluster",
    "test_ray_cluster_lost",
    "test_contract",
    "test_docs",
    "test_examples",
    "test_tune_killed",
    "test_difficulty",
    "test_html",
    "test_plugins_found",
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


@pytest.fixture(scope="session")
def small_recordings() -> list[Recording]:
    """32 recordings of a second: 2 machine types, 2 IDs, 4 to train, 2 normal, 2 anomalous."""
    return recordings()


@pytest.fixture(scope="session")
def small_clips(small_recordings: list[Recording], _own_cache: None) -> Clips:
    """The clips of ``small_recordings``."""
    return load(small_recordings, Frontend())[0]


@pytest.fixture(scope="session")
def field(tmp_path_factory: pytest.TempPathFactory, small_clips: Clips) -> list[Path]:
    """Output folders ``spring``, ``autumn`` and ``imports``, and ``lab``, a submission."""
    return example(tmp_path_factory.mktemp("field"), small_clips)


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
        for clip, source, *_ in recordings(machines, train=train, test=test):
            path = root / "dev_data" / clip.machine / clip.split / str(clip.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, *source.read(), subtype="PCM_16")
        return root

    return make
