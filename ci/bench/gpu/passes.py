"""Clip passes a second in training at the paper's size, beside a plain loop.

python ci/bench/gpu/passes.py [--device cpu]: the three ID methods, 41 machine IDs, clips of 10 s,
batches of 128. A clip that is heard as two views is two passes. ``fit`` is what a cell runs, from
its second epoch on; "step as one graph" is a bare step of the same network and loss. The limit is
what a copy within the card's memory reaches, if each layer reads its input and writes its output
once, three times with the gradient.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from graphs import Graphed
from limit import bandwidth
from part import Row, Setting, main, tried, wait
from plain_loop import PlainLoop
from torch import nn
from work import METHODS, VIEWS, Size, Step, clips, clips_a_second, numerics, tf32

from asdbench.data.clips import Clips

LEAST = 4.0  # seconds that a line is measured for
GOAL, GOAL_PASSES = 5.0, 4000
MODES: Mapping[str, dict[str, Any]] = {
    "float32": {"precision": "float32", "channels_last": False},
    "TF32": {"precision": "float32", "channels_last": False, "tf32": True},
    "bfloat16": {"precision": "bfloat16", "channels_last": False},
    "bfloat16, channels last": {"precision": "bfloat16"},
    "the same, compiled": {"precision": "bfloat16", "compile": True},
    "the same, reduce-overhead": {"precision": "bfloat16", "compile": "reduce-overhead"},
}


def lines(setting: Setting) -> Iterator[Row]:
    size = Size.of(setting)
    train = clips(size.clips, size.seconds)
    speed = bandwidth(setting.device, setting.size(4096, 16))
    with tempfile.TemporaryDirectory() as folder:
        for method in METHODS:
            step = Step(method, size, train, setting.device)
            limit = speed / bytes_a_pass(step, size, train)
            loop = tried(
                f"{method}: plain loop", partial(_plain, method, size, step, folder, setting)
            )
            yield loop
            about = setting, loop.get("passes/s"), limit
            for mode, given in MODES.items():
                run = partial(_fitted, method, size, train, setting, given)
                yield tried(f"{method}: fit, {mode}", partial(_line, *about, run))
            run = partial(_graphed, method, size, train, setting)
            yield tried(f"{method}: step as one graph, bfloat16", partial(_line, *about, run))


def _line(setting: Setting, plain: float | None, limit: float, run: Callable[[], float]) -> Row:
    found = run()
    row: Row = {"passes/s": found, "of the limit": found / limit}
    if plain is None or setting.tiny:
        return row
    met = found / plain >= GOAL and found >= GOAL_PASSES and found >= limit / 2
    return row | {"ratio to plain": found / plain, "goal": "yes" if met else "NO"}


def _plain(method: str, size: Size, step: Step, folder: str, setting: Setting) -> Row:
    loop = PlainLoop(method, size, step, Path(folder) / "wavs", setting)
    return {"passes/s": VIEWS[method] * loop.clips_a_second(setting.size(8, 0))}


def _fitted(
    method: str, size: Size, train: Clips, setting: Setting, given: Mapping[str, Any]
) -> float:
    """Passes a second of a method's own ``fit``, in its first stage."""
    wanted = dict(given)
    allowed, mode = wanted.pop("tf32", False), wanted.get("compile")
    if mode:
        wanted["compile"] = True
    with ExitStack() as stack:
        if mode:
            stack.enter_context(mock.patch.object(torch, "compile", _compiler(mode, setting)))
        stack.enter_context(tf32(allowed))
        least = setting.size(int(LEAST), 0)
        asked = numerics(setting.device, **wanted)
        return VIEWS[method] * clips_a_second(method, size, train, asked, least)


def _compiler(mode: str | bool, setting: Setting) -> Callable[..., Any]:
    """``torch.compile`` in this mode; on a CPU, what is before a compiler alone is tried."""
    if setting.tiny:
        return partial(torch.compile, backend="aot_eager")
    return partial(torch.compile, mode="default" if mode is True else mode)


def _graphed(method: str, size: Size, train: Clips, setting: Setting) -> float:
    """Passes a second of a bare step, replayed; inputs are put together as in training."""
    step = Step(method, size, train, setting.device)
    step.network.to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    order = torch.randperm(len(train)).view(-1, size.batch)
    graphed = Graphed(
        step.loss,
        list(step.network.parameters()),
        step.inputs(order[0]),
        precision=torch.bfloat16,
    )
    graphed(*step.inputs(order[0]))
    wait(setting.device)
    began, done, least = time.perf_counter(), 0, setting.size(int(LEAST), 0)
    while time.perf_counter() - began < least or not done:
        for indices in order:
            graphed(*step.inputs(indices))
        wait(setting.device)
        done += VIEWS[method] * order.numel()
    return done / (time.perf_counter() - began)


def bytes_a_pass(step: Step, size: Size, train: Clips) -> float:
    """Bytes that layers read and write for one pass, in bfloat16, gradient included."""
    moved = 0

    def count(_: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        nonlocal moved
        moved += sum(one.numel() for one in (*inputs, output) if isinstance(one, torch.Tensor))

    leaves = [one for one in step.network.modules() if not [*one.children()]]
    hooks = [leaf.register_forward_hook(count) for leaf in leaves]
    inputs = step.inputs(torch.arange(size.batch))
    with torch.no_grad():
        step.network.eval()(*inputs[:2])
    step.network.train()
    for hook in hooks:
        hook.remove()
    return 3 * 2 * moved / len(inputs[0])


if __name__ == "__main__":
    main("clip passes a second in training", lines, seconds=200)
