"""Scoring by PyTorch, ONNX Runtime and torch.compile: python ci/bench/backends.py

The network of id_classifier and of the autoencoder at the paper's size, from log-mel and sound of
10 s to embeddings or errors, with the batches that scoring has, on one thread and on two, in a
process with a worker's allocator whose idle threads sleep. Weights are random, BatchNorm has seen a
batch. CPU seconds of the process, the best of several rounds in turns; a compiled graph is made
before. An option would be worth having from a quarter faster, with outputs within 1e-5 of their
largest.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import measuring
import numpy as np
import torch
from asdbench_methods._dense import DenseTraining
from asdbench_methods._id_scoring import SCORING_BATCH
from asdbench_methods._nets import Encoder, EncoderConfig
from measuring import Report, Row
from torch import Tensor, nn

THREADS, ROUNDS, WINDOWS, APART, FASTER = (1, 2), 7, 4096, 1e-5, 1.25
SLEEPING = {"OMP_WAIT_POLICY": "PASSIVE"}  # else threads that wait for others burn CPU seconds
SAMPLES, BANDS, FRAMES = 160_000, 128, 313


def classifier() -> tuple[nn.Module, Sequence[Tensor], int]:
    """Its encoder, a batch of 16 clips, and how many clips that is."""
    torch.manual_seed(0)
    encoder = Encoder(
        EncoderConfig(), samples=SAMPLES, bands=BANDS, frames=FRAMES, window=1024, hop=512
    )
    batch = torch.randn(SCORING_BATCH, SAMPLES) / 10, torch.randn(SCORING_BATCH, BANDS, FRAMES)
    return _ready(encoder.to(memory_format=torch.channels_last), batch), batch, SCORING_BATCH


def autoencoder() -> tuple[nn.Module, Sequence[Tensor], int]:
    """Its network, a batch of 4,096 windows, and how many clips have so many."""
    torch.manual_seed(0)
    config = DenseTraining(5, 128, 4, 8, 1, 512, 1e-3)
    batch = (torch.randn(WINDOWS, 5 * BANDS),)
    return _ready(config.network(BANDS), batch), batch, WINDOWS // (FRAMES - 4)


def _ready(network: nn.Module, batch: Sequence[Tensor]) -> nn.Module:
    with torch.no_grad():
        network.train()(*batch)
    return network.eval()


def with_onnx(
    network: nn.Module, batch: Sequence[Tensor], folder: Path, threads: int
) -> Callable[[], Any]:
    """A pass by ONNX Runtime."""
    import onnxruntime

    path = folder / "network.onnx"
    torch.onnx.export(network, tuple(batch), path, dynamo=True, verbose=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    given = {one.name: x.numpy() for one, x in zip(session.get_inputs(), batch, strict=True)}
    return lambda: session.run(None, given)[0]


def works(threads: int, folder: Path) -> dict[str, measuring.Work]:
    """The comparison of each network with so many threads."""
    torch.set_num_threads(threads)
    nets = {"id_classifier": classifier, "autoencoder": autoencoder}
    return {name: partial(compared, name, make(), threads, folder) for name, make in nets.items()}


def compared(
    what: str, made: tuple[nn.Module, Sequence[Tensor], int], threads: int, folder: Path
) -> list[Row]:
    network, batch, clips = made

    def passing(model: Callable[..., Tensor]) -> Callable[[], Any]:
        def one_pass() -> Any:
            with torch.inference_mode():
                return model(*batch).numpy()

        return one_pass

    sides = {
        "PyTorch": passing(network),
        "ONNX Runtime": with_onnx(network, batch, folder, threads),
        "torch.compile": passing(torch.compile(network)),
    }
    found = {name: work() for name, work in sides.items()}  # warms up, and compiles
    took = {name: min(times) for name, times in _cpu_seconds(sides).items()}
    size = np.abs(found["PyTorch"]).max()
    rows = []
    for name in sides:
        apart = float(np.abs(found[name] - found["PyTorch"]).max() / size)
        ratio = took["PyTorch"] / took[name]
        met = "yes" if ratio >= FASTER and apart <= APART else "no"
        row = {"what": f"{what}, {name}", "threads": threads}
        row |= {"CPU ms a clip": 1000 * took[name] / clips, "times as fast": ratio, "apart": apart}
        rows.append(row | ({"worth an option": met} if name != "PyTorch" else {}))
    return rows


def _cpu_seconds(sides: Mapping[str, Callable[[], Any]]) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, work in sides.items():
            began = time.process_time()
            work()
            took[name].append(time.process_time() - began)
    return took


def measure() -> Report:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, measuring.environment(SLEEPING):
        for threads in THREADS:
            worker = measuring.Elsewhere(works, threads, Path(folder))
            for name in ("id_classifier", "autoencoder"):
                rows += worker(name)()  # type: ignore[misc]
            worker.close()
    return Report(f"scoring's network, clips of 10 s, {ROUNDS} rounds", max(THREADS), rows)


if __name__ == "__main__":
    measuring.main(measure)
