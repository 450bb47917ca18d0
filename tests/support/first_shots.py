"""A small run on first-shot machines, for tests of what comes after it."""

from __future__ import annotations

from pathlib import Path

import asdbench

RECIPE = """\
repeats = 2
[dataset]
name = "first-shot"
seconds = 1.0
train = 100
test = 16
[frontend]
n_mels = 32
"""


def first_shot_run(out: Path) -> Path:
    """The output folder of two repeats of knn."""
    out.parent.mkdir(parents=True, exist_ok=True)
    recipe = out.parent / "small-first-shot.toml"
    recipe.write_text(RECIPE)
    done = asdbench.run(str(recipe), methods=["knn"], out=out)
    assert not done.failed
    return out
