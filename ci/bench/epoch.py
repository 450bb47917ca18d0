"""An epoch of training at the paper's size against a plain PyTorch loop: python ci/bench/epoch.py

ID classifier, width 1.0 with Tgram, clips of 10 s, ArcFace, Adam, batches of 32. The plain loop is
eager float32 with PyTorch's own PReLU and Adam over a DataLoader that reads each file and computes
its log-mel. asdbench's side is the method's own ``fit``, as a worker calls it. Both see the same
batches of the same clips from the same weights.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

import measuring
import plain
import recordings
import torch
from asdbench_methods._id_model import Classifier, IdModel
from asdbench_methods._nets import EncoderConfig
from measuring import Report, Row, versus

from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.config.schema import build
from asdbench.config.seeds import derive
from asdbench.data.clips import Clips
from asdbench.data.dcase.dataset import Dcase2020
from asdbench.data.loading import load
from asdbench.training.batches import random_batches
from asdbench.training.method import Context, Method
from asdbench.training.stages import Stages

CLIPS, BATCH, ROUNDS, SEED, THREADS = 64, 32, 3, 1, 1
APART = 1e-4  # how far the losses of a first step may differ, of the loss
FLOAT32 = Numerics(device="cpu", precision="float32")
BFLOAT16 = Numerics(device="cpu", precision="bfloat16")


class Work:
    """Clips, classes and batches, as both sides get them."""

    def __init__(self, folder: Path, clips: int, read: plain.Read = plain.with_soundfile) -> None:
        paths = {path.name: path for path, _ in recordings.write(folder / "wavs", clips)}
        frontend = Frontend(clip_seconds=float(recordings.SECONDS))
        found = load(Dcase2020(str(folder / "wavs")).recordings(), frontend)[0]
        classes = sorted({(clip.machine, clip.id) for clip in found})
        named = [(paths[str(c.name)], classes.index((c.machine, c.id))) for c in found]
        self.clips, self.kept = found.blind(), folder / "kept"
        self.files = plain.Files(named, read)

    def fit(self, clips: Clips, numerics: Numerics) -> tuple[Method, float]:
        """asdbench: an id_classifier of the paper's size after an epoch, and the epoch's loss."""
        losses = []

        def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
            losses.append(figures["loss"])

        fields = {"classifier": {"epochs": 1, "batch": {"size": BATCH}}}
        method = build(plugins.load(plugins.METHODS, "id_classifier"), fields, "id_classifier")
        self.forget()
        with tempfile.TemporaryDirectory() as scratch:
            method.fit(clips, Context(SEED, numerics, Path(scratch), log, Stages(self.kept, "")))
        return method, losses[0]

    def forget(self) -> None:
        """Drop what a method has kept for others, such as embeddings: a run begins without."""
        shutil.rmtree(self.kept, ignore_errors=True)

    def epoch(self, numerics: Numerics) -> float:
        """asdbench: the loss of a first epoch."""
        return self.fit(self.clips, numerics)[1]

    def plain_model(self) -> torch.nn.Module:
        """The plain network, with the weights that ``fit`` starts from."""
        torch.manual_seed(derive(SEED, "model"))
        return plain.network(IdModel(EncoderConfig(), Classifier(margin=0.7), self.clips))

    def plain_epoch(self) -> float:
        """Plain: an epoch from the same weights; its loss."""
        model = self.plain_model()
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-4)
        losses = plain.epoch(model, optimiser, self.files, self.batches())
        return sum(losses) / len(losses)

    def batches(self) -> list[list[int]]:
        """Those of the first epoch, as ``train_network`` draws them."""
        generator = torch.Generator().manual_seed(derive(SEED, "classify", 0))
        order: list[list[int]] = random_batches(len(self.clips), BATCH)(generator).tolist()
        return order

    def check(self) -> str:
        """Assert that a first step on the same batch has the same loss on both sides."""
        first = self.batches()[0]
        _, ours = self.fit(self.clips.pick(first), FLOAT32)
        batch = torch.utils.data.default_collate([self.files[i] for i in first])
        theirs = plain.loss_of(self.plain_model().train(), batch).item()
        assert abs(ours - theirs) < APART * theirs, f"not the same work: {ours} and {theirs}"
        return f"loss of a first step: asdbench {ours:.6f}, plain {theirs:.6f}"


def sides(folder: Path) -> dict[str, measuring.Work]:
    """An epoch by each side, ready to run, with one thread as a cell has by default."""
    torch.set_num_threads(THREADS)
    work = Work(folder, CLIPS)
    work.clips.logmel()  # which is kept from a run's first epoch on
    return {
        "float32": partial(work.epoch, FLOAT32),
        "bfloat16": partial(work.epoch, BFLOAT16),
        "plain": work.plain_epoch,
    }


def measure() -> Report:
    with tempfile.TemporaryDirectory() as temporary, measuring.threads(THREADS):
        folder = Path(temporary)
        os.environ["ASDBENCH_CACHE"] = f"{folder}/cache"
        work = Work(folder, CLIPS)
        checked = work.check()
        losses = f"{work.epoch(FLOAT32):.6f} and {work.plain_epoch():.6f}"
        reading = measuring.seconds(lambda: [work.files[i] for i in range(CLIPS)])
        here, worker = sides(folder), measuring.Elsewhere(sides, folder)
        worker("float32")()
        best = measuring.in_turns(
            ROUNDS,
            plain=here["plain"],
            plain_in_worker=worker("plain"),
            float32=here["float32"],
            float32_in_worker=worker("float32"),
            bfloat16_in_worker=worker("bfloat16"),
        )
        worker.close()

    def line(what: str, ours: str, theirs: str, at_least: float | None = None) -> Row:
        speeds = {"asdbench clips/s": CLIPS / best[ours], "plain clips/s": CLIPS / best[theirs]}
        unit = "s an epoch"
        return versus(what, best[ours], best[theirs], at_least=at_least, unit=unit) | speeds

    rows = [
        line("as each is run", "float32_in_worker", "plain", 2),
        line("both with the default allocator", "float32", "plain"),
        line("both with a worker's allocator", "float32_in_worker", "plain_in_worker"),
        line("as each is run, bfloat16: other numbers", "bfloat16_in_worker", "plain"),
    ]
    notes = [
        f"{checked}; mean of an epoch {losses}",
        f"{reading:.1f} s of a plain epoch are reading files and their log-mel",
    ]
    title = f"an epoch of id_classifier at the paper's size, {CLIPS} clips of 10 s, batch {BATCH}"
    return Report(title, THREADS, rows, notes)


if __name__ == "__main__":
    measuring.main(measure)
