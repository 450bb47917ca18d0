"""Where a training step's time goes: python ci/bench/gpu/steps.py [--device cpu]

``id_classifier`` at the paper's size as a cell runs it (bfloat16, channels last), profiled for some
steps: the kernels that take the most, how much of the time any kernel runs, how long the card waits
between two of them, and memory. Then how busy nvidia-smi finds the card over 30 s.
"""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import torch
from part import Row, Setting, main, tried, wait
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile
from work import Enough, Size, clips, fit, lent, numerics

from asdbench.data.clips import Clips

METHOD, TOP, WATCHED = "id_classifier", 15, 30


def lines(setting: Setting) -> Iterator[Row]:
    size = Size.of(setting)
    train = clips(size.clips, size.seconds)
    if not setting.tiny:
        torch.cuda.reset_peak_memory_stats()
    events, seconds = _profiled(size, train, setting)
    intervals = sorted((one.time_range.start, one.time_range.end) for one in events)
    yield {"what": "profiled", "found": f"{len(events)} kernels in {seconds:.3g} s"}
    yield {"what": "share of the time with a kernel running", "found": _busy(intervals) / seconds}
    gaps = _gaps(intervals)
    yield {"what": "longest wait between two kernels, ms", "found": 1e3 * max(gaps, default=0.0)}
    yield {
        "what": "waits above 0.1 ms, each second",
        "found": sum(g > 1e-4 for g in gaps) / seconds,
    }
    yield from _top(events)
    if not setting.tiny:
        peak = torch.cuda.max_memory_allocated() / 2**30
        yield {"what": "memory at most, GiB", "found": peak}
    yield tried(f"nvidia-smi over {WATCHED} s", partial(_watched, size, train, setting))


def _profiled(size: Size, train: Clips, setting: Setting) -> tuple[Sequence[Any], float]:
    """Kernels of one epoch, the third (on a CPU, operators), and its seconds."""
    kind = DeviceType.CPU if setting.tiny else DeviceType.CUDA
    activities = [ProfilerActivity.CPU] if setting.tiny else [ProfilerActivity.CUDA]
    watching = profile(activities=activities)
    at = dict[int, float]()

    def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
        wait(setting.device)
        if epoch == 2:
            watching.start()
        at[epoch] = time.perf_counter()
        if epoch == 3:
            watching.stop()
            raise Enough

    with lent(numerics(setting.device, precision="bfloat16"), log) as context, suppress(Enough):
        fit(METHOD, size.fields(METHOD, epochs=3), train.blind(), context)
    events = [one for one in watching.events() or () if one.device_type == kind]
    return events, at[3] - at[2]


def _busy(intervals: Sequence[tuple[float, float]]) -> float:
    """Seconds in which at least one of these (begin, end in microseconds) runs."""
    busy = end = 0.0
    for start, stop in intervals:
        busy += max(0.0, stop - max(start, end))
        end = max(end, stop)
    return busy / 1e6


def _gaps(intervals: Sequence[tuple[float, float]]) -> list[float]:
    """Seconds between the end of all before and the next one's beginning."""
    gaps, end = [], intervals[0][0] if intervals else 0.0
    for start, stop in intervals:
        if start > end:
            gaps.append((start - end) / 1e6)
        end = max(end, stop)
    return gaps


def _top(events: Sequence[Any]) -> Iterator[Row]:
    took, count = Counter[str](), Counter[str]()
    for one in events:
        took[one.name] += one.time_range.elapsed_us()
        count[one.name] += 1
    whole = sum(took.values())
    for name, microseconds in took.most_common(TOP):
        yield {
            "what": f"kernel {name[:70]}",
            "found": microseconds / whole,
            "times": count[name],
            "ms each": microseconds / count[name] / 1e3,
        }


def _watched(size: Size, train: Clips, setting: Setting) -> Row:
    """What nvidia-smi says, five times a second, while a cell trains."""
    if setting.tiny:
        return {"found": "no card"}
    began: list[float] = []

    def log(stage: str, epoch: int, done: float, /, **figures: float) -> None:
        began.append(time.monotonic())
        if began[-1] - began[0] > WATCHED:
            raise Enough

    query = ["nvidia-smi", "--query-gpu=utilization.gpu,utilization.memory,power.draw"]
    options = ["--format=csv,noheader,nounits", "-lms", "200"]
    with subprocess.Popen([*query, *options], stdout=subprocess.PIPE, text=True) as watcher:
        with lent(numerics("cuda", precision="bfloat16"), log) as context, suppress(Enough):
            fit(METHOD, size.fields(METHOD, epochs=100_000), train.blind(), context)
        watcher.terminate()
        said, _ = watcher.communicate()
    rows = [
        [float(x) for x in line.split(",")] for line in said.splitlines() if line.count(",") == 2
    ]
    busy, memory, power = (sum(column) / len(rows) for column in zip(*rows[10:-1], strict=True))
    return {"found": busy / 100, "memory in use": memory / 100, "watts": power}


if __name__ == "__main__":
    main("where a training step's time goes", lines, seconds=70)
