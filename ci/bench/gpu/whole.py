"""Whole runs: python ci/bench/gpu/whole.py [--device cpu]

``smoke`` and ``demo`` as a user runs them, and cells of the paper's size for two epochs a stage on
synthetic clips of 10 s. What a run's all cells take is in the last column.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from part import Row, Setting, main, tried

import asdbench
from asdbench.config.experiment import experiments

PAPER = """
repeats = 1
[dataset]
name = "synthetic"
subsets = ["development"]
seconds = {seconds}
train = {train}
test_normal = 10
test_anomalous = 10
"""
METHODS = ("id_classifier", "simclr", "id_contrastive")


def lines(setting: Setting) -> Iterator[Row]:
    for name in ("smoke", "demo")[: setting.size(2, 1)]:
        methods = "knn" if setting.tiny else "all"
        yield tried(name, partial(_run, experiments()[name], setting, methods))
    with tempfile.TemporaryDirectory() as folder:
        recipe = Path(folder) / "paper.toml"
        size = {"seconds": setting.size(10, 1), "train": setting.size(100, 2)}
        recipe.write_text(PAPER.format(**size) + _recipes(setting), encoding="utf-8")
        for method in METHODS[: setting.size(3, 1)]:
            yield tried(f"paper, two epochs: {method}", partial(_run, recipe, setting, method))


def _recipes(setting: Setting) -> str:
    """Two epochs a stage, all else as in the paper; tiny networks on a CPU."""
    width = "encoder = { width = 0.125 }\n" if setting.tiny else ""
    texts = []
    for method in METHODS:
        stages = ["classifier"] if method == "id_classifier" else ["classifier", "pretraining"]
        fields = "".join(f"{stage} = {{ epochs = 2 }}\n" for stage in stages)
        texts.append(f"[methods.{method}]\n{width}{fields}")
    return "\n".join(texts)


def _run(recipe: Path, setting: Setting, methods: str) -> Row:
    began, at = time.perf_counter(), list[float]()

    def note(event: object) -> None:
        if type(event).__name__ in {"Started", "Done", "Failed"}:
            at.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        done = asdbench.run(
            recipe, methods=methods, device=setting.device, out=Path(folder) / "out", on_event=note
        )
    if done.failed:
        raise RuntimeError(f"{done.failed[0].cell.name}: {done.failed[0].reason}")
    whole = time.perf_counter() - began
    return {"cells": done.ran, "seconds": whole, "of them in cells": at[-1] - at[0]}


if __name__ == "__main__":
    main("whole runs", lines, seconds=130)
