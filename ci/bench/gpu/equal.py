"""Whether numbers are the same: python ci/bench/gpu/equal.py [--device cpu]

Two runs with one seed, byte by byte. What was fitted on the card in float32, scored there and on
the CPU. bfloat16 against float32 on the default data, in pairs of repeats with one seed: the
difference of the AUC in points, with its 95 % interval over repeats.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from part import Row, Setting, main, tried
from scipy import stats

import asdbench
from asdbench.config import plugins
from asdbench.config.experiment import experiments
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics, has_bfloat16
from asdbench.data.loading import dataset_of, load
from asdbench.data.threads import threads
from asdbench.detector.members import lent
from asdbench.results.store import WEIGHTS, Store
from asdbench.training.restored import restore
from asdbench.training.saved import read_fitted

METHODS = ("autoencoder", "id_classifier", "simclr", "id_contrastive")
TOLERANCE = 1e-3  # of the standard deviation of a cell's scores, from one device to the other
Scores = Mapping[str, NDArray[np.float64]]


def lines(setting: Setting) -> Iterator[Row]:
    methods = METHODS[: setting.size(len(METHODS), 1)]
    with tempfile.TemporaryDirectory() as folder:
        runs = _Runs(Path(folder), setting)
        yield tried("two runs with one seed", partial(_repeated, runs, methods))
        yield tried("fitted on the card, scored on the CPU", partial(_moved, runs, methods))
        for method in methods if not setting.tiny or has_bfloat16() else ():
            what = f"{method}: bfloat16 less float32, AUC points"
            yield tried(what, partial(_compared, runs, method))


class _Runs:
    """Runs of one experiment, each in a folder of its own."""

    def __init__(self, folder: Path, setting: Setting) -> None:
        self._folder, self._device = folder, setting.device
        self._experiment, self._repeats = ("smoke", 2) if setting.tiny else ("demo", 5)

    def done(self, name: str, precision: str, repeats: int, *methods: str) -> asdbench.Run:
        """A run at this precision; all repeats of the experiment are 0."""
        recipe = self._folder / f"{precision}.toml"
        text = experiments()[self._experiment].read_text(encoding="utf-8")
        recipe.write_text(f'{text}\n[numerics]\nprecision = "{precision}"\n', encoding="utf-8")
        found = asdbench.run(
            recipe,
            methods=[*methods],
            repeats=repeats or self._repeats,
            device=self._device,
            out=self._folder / name,
        )
        if found.failed:
            raise RuntimeError(f"{found.failed[0].cell.name}: {found.failed[0].reason}")
        return found


def _repeated(runs: _Runs, methods: Sequence[str]) -> Row:
    first, second = (_scores(runs.done(name, "float32", 1, *methods)) for name in "ab")
    same = sum(first[name].tobytes() == second[name].tobytes() for name in first)
    ok = same == len(first) == len(second)
    return {"found": f"{same} of {len(first)} cells the same bytes", "goal": "yes" if ok else "NO"}


def _moved(runs: _Runs, methods: Sequence[str]) -> Row:
    """How far scores of a network are apart on two devices, in standard deviations of a cell's."""
    folder = runs.done("a", "float32", 1, *methods).folder
    store = Store.existing(folder)
    recipe = store.rows()[0]["recipe"]
    clips = load(dataset_of(recipe["dataset"]).recordings(), Frontend(**recipe["frontend"])).clips
    apart = 0.0
    for record in store.rows():
        for name in (name for names in record["repeats"] for name in names):
            cell = store.cell(name)
            assert cell is not None
            about = cell["cell"]
            only = {"machine": about["machine"]} if about["machine"] else {}
            test = clips.where(split="test", **only)
            numerics = Numerics(**{**about["numerics"], "device": "cpu"})
            method = restore(
                plugins.load(plugins.METHODS, about["method"]),
                read_fitted(store.cell_folder(name) / WEIGHTS),
                lent(folder, numerics),
            )
            with threads(numerics.threads):
                there = np.asarray(method.score(test.blind()), dtype=np.float64)
            kept = {(s.machine, s.id, s.subset, s.clip): s.score for s in store.scores(name)}
            here = np.array([kept[c.machine, c.id, c.subset, str(c.name)] for c in test])
            apart = max(apart, float(np.abs(here - there).max() / here.std()))
    return {"found": apart, "goal": "yes" if apart < TOLERANCE else "NO"}


def _compared(runs: _Runs, method: str) -> Row:
    found = {
        precision: runs.done(f"{method}-{precision}", precision, 0, method).board.rows[0]
        for precision in ("float32", "bfloat16")
    }
    pairs = zip(found["bfloat16"].auc.values, found["float32"].auc.values, strict=True)
    points_R = 100 * np.array([low - full for low, full in pairs])
    half = stats.t.ppf(0.975, len(points_R) - 1) * points_R.std(ddof=1) / len(points_R) ** 0.5
    mean = points_R.mean()
    return {"found": float(mean), "low": float(mean - half), "high": float(mean + half)}


def _scores(done: asdbench.Run) -> Scores:
    store = Store.existing(done.folder)
    names = [name for row in store.rows() for names in row["repeats"] for name in names]
    return {name: np.array([one.score for one in store.scores(name)]) for name in names}


if __name__ == "__main__":
    main("whether numbers are the same", lines, seconds=130)
