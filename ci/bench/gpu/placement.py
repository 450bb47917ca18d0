"""Where clips lie, how fast log-mel is, cells that share a card: python ci/bench/gpu/placement.py

``id_classifier`` at the paper's size with its clips in the card's memory, with their log-mel made
anew each batch, and with every batch read from the bank, pinned and uploaded. Then the front end by
itself, and the same eight cells of the demo's size with one, two and four of them at once.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from unittest import mock

import torch
from part import Row, Setting, main, timed, tried
from work import Size, clips, clips_a_second, numerics

import asdbench
from asdbench.data import features
from asdbench.data.clips import Clips

METHOD, LEAST = "id_classifier", 5
SHARES = {  # of the memory, for waveforms and for log-mel
    "clips and log-mel in its memory": (0.4, 0.3),
    "clips in its memory, log-mel with each batch": (0.4, 0.0),
    "each batch from the bank, log-mel with it": (0.0, 0.0),
}


def lines(setting: Setting) -> Iterator[Row]:
    size = Size.of(setting)
    train = clips(size.clips, size.seconds)
    for what, shares in SHARES.items():
        yield tried(what, partial(_trained, size, train, setting, shares))
    yield tried("log-mel", partial(_heard, train, size, setting))
    alone: list[float] = []
    for at_once in (1, 2, 4)[: setting.size(3, 2)]:
        yield tried(f"cells at once: {at_once}", partial(_shared, setting, at_once, alone))


def _trained(size: Size, train: Clips, setting: Setting, shares: tuple[float, float]) -> Row:
    with ExitStack() as stack:
        for name, share in zip(("WAVES_SHARE", "LOGMEL_SHARE"), shares, strict=True):
            stack.enter_context(mock.patch.object(features, name, share))
        asked = numerics(setting.device, precision="bfloat16")
        least = setting.size(LEAST, 0)
        return {"clips/s": clips_a_second(METHOD, size, train, asked, least)}


def _heard(train: Clips, size: Size, setting: Setting) -> Row:
    waves_NS = train.waves(torch.arange(size.batch), setting.device)
    times = setting.size(10, 1)
    seconds = timed(lambda: [train.frontend(waves_NS) for _ in range(times)], setting.device)
    return {"clips/s": times * size.batch / seconds}


def _shared(setting: Setting, at_once: int, alone: list[float]) -> Row:
    """The seconds of a run's cells, from the first one's start to the last one's end."""
    experiment, repeats = ("smoke", 1) if setting.tiny else ("demo", 8)
    at: list[float] = []

    def note(event: object) -> None:
        if type(event).__name__ in {"Started", "Done", "Failed"}:
            at.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        done = asdbench.run(
            experiment,
            methods=[METHOD],
            repeats=repeats,
            jobs=at_once,
            device=setting.device,
            out=Path(folder) / "out",
            on_event=note,
        )
    if done.failed:
        raise RuntimeError(done.failed[0].reason)
    seconds = at[-1] - at[0]
    alone.append(seconds)
    return {"cells": done.ran, "seconds": seconds, "ratio": alone[0] / seconds}


if __name__ == "__main__":
    main("where clips lie, log-mel, cells that share the card", lines, seconds=110)
