"""Decoding and log-mel of 10 s clips against librosa: python ci/bench/decode.py

librosa does what a person writes: one clip after the other, load, mel spectrogram, decibels, with
nothing kept. asdbench decodes into its bank and computes in chunks, with a worker's allocator; its
first pass starts from an empty cache, a later process finds the bank, and a later pass of one
process finds the log-mel.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import librosa
import measuring
import numpy as np
import recordings
from measuring import Report, Row, versus

from asdbench.clips import Clips
from asdbench.datasets import load
from asdbench.datasets.dcase2020 import Dcase2020
from asdbench.frontend import Frontend

CLIPS, ROUNDS, AGREE_DB = 300, 3, 0.05
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
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


def on_cores(count: int) -> None:
    """Keep this process, pools included, to this many cores and threads."""
    import torch
    from threadpoolctl import threadpool_limits

    if hasattr(os, "sched_setaffinity"):  # not on macOS, where the threads of pools stay free
        os.sched_setaffinity(0, CORES[:count])
    torch.set_num_threads(count)
    threadpool_limits(count)


def prepare(folder: Path, cores: int) -> dict[str, measuring.Work]:
    """asdbench's passes, ready to run on this many cores for the rest of the process."""
    on_cores(cores)
    kept: dict[str, Clips] = {}

    def first() -> None:
        os.environ["ASDBENCH_CACHE"] = tempfile.mkdtemp(dir=folder)
        later()

    def later() -> None:
        kept["clips"] = opened(folder / "wavs")
        kept["clips"].logmel()

    def again() -> None:
        kept["clips"].logmel()

    clips = opened(folder / "wavs")
    clips.frontend(clips.waves([0]))  # lazy imports
    return {"first": first, "later": later, "again": again}


def compare(folder: Path, files: list[Path], cores: int) -> list[Row]:
    """A pass with an empty cache, one in a later process, and a later one of the same process."""

    def plain() -> None:
        for path in files:
            with_librosa(path)

    on_cores(cores)
    worker, later = measuring.Elsewhere(prepare, folder, cores), float("inf")
    best = measuring.in_turns(ROUNDS, plain=plain, first=worker("first"), again=worker("again"))
    worker.close()
    for _ in range(ROUNDS):
        another = measuring.Elsewhere(prepare, folder, cores)
        later = min(later, measuring.seconds(another("later")))
        another.close()
    plain_ms = 1000 * best["plain"] / len(files)

    def row(what: str, seconds: float, at_least: float | None = None) -> Row:
        name = f"{cores} core{'s' * (cores > 1)}: {what}"
        ours_ms = 1000 * seconds / len(files)
        return versus(name, ours_ms, plain_ms, at_least=at_least, unit="ms a clip")

    return [
        row("first pass", best["first"], 2),
        row("second pass, another process", later),
        row("second pass, same process", best["again"], 100),
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
            "the bank is decoded by a pool over the cores, librosa's loop by one thread; the "
            "files are in the page cache",
        ],
    )


if __name__ == "__main__":
    measuring.main(measure)
