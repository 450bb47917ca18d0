"""Decoding and log-mel of 10 s clips against librosa: python ci/bench/decode.py

librosa does what a person writes: load, mel spectrogram, decibels, a clip at a time, nothing kept;
and, more than most would write, the same in a pool of as many processes as cores. asdbench does
what a run does: the command decodes into the bank with a pool of threads, then as many cells as
there are cores, a process and a thread each, compute the log-mel of their clips. The first pass
starts from an empty cache. A later process finds the bank, and a later pass of one process the
log-mel, which it gathers in random batches.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import librosa
import measuring
import numpy as np
import recordings
from measuring import Report, Row, versus

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clips
from asdbench.data.dcase.dataset import Dcase2020
from asdbench.data.loading import load

CLIPS, BATCH, ROUNDS, AGREE_DB = 300, 32, 3, 0.05
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
FRONTEND = Frontend(clip_seconds=float(recordings.SECONDS))


def opened(folder: Path) -> Clips:
    """The recordings' clips, decoded if the cache doesn't have them."""
    return load(Dcase2020(str(folder)).recordings(), FRONTEND)[0]


def with_librosa(path: Path) -> np.ndarray:
    """One clip as a person would do it, with asdbench's mel scale and padding."""
    wave, _ = librosa.load(path, sr=FRONTEND.sample_rate)
    mel = librosa.feature.melspectrogram(
        y=wave,
        sr=FRONTEND.sample_rate,
        n_fft=FRONTEND.n_fft,
        hop_length=FRONTEND.hop_length,
        n_mels=FRONTEND.n_mels,
        htk=True,
        norm=None,
        pad_mode="reflect",
    )
    return librosa.power_to_db(mel, top_db=None)


def _drop_librosas(path: Path) -> None:
    with_librosa(path)


def on_cores(count: int) -> None:
    """Keep this process, pools included, to this many cores."""
    if hasattr(os, "sched_setaffinity"):  # not on macOS, where the threads of pools stay free
        os.sched_setaffinity(0, CORES[:count])


def cell(folder: Path, part: int, parts: int) -> dict[str, measuring.Work]:
    """What a cell does with its share of the clips, ready to run with one thread."""
    import torch

    torch.set_num_threads(1)
    kept: dict[str, Clips] = {}

    def hear(clips: Clips) -> None:
        kept["clips"] = clips.pick(range(part, len(clips), parts))
        kept["clips"].logmel()

    def gather() -> None:
        for batch in torch.randperm(len(kept["clips"])).split(BATCH):
            kept["clips"].logmel(batch)

    clips = opened(folder)
    clips.frontend(clips.waves([0]))  # lazy imports
    return {"hear": hear, "gather": gather}


def compare(folder: Path, files: list[Path], cores: int) -> list[Row]:
    """A pass with an empty cache, one in a later process, and a later one of the same process."""
    on_cores(cores)
    wavs, known = folder / "wavs", opened(folder / "wavs")
    cells = [measuring.Elsewhere(cell, wavs, part, cores) for part in range(cores)]
    with measuring.environment(ONE_THREAD):
        people = multiprocessing.get_context("spawn").Pool(cores)
    with ThreadPoolExecutor(cores) as side_by_side, people:
        people.map(_drop_librosas, files[:8])  # lazy imports

        def plain() -> None:
            for path in files:
                with_librosa(path)

        def pool() -> None:
            people.map(_drop_librosas, files)

        def all_cells(name: str, *given: Clips) -> None:
            list(side_by_side.map(lambda one: one(name, *given)(), cells))

        def first() -> None:
            os.environ["ASDBENCH_CACHE"] = tempfile.mkdtemp(dir=folder)
            all_cells("hear", opened(wavs))

        best = measuring.in_turns(
            ROUNDS,
            plain=plain,
            pool=pool,
            first=first,
            later=lambda: all_cells("hear", known),
            again=lambda: all_cells("gather"),
        )
    for one in cells:
        one.close()
    return lines(cores, {side: 1000 * seconds / len(files) for side, seconds in best.items()})


def lines(cores: int, ms: dict[str, float]) -> list[Row]:
    """The table's lines, from the milliseconds that each side takes a clip."""

    def row(what: str, side: str, at_least: float | None = None, plain: str = "plain") -> Row:
        name = f"{cores} core{'s' * (cores > 1)}: {what}"
        return versus(name, ms[side], ms[plain], at_least=at_least, unit="ms a clip")

    return [
        row("first pass", "first", 2 if cores == len(CORES) else None),
        *([row("first pass, librosa in a pool", "first", plain="pool")] if cores > 1 else []),
        row("a later cell's first pass", "later"),
        row("second pass", "again", 100),
    ]


def largest_difference(folder: Path, files: list[Path]) -> float:
    """Between asdbench's log-mel and librosa's, in dB."""
    clips = opened(folder)
    paths = {path.name: path for path in files}
    return max(
        float(np.abs(with_librosa(paths[str(clip.name)]) - mel.numpy()).max())
        for clip, mel in zip(clips, clips.logmel(), strict=True)
    )


def measure() -> Report:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["ASDBENCH_CACHE"] = str(folder / "cache")
        files = [path for path, _ in recordings.write(folder / "wavs", CLIPS)]
        difference = largest_difference(folder / "wavs", files)
        assert difference < AGREE_DB, f"not the same work: {difference} dB apart"
        rows = []
        for cores in sorted({1, len(CORES)}):
            rows += compare(folder, files, cores)
    return Report(
        f"decode + log-mel, {CLIPS} clips of {recordings.SECONDS} s",
        len(CORES),
        rows,
        [
            f"largest difference of a log-mel value: {difference:.1g} dB",
            "the files are in the page cache",
        ],
    )


if __name__ == "__main__":
    measuring.main(measure)
