"""One method with many settings: which cells there are, which are missing, and what they share."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from inline import inline_engine
from studies import FRESH, ONE_MACHINE, changed, tuned, written

from asdbench.config import plugins
from asdbench.config.experiment import Experiment, resolve
from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clips
from asdbench.engines.events import Done, Failed
from asdbench.execution.progress import Running
from asdbench.results.store import Store
from asdbench.tuning.trials import Bench

TWO_STAGES = '''\
from dataclasses import dataclass
from typing import ClassVar

from asdbench import tunable


@dataclass(frozen=True)
class Mean:
    power: float = tunable(1.0, low=0.5, high=2.0)


@dataclass
class Stages:
    """The distance to a mean that is a stage of its own."""

    scope: ClassVar[str] = "machine"

    mean: Mean = Mean()
    first: int = tunable(40, low=0, high=100)

    def fit(self, train, context):
        def learn(config, context):
            with open(LOG, "a") as log:
                log.write("learned ")
            return {"mean": (train.logmel() ** config.power).mean(dim=(0, 2))}

        self.mean_ = context.stage("mean", self.mean, learn)["mean"]

    def score(self, test):
        far = (test.logmel().mean(dim=2) - self.mean_).abs()
        return far[:, self.first : self.first + 28].mean(dim=1).numpy()
'''


def test_trials_share_a_first_stage_whose_fields_are_fixed(tmp_path: Path) -> None:
    log = tmp_path / "learned.txt"
    (tmp_path / "stages.py").write_text(TWO_STAGES.replace("LOG", repr(str(log))))
    recipe = ONE_MACHINE.partition("[tune")[0]
    (tmp_path / "some.toml").write_text(f'{recipe}\n[tune.stages]\n"mean.power" = 1.0\n')
    tuned(tmp_path, "./stages.py", trials=4)
    (searched,) = tmp_path.glob("o/tuning/*/study.db")
    assert len(list(searched.parent.glob("cells/*/cell.json"))) == 4
    assert len(list(searched.parent.glob("stages/mean-*.safetensors"))) == 1
    # Once for the trials, once for each fresh task, and once on the real clips for the report.
    assert log.read_text().split() == ["learned"] * (2 + FRESH)


SCORER = """
[tune.id_classifier]
"scoring.neighbours" = { low = 1, high = 4 }
"scoring.density" = { choices = [0, 2] }
"scoring.by" = "neighbours"
"classifier.lr" = 1e-3
"classifier.margin" = 0.7
"classifier.scale" = 30.0

[methods.id_classifier]
encoder = { width = 0.125, tgram = false }
classifier = { epochs = 1, batch = { size = 4 } }
"""


def test_trials_of_a_scorers_fields_share_one_training(tmp_path: Path) -> None:
    recipe = ONE_MACHINE.partition("[tune")[0] + SCORER
    (tmp_path / "some.toml").write_text(recipe)
    classify = importlib.import_module("asdbench_methods._classify")
    with mock.patch.object(classify, "train_classifier", wraps=classify.train_classifier) as train:
        tuned(tmp_path, "id_classifier", trials=6)
    (searched,) = tmp_path.glob("o/tuning/*/study.db")
    assert len(list(searched.parent.glob("cells/*/cell.json"))) > 2  # settings
    # Once for the trials, once for each fresh task, and once on the real clips for the report.
    assert train.call_count == 2 + FRESH


@pytest.fixture
def told() -> list[Any]:
    return []


@pytest.fixture
def bench(tmp_path: Path, small_clips: Clips, told: list[Any]) -> Bench:
    """A method that refuses some settings, on clips of two machine types."""
    file = written(tmp_path, changed(fit="assert self.first < 50, 'too high'")) / "bands.py"
    engine = inline_engine()
    recipe = resolve(Experiment(), "some", frontend=Frontend(), numerics=engine.numerics)
    store = Store(tmp_path / "o")
    plugin = plugins.find(plugins.METHODS, str(file))
    return Bench(recipe, plugin, small_clips, store, engine, told.append)


def fields(first: int) -> dict[str, Any]:
    return {"first": first, "power": 1.0, "offset": 0.0}


def test_a_setting_has_a_cell_a_machine_type_and_repeat(bench: Bench) -> None:
    cells = bench.cells([fields(1), fields(2)], 2)
    assert [
        [[(cell.fields["first"], cell.machine, cell.repeat) for cell in cells] for cells in setting]
        for setting in cells
    ] == [
        [[(first, "fan", repeat), (first, "valve", repeat)] for repeat in (0, 1)]
        for first in (1, 2)
    ]


def test_only_what_is_missing_runs_each_once_and_failures_are_told(
    bench: Bench, told: list[Any]
) -> None:
    (fine,), (refused,) = bench.cells([fields(1), fields(60)], 1)
    every = [*fine, *fine, *refused]
    assert bench.missing(every) == [*fine, *refused]
    with bench.store.opened(bench.clips.test_sets, "a test"):
        failed = bench.run(every, "some cells")
        assert failed == {cell.name: "AssertionError: too high" for cell in refused}
        assert told[0] == Running([*fine, *refused], "some cells")
        assert [type(event) for event in told].count(Done) == 2
        assert [type(event) for event in told].count(Failed) == 2
        assert bench.missing(every) == refused
        told.clear()
        assert bench.run(fine, "again") == {}
    assert told == []
    assert len(bench.scores(fine)) == len(bench.clips.where(split="test"))
