"""Scoring a test set against clip by clip, as the reference does: python ci/bench/scoring.py

ID classifier at the paper's size, clips of 10 s. asdbench's side is the method's own ``score``:
log-mel from the bank and batches of 16. The plain side loads each file with librosa, computes its
log-mel and runs the network on that one clip. Both score with the same weights.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import librosa
import measuring
import numpy as np
import plain
import torch
from epoch import FLOAT32, Work
from measuring import Report, Row, versus
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from asdbench.config.system import cores

CLIPS, ROUNDS, APART, THREADS = 64, 3, 1e-3, 1


def with_librosa(path: Path) -> Tensor:
    """A file's samples, as the reference reads them."""
    return torch.from_numpy(librosa.load(path, sr=16000)[0])


class Sides:
    """Both sides with the same weights, which an epoch on half of the clips has left."""

    def __init__(self, folder: Path, threads: int) -> None:
        torch.set_num_threads(threads)
        self.work = Work(folder, CLIPS, read=with_librosa)
        self.method, _ = self.work.fit(self.work.clips.pick(range(CLIPS // 2)), FLOAT32)
        self._plain = plain.network(self.method.model_)

    def asdbench(self) -> np.ndarray:
        """The method's scores of clips of which nothing but the bank is there."""
        self.work.forget()
        return np.asarray(self.method.score(self.work.clips.pick(range(CLIPS))))

    def plain(self) -> np.ndarray:
        """The reference's."""
        return np.array(plain.score(self._plain, self.work.files))


def works(folder: Path, threads: int) -> dict[str, measuring.Work]:
    """Scoring by each side, ready to run."""
    sides = Sides(folder, threads)
    return {"asdbench": sides.asdbench, "plain": sides.plain}


def floating_point_operations(model: torch.nn.Module, work: Work) -> float:
    """What the network takes for one clip."""
    with FlopCounterMode(display=False) as counted, torch.inference_mode():
        model(*(x[None] for x in work.files[0][:2]))
    return counted.get_total_flops()


def most_a_second() -> float:
    """Floating point operations of the fastest float32 convolution that this core was seen to do.

    A 1x1 convolution of many channels, whose maps stay in the cache.
    """
    x_NCHW = torch.randn(16, 512, 32, 32).to(memory_format=torch.channels_last)
    weight = torch.randn(512, 512, 1, 1).to(memory_format=torch.channels_last)

    def convolve() -> None:
        with torch.inference_mode():
            torch.nn.functional.conv2d(x_NCHW, weight)

    return 2 * x_NCHW.numel() * 512 / measuring.in_turns(10, convolve=convolve)["convolve"]


def measure() -> Report:
    with tempfile.TemporaryDirectory() as temporary, measuring.threads(THREADS):
        folder = Path(temporary)
        os.environ["ASDBENCH_CACHE"] = f"{folder}/cache"
        here = Sides(folder, THREADS)
        apart = float(np.abs(here.asdbench() - here.plain()).max())
        assert apart < APART, f"not the same work: scores are {apart} apart"
        one, all_cores = (measuring.Elsewhere(works, folder, n) for n in (THREADS, cores()))
        best = measuring.in_turns(
            ROUNDS,
            plain=here.plain,
            plain_in_worker=one("plain"),
            plain_on_all_cores=measuring.threads(cores())(here.plain),
            asdbench=here.asdbench,
            asdbench_in_worker=one("asdbench"),
            asdbench_on_all_cores=all_cores("asdbench"),
        )
        one.close()
        all_cores.close()
        hearing = measuring.seconds(lambda: [here.work.files[i] for i in range(CLIPS)])
        network = floating_point_operations(here.method.model_, here.work)
        limit_ms = 1000 * network / most_a_second()
    ms = {name: 1000 * seconds / CLIPS for name, seconds in best.items()}

    def line(what: str, ours: str, theirs: str, at_least: float | None = None) -> Row:
        return versus(what, ms[ours], ms[theirs], at_least=at_least, unit="ms a clip")

    rows = [
        line("as each is run", "asdbench_in_worker", "plain", 5),
        line("both with the default allocator", "asdbench", "plain"),
        line("both with a worker's allocator", "asdbench_in_worker", "plain_in_worker"),
        line(f"as each is run, {cores()} threads", "asdbench_on_all_cores", "plain_on_all_cores"),
        versus("the most that this core can do", limit_ms, ms["plain"], unit="ms a clip"),
    ]
    notes = [
        f"largest difference of a score: {apart:.1g}",
        f"{1000 * hearing / CLIPS:.3g} ms of the plain side are reading a file and its log-mel",
        f"the most: the network's {network / 1e9:.2f} GFLOP a clip at the speed of the fastest "
        f"convolution, {network / limit_ms / 1e6:.0f} GFLOP/s, and nothing else",
    ]
    return Report(f"scoring with id_classifier, {CLIPS} clips of 10 s", THREADS, rows, notes)


if __name__ == "__main__":
    measuring.main(measure)
