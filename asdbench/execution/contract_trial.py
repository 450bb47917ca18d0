"""A method that is tried: fitted and scored with one seed, written down and read again."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from asdbench.config.numerics import Numerics
from asdbench.config.schema import build
from asdbench.config.seeds import derive
from asdbench.data.clips import Clips
from asdbench.training.fitted import fitted
from asdbench.training.method import Context, checked_scores
from asdbench.training.restored import restore
from asdbench.training.saved import read_fitted, saved
from asdbench.training.stages import Stages

Scores = np.ndarray[Any, Any]
NUMERICS = Numerics(device="cpu", precision="float32")  # a GPU doesn't promise the same scores


class Trial:
    """Fits and scores one method with one seed."""

    def __init__(self, cls: type, fields: Mapping[str, Any], name: str) -> None:
        import torch

        torch.set_num_threads(1)  # as in a run; several would wait for each other here
        self._cls, self._fields, self._name = cls, fields, name

    def scores(self, train: Clips, test: Clips, seed: str = "check") -> Scores:
        return self.fit(train, test, seed)[1]

    def fit(self, train: Clips, test: Clips, seed: str = "check") -> tuple[Any, Scores]:
        method: Any = build(self._cls, self._fields, self._name)
        with tempfile.TemporaryDirectory() as scratch:
            method.fit(train, _context(Path(scratch), derive(0, seed)))
        return method, self.score(method, test)

    def restored(self, method: Any) -> Any:
        """A method that was written down, and read again."""
        fitted(method)  # raises where something can't be kept
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "weights.safetensors"
            file.write_bytes(saved(method))
            return restore(self._cls, read_fitted(file), _context(Path(folder), 0))

    def score(self, method: Any, test: Clips) -> Scores:
        return checked_scores(method.score(test), len(test))


def _context(folder: Path, seed: int) -> Context:
    return Context(
        seed=seed,
        numerics=NUMERICS,
        scratch=folder,
        log=lambda *_, **__: None,
        stages=Stages(folder / "stages", "check"),
    )
