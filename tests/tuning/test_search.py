"""`asdbench tune` from end to end: killed and continued, blind, and what becomes of its choice."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import optuna
import pytest
import soundfile
from mlflow import MlflowClient
from optuna.trial import TrialState
from sklearn.metrics import roc_auc_score

from asdbench import cli, api as tuning
from asdbench.config import plugins
from asdbench.data.decode import decode
from asdbench.data.clips import Clips
from asdbench.data.loading import load
from asdbench.data.dcase.dataset import Dcase2020
from asdbench.config.frontend import Frontend
from asdbench.config.seeds import derive
from asdbench.results.store import Store
from asdbench.tuning.study import Finished
from asdbench.tuning.objective import counts, family_aucs
from asdbench.tuning.finalists import beats
from asdbench.tuning.objective import objective

TRIALS = 5
FRESH = 2  # tasks that the best trials meet the default on; five outside of tests

RECIPE = """\
repeats = 1

[dataset]
name = "synthetic"
machines = ["fan", "valve"]
seconds = 1.0
train = 8
test_normal = 3
test_anomalous = 3

[tune.bands]
power = { low = 0.5, high = 2.0 }
"""

BANDS = '''\
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from asdbench import tunable


@dataclass
class Bands:
    """How far some mel bands are from where they mostly are."""

    scope: ClassVar[str] = "machine"

    first: int = tunable(40, low=0, high=100)
    power: float = tunable(1.0, low=0.25, high=4.0, log=True)
    offset: float = 0.0

    def fit(self, train, context):
        self.mean_ = train.logmel().mean(dim=(0, 2)).numpy()

    def score(self, test):
        far = np.abs(test.logmel().mean(dim=2).numpy() - self.mean_)
        return (far[:, self.first : self.first + 28] ** self.power).mean(axis=1) + self.offset
'''


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def asdbench(*words: object, cwd: Path) -> Ended:
    """A command in this process; its mirror is one for all, unless the environment says none."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        mock.patch.object(sys, "argv", ["asdbench", *map(str, words)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture(scope="module", autouse=True)
def _quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One MLflow store for all of these, since making one takes seconds, and few fresh tasks."""
    folder = tmp_path_factory.getbasetemp() / "mlflow"
    folder.mkdir(exist_ok=True)
    with (
        mock.patch.dict(os.environ, {"MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}),
        mock.patch.object(tuning, "FRESH", FRESH),
    ):
        os.environ.pop("OPTUNA_STORAGE", None)
        yield


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe, a method, and ``whole/``: a study that nobody stopped."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "some.toml").write_text(RECIPE)
    (folder / "bands.py").write_text(BANDS)
    with mock.patch.dict(os.environ):
        os.environ.pop("MLFLOW_TRACKING_URI")  # this one has its own store
        ended = asdbench(*tune(), "--out", "whole", cwd=folder)
    assert ended.code == 0, ended.err
    (folder / "whole.txt").write_text(ended.out)
    return folder


def tune(trials: int = TRIALS) -> list[object]:
    return ["tune", "./bands.py", "some.toml", "--trials", trials, "--jobs", 1]


def study_in(out: Path) -> list[tuple[Any, ...]]:
    """All that there is to know of the trials of a folder, but when they ran."""
    (database,) = [*out.glob("tuning/*/study.db"), *out.glob("study.db")]
    storage = f"sqlite:///{database}"
    (name,) = optuna.get_all_study_names(storage)
    return [
        (t.number, t.state, t.params, t.value, t.user_attrs.get("figures"), t.intermediate_values)
        for t in optuna.load_study(study_name=name, storage=storage).get_trials()
    ]


def cells(out: Path) -> dict[str, int]:
    """When each finished cell was written, by its place in the folder."""
    found = [*out.glob("cells/*/cell.json"), *out.glob("tuning/*/cells/*/cell.json")]
    return {str(path.relative_to(out)): path.stat().st_mtime_ns for path in found}


def chosen(out: Path, method: str = "bands") -> str:
    return (out / "tuned" / f"{method}.toml").read_text()


def test_a_study_killed_three_times_is_the_study_that_nobody_stopped(place: Path) -> None:
    out = place / "killed"

    def a_cell_of_the_first_trial() -> bool:
        return len(list(out.glob("tuning/*/cells/*/cell.json"))) >= 1

    def the_first_fresh_task_is_on() -> bool:
        folders = [path.parents[2] for path in out.glob("tuning/*/cells/*/cell.json")]
        return len(set(folders)) > 1

    def the_report_is_being_made() -> bool:
        return len(list(out.glob("cells/*/cell.json"))) >= 3

    kept: dict[str, int] = {}
    moments = (a_cell_of_the_first_trial, the_first_fresh_task_is_on, the_report_is_being_made)
    for moment in moments:
        run = started(*tune(), "--out", out, cwd=place)
        wait_for(moment, run)
        workers = children(run.pid)
        run.kill()
        run.communicate()
        wait_for(lambda workers=workers: not any(map(alive, workers)))
        assert not (out / "tuned").exists()
        now = cells(out)
        assert kept.items() <= now.items()
        kept = now
    ended = asdbench(*tune(), "--out", out, cwd=place)
    assert ended.code == 0, ended.err
    assert kept.items() <= cells(out).items()  # none was written a second time
    assert set(cells(out)) == set(cells(place / "whole"))
    assert study_in(out) == study_in(place / "whole")
    assert [number for number, *_ in study_in(out)] == list(range(TRIALS))
    assert chosen(out) == chosen(place / "whole")
    assert ended.out.replace(str(out), "whole") == (place / "whole.txt").read_text()


def started(*words: object, cwd: Path) -> subprocess.Popen[bytes]:
    program = f"from asdbench import cli, tuning; tuning.FRESH = {FRESH}; cli.main()"
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )


def wait_for(
    condition: Callable[[], bool], run: subprocess.Popen[bytes] | None = None, seconds: float = 120
) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if run is not None and run.poll() is not None:
            pytest.fail(f"it ended first: {run.communicate()[1].decode()}")
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    """The processes below this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                child = int(path.parent.name)
                found += [child, *children(child)]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_repeated_command_runs_nothing_and_more_trials_add_to_it(place: Path) -> None:
    out = place / "again"
    shutil.copytree(place / "whole", out)
    before, trials = cells(out), study_in(out)
    ended = asdbench(*tune(), "--out", "again", cwd=place)
    assert ended.code == 0, ended.err
    assert ended.out.replace("again/", "whole/") == (place / "whole.txt").read_text()
    assert cells(out) == before
    assert study_in(out) == trials
    assert asdbench(*tune(TRIALS + 2), "--out", "again", cwd=place).code == 0
    more = study_in(out)
    assert more[:TRIALS] == trials
    assert [number for number, *_ in more] == list(range(TRIALS + 2))
    assert before.items() < cells(out).items()


def test_the_recipe_runs_and_its_row_says_where_it_comes_from(place: Path) -> None:
    recipe = place / "whole" / "tuned" / "bands.toml"
    words = ("run", recipe, "--methods", "./bands.py,bands-tuned", "--out", "board")
    ended = asdbench(*words, cwd=place)
    assert ended.code == 0, ended.err
    rows = {path.stem: json.loads(path.read_text()) for path in place.glob("board/rows/*.json")}
    assert rows["bands"]["origin"] == {"kind": "run"}
    origin = {"kind": "tuned", "objective": "proxy", "trials": TRIALS}
    assert rows["bands-tuned"]["origin"] == origin
    assert "| bands-tuned (tuned: proxy) |" in ended.out
    assert "tuned: proxy" in (place / "board" / "leaderboard.html").read_text()
    assert "bands (tuned" not in ended.out


def test_the_report_and_the_header_say_how_it_was_found(place: Path) -> None:
    said = (place / "whole.txt").read_text()
    header = [line for line in chosen(place / "whole").splitlines() if line.startswith("#")]
    assert f"{TRIALS} trials" in header[2]
    assert "without labels" in header[2]
    assert "Fewer than 20 trials" in said
    assert "Regret" in said
    assert "| unseen_id" in said
    assert said == (place / "whole" / "tuned" / "bands.md").read_text()
    page = (place / "whole" / "tuned" / "bands.html").read_text()
    assert "Optimization History" in page
    assert "Slice" in page


def test_the_pick_and_the_default_meet_on_fresh_tasks(place: Path) -> None:
    """By the cells alone: which tasks, which settings, and what comes of them."""
    (searched,) = place.glob("whole/tuning/*/study.db")
    folders = set(place.glob("whole/tuning/*")) - {searched.parent}
    means: dict[tuple[int, float], dict[int, float]] = {}
    for folder in folders:
        store = Store(folder)
        names: dict[tuple[int, float], list[str]] = {}
        for path in folder.glob("cells/*"):
            cell = json.loads((path / "cell.json").read_text())["cell"]
            setting = cell["fields"]["first"], cell["fields"]["power"]
            names.setdefault(setting, []).append(path.name)
        for setting, of_setting in names.items():
            assert len(of_setting) == 2  # a cell a machine type
            aucs = family_aucs(score for name in of_setting for score in store.scores(name))
            figure = objective(
                {instance: auc for instance, auc in aucs.items() if counts(instance)}
            )
            means.setdefault(setting, {})[cell["seed"]] = figure
    trials = study_in(place / "whole")
    ended = [(value, params) for _, state, params, value, *_ in trials if state.name == "COMPLETE"]
    best = sorted(ended, key=lambda trial: -trial[0])[: tuning.FINALISTS]
    default = (40, 1.0)
    assert set(means) == {(params["first"], params["power"]) for _, params in best} | {default}
    seeds = [derive(0, "fresh", number) for number in range(FRESH)]
    assert len(folders) == FRESH
    figures = {setting: [found[seed] for seed in seeds] for setting, found in means.items()}
    finalists = [setting for setting in figures if setting != default]
    pick = max(finalists, key=lambda setting: np.mean(figures[setting]))
    better, difference, error = beats(figures[pick], figures[default])
    assert error > 0.001  # though the method has no randomness
    (number,) = [n for n, _, params, *_ in trials if tuple(params.values()) == pick]
    expected = (
        f"Trial {number} {'replaces' if better else 'does not replace'} the default: it is "
        f"{'ahead' if difference > 0 else 'behind'} by {abs(difference):.3f} in the objective, "
        f"mean over {FRESH} fresh proxy tasks (standard error {error:.3f})."
    )
    assert expected in (place / "whole.txt").read_text()
    assert expected in chosen(place / "whole")


def test_the_best_trials_are_ranked_without_what_nearly_all_solve() -> None:
    def trial(number: int, first: int, easy: float, hard: float) -> Finished:
        figures = {"fan/easy": easy, "fan/hard": hard, "fan/unseen_id": 0.1 * number}
        return Finished(number, {"first": first}, hard, figures)

    trials = [
        trial(0, 10, 0.999, 0.5),
        trial(1, 20, 0.999, 0.6),
        trial(2, 30, 0.991, 0.8),
        trial(3, 30, 0.991, 0.8),
        trial(4, 40, 0.995, 0.7),
    ]
    best, dropped = tuning.best_trials(trials, proxy=True)
    assert [found.number for found in best] == [2, 4, 1]
    assert dropped == {"fan/easy"}
    best, dropped = tuning.best_trials(trials, proxy=False)
    assert [found.number for found in best] == [2, 4, 1]
    assert dropped == set()


def test_what_fails_on_a_fresh_task_is_not_chosen(tmp_path: Path) -> None:
    brittle = BANDS.replace(
        "    def fit(self, train, context):\n",
        "    def fit(self, train, context):\n"
        f"        assert self.power == 1.0 or context.seed == {derive(0, 0)}, 'another seed'\n",
    )
    (tmp_path / "bands.py").write_text(brittle)
    (tmp_path / "some.toml").write_text(RECIPE.replace('["fan", "valve"]', '["fan"]'))
    ended = asdbench(*tune(3), "--out", "o", cwd=tmp_path)
    assert ended.code == 0, ended.err
    assert "another seed" in ended.err
    assert "The default did best, so it is kept." in ended.out
    recipe = tomllib.loads(chosen(tmp_path / "o"))
    assert recipe["variants"]["bands-tuned"] == {"method": "bands", "first": 40, "power": 1.0}


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
    recipe = RECIPE.partition("[tune")[0].replace('["fan", "valve"]', '["fan"]')
    (tmp_path / "some.toml").write_text(f'{recipe}\n[tune.stages]\n"mean.power" = 1.0\n')
    ended = asdbench(
        "tune", "./stages.py", "some.toml", "--trials", 4, "--jobs", 1, "--out", "o", cwd=tmp_path
    )
    assert ended.code == 0, ended.err
    (searched,) = tmp_path.glob("o/tuning/*/study.db")
    assert len(list(searched.parent.glob("cells/*/cell.json"))) == 4
    assert len(list(searched.parent.glob("stages/mean-*.safetensors"))) == 1
    # Once for the trials, once for each fresh task, and once on the real clips for the report.
    assert log.read_text().split() == ["learned"] * 4


def test_a_recipe_narrows_and_fixes_what_is_searched(place: Path, tmp_path: Path) -> None:
    for _, _, params, *_ in study_in(place / "whole"):
        assert set(params) == {"first", "power"}
        assert 0.5 <= params["power"] <= 2.0
    (tmp_path / "bands.py").write_text(BANDS)
    fixed = RECIPE.replace("power = { low = 0.5, high = 2.0 }", "power = 3.0").replace(
        '["fan", "valve"]', '["fan"]'
    )
    (tmp_path / "some.toml").write_text(fixed)
    ended = asdbench(*tune(2), "--out", "o", cwd=tmp_path)
    assert ended.code == 0, ended.err
    assert [set(params) for _, _, params, *_ in study_in(tmp_path / "o")] == [{"first"}, {"first"}]
    records = [json.loads((tmp_path / "o" / cell).read_text()) for cell in cells(tmp_path / "o")]
    assert {record["cell"]["fields"]["power"] for record in records} == {3.0}
    assert "power = 3.0" in chosen(tmp_path / "o")


def test_trials_are_children_of_the_study_in_mlflow(place: Path) -> None:
    client = MlflowClient(f"sqlite:///{place}/whole/mlflow.db")
    experiment = client.get_experiment_by_name("some")
    assert experiment is not None
    runs = list(client.search_runs([experiment.experiment_id]))
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    trials = {
        int(run.data.tags["asdbench.trial"]): run
        for run in runs
        if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id
    }
    known = study_in(place / "whole")
    assert set(trials) == set(range(TRIALS))
    assert len(runs) == TRIALS + 1
    assert parent.info.status == "FINISHED"
    values = [value for _, _, _, value, *_ in known if value is not None]
    assert parent.data.metrics["objective/best"] == max(values)
    for number, state, params, value, figures, _ in known:
        run = trials[number]
        assert run.data.params == {name: str(found) for name, found in params.items()}
        assert run.data.tags["asdbench.state"] == state.name
        assert run.data.metrics.get("objective") == value
        for instance, figure in json.loads(figures or "{}").items():
            assert run.data.metrics[instance] == figure
    files = {file.path for file in client.list_artifacts(parent.info.run_id, "tuned")}
    assert files == {"tuned/bands.toml", "tuned/bands.md", "tuned/bands.html"}


def test_the_oracle_is_ranked_only_on_what_it_was_not_tuned_on(place: Path) -> None:
    words = ("tune", "./bands.py", "some.toml", "--trials", 3, "--objective", "oracle")
    ended = asdbench(*words, "--jobs", 1, "--out", "oracle", cwd=place)
    assert ended.code == 0, ended.err
    assert "with the labels of the development subset" in ended.out
    on_evaluation = true_figure(place / "oracle", {"first": 40, "power": 1.0}, "evaluation")
    assert f"of the default: {100 * on_evaluation:.1f} %" in ended.out
    trials = study_in(place / "oracle")
    seen = {name for *_, figures, _ in trials for name in json.loads(figures or "{}")}
    assert seen == {
        f"{machine}/id_{id}" for machine in ("fan", "valve") for id in ("00", "02", "04")
    }
    left = {path.name for path in place.glob("oracle/tuned/*")}
    assert left == {"bands-oracle.toml", "bands-oracle.md", "bands-oracle.html"}  # not the proxy's
    recipe = place / "oracle" / "tuned" / "bands-oracle.toml"
    words = ("run", recipe, "--methods", "./bands.py,bands-tuned-oracle", "--out", "oracle-board")
    ended = asdbench(*words, cwd=place)
    assert ended.code == 0, ended.err
    board = json.loads((place / "oracle-board" / "leaderboard.json").read_text())
    assert sorted((row["label"], row["subset"]) for row in board["rows"]) == [
        ("bands", "development"),
        ("bands", "evaluation"),
        ("bands-tuned-oracle", "evaluation"),
    ]
    assert "bands-tuned-oracle (tuned with labels)" in ended.out
    assert "tuned with the labels of development; not ranked on it" in ended.out
    assert "tuned with labels" in (place / "oracle-board" / "leaderboard.html").read_text()


def true_figure(out: Path, fields: dict[str, Any], subset: str) -> float:
    """The mean of AUC and pAUC of these fields' cells on a subset, by scikit-learn."""
    by_id: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for cell in out.glob("cells/*/cell.json"):
        about = json.loads(cell.read_text())["cell"]
        if fields.items() <= about["fields"].items() and about["repeat"] == 0:
            for line in cell.with_name("scores.csv").read_text().splitlines()[1:]:
                machine, id_, found, _, anomalous, score = line.split(",")
                if found == subset:
                    by_id.setdefault((machine, id_), []).append((int(anomalous), float(score)))
    by_machine: dict[str, list[float]] = {}
    for (machine, _), scored in by_id.items():
        labels, scores = zip(*scored, strict=True)
        auc, pauc = (roc_auc_score(labels, scores, max_fpr=most) for most in (None, 0.1))
        by_machine.setdefault(machine, []).append((auc + pauc) / 2)
    return float(np.mean([np.mean(found) for found in by_machine.values()]))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("knn", "smoke", "--objective", "labels"), "no objective 'labels'; there are proxy and"),
        (("knnn", "smoke"), "no method 'knnn'; did you mean knn?"),
        (("knn", "smok"), "no experiment 'smok'; did you mean smoke?"),
        (("knn", "smoke", "--trials", "0"), "--trials, --repeats and --jobs are at least 1"),
        (("knn", "smoke", "--objective", "oracle"), "this dataset has development only"),
        (("./plain.py", "smoke"), "nothing to tune"),
        (("knn", "typo.toml"), "tune.knn: no field 'kk' to tune; did you mean k?"),
        (("knn", "wrong.toml"), "low = 9.0 isn't below high = 3.0"),
        (("./never.py", "smoke", "--trials", "2"), "no trial ran to its end: never"),
    ],
)
def test_wrong_input_gets_one_line_and_exit_code_2(
    tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    smoke = (Path(cli.__file__).parent / "experiments" / "smoke.toml").read_text()
    (tmp_path / "typo.toml").write_text(f"{smoke}\n[tune.knn]\nkk = {{ high = 3 }}\n")
    (tmp_path / "wrong.toml").write_text(f"{smoke}\n[tune.knn]\nk = {{ low = 9, high = 3 }}\n")
    (tmp_path / "plain.py").write_text(re_tunable(BANDS))
    (tmp_path / "never.py").write_text(
        BANDS.replace("self.mean_ =", "raise ValueError('never')\n        self.mean_ =")
    )
    ended = asdbench("tune", *words, cwd=tmp_path)
    assert ended.code == 2
    last = ended.err.splitlines()[-1]
    assert last.startswith("asdbench: ")
    assert expected in last
    assert "Traceback" not in ended.err


def re_tunable(source: str) -> str:
    """The same method with nothing to tune."""
    for declared, default in (
        ("tunable(40, low=0, high=100)", "40"),
        ("tunable(1.0, low=0.25, high=4.0, log=True)", "1.0"),
    ):
        assert declared in source
        source = source.replace(declared, default)
    return source


def test_a_trial_that_fails_stops_no_other(tmp_path: Path) -> None:
    """Neither one whose cell fails, nor one with fields that the method refuses together."""
    brittle = BANDS.replace(
        "    def fit(self, train, context):\n",
        "    def __post_init__(self):\n"
        "        if self.first > 60:\n"
        "            raise ValueError('first is above 60')\n\n"
        "    def fit(self, train, context):\n"
        "        assert self.power < 1.2, 'power is above 1.2'\n",
    )
    (tmp_path / "bands.py").write_text(brittle)
    (tmp_path / "some.toml").write_text(RECIPE.replace('["fan", "valve"]', '["fan"]'))
    ended = asdbench(*tune(8), "--out", "o", cwd=tmp_path)
    assert ended.code == 0, ended.err
    expected = []
    for _, state, params, *_ in study_in(tmp_path / "o"):
        refused, failing = params["first"] > 60, params["power"] > 1.2
        assert (state == TrialState.FAIL) == (refused or failing)
        expected.append("refused" if refused else "failing" if failing else "fine")
    assert len(expected) == 8
    assert set(expected) == {"refused", "failing", "fine"}


# --- a method that would profit from labels, if it could get at them

SPY = '''\
"""Looks for labels and names wherever it can, takes notes, and uses what it finds."""

import json
import os
import pickle
import sys
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import numpy as np

from asdbench import tunable


@dataclass
class Spy:
    """The label itself, where there is one; else how far some mel bands are from the usual."""

    scope: ClassVar[str] = "machine"

    peek: bool = tunable(False, choices=(False, True))
    first: int = tunable(40, low=0, high=100)

    def fit(self, train, context):
        self.where_ = str(context.scratch)
        self.note("fit", train, context)
        self.mean_ = train.logmel().mean(dim=(0, 2)).numpy()

    def score(self, test):
        self.note("score", test, None)
        far = np.abs(test.logmel().mean(dim=2).numpy() - self.mean_)
        scores = far[:, self.first : self.first + 28].mean(axis=1)
        if self.peek:
            scores = np.where([leak(clip) for clip in test], 1e6 + scores, scores)
        return scores

    def note(self, when, clips, context):
        seen = {
            "when": when,
            "scratch": self.where_,
            "labels": sorted({repr(clip.anomalous) for clip in clips}),
            "names": sorted({repr(clip.name) for clip in clips}),
            "splits": sorted({clip.split for clip in clips}),
            "sounds": [sha256(wave.tobytes()).hexdigest() for wave in clips.waves().numpy()],
            "around": [
                repr(sys.argv),
                repr(dict(os.environ)),
                os.getcwd(),
                *sorted(os.listdir()),
                repr(context),
                repr([asdict(clip) for clip in clips]),
                pickle.dumps(clips).decode("latin-1"),
            ],
        }
        with open(Path(__file__).with_name("seen.jsonl"), "a") as file:
            file.write(json.dumps(seen) + "\\n")


def leak(clip):
    """What gives an anomaly away: its label, or its name."""
    return bool(clip.anomalous) or "anomaly" in (clip.name or "") or "pseudo" in (clip.name or "")
'''


@pytest.fixture
def spied(tmp_path: Path) -> Callable[[Path], tuple[Path, list[dict[str, Any]]]]:
    """Tunes the spy on a folder of recordings; the output folder and the spy's notes."""

    def spy_on(data: Path) -> tuple[Path, list[dict[str, Any]]]:
        folder = tmp_path / f"spy-{data.name}"
        folder.mkdir()
        (folder / "spy.py").write_text(SPY)
        words = ("tune", "./spy.py", "demo", "--data", data, "--trials", 5, "--jobs", 1)
        ended = asdbench(*words, "--out", "o", cwd=folder)
        assert ended.code == 0, ended.err
        lines = (folder / "seen.jsonl").read_text().splitlines()
        return folder / "o", [json.loads(line) for line in lines]

    return spy_on


def mirrored(data: Path, name: str) -> Path:
    """The same folder with other test clips: each label the opposite, each sound another."""
    other = data.with_name(name)
    shutil.copytree(data, other)
    for path in sorted(other.glob("dev_data/*/test/*.wav")):
        kind = {"normal": "anomaly", "anomaly": "normal"}[path.name.partition("_")[0]]
        samples, rate = soundfile.read(path, dtype="int16")
        turned = path.with_name(f"new_{kind}_{path.name.partition('_')[2]}")
        soundfile.write(turned, samples[::-1] // 3, rate, subtype="PCM_16")
        path.unlink()
    for path in sorted(other.glob("dev_data/*/test/*.wav")):
        path.rename(path.with_name(path.name.removeprefix("new_")))
    return other


def test_a_method_that_would_profit_from_labels_never_gets_them(
    wav_tree: Callable[..., Path],
    spied: Callable[[Path], tuple[Path, list[dict[str, Any]]]],
) -> None:
    data = wav_tree(train=8, test=3)
    other = mirrored(data, "other")
    out, seen = spied(data)
    searched = [note for note in seen if "/tuning/proxy-" in note["scratch"]]
    afterwards = seen[len(searched) :]
    assert searched
    assert seen[: len(searched)] == searched  # no test clip is touched before the choice is made
    assert all("/tuning/" not in note["scratch"] for note in afterwards)
    assert {note["when"] for note in searched} == {"fit", "score"}

    real = load(Dcase2020(str(data)).recordings(), Frontend())[0]
    tests = real.where(split="test")
    names = {str(clip.name) for clip in tests}
    sounds = heard(tests)
    for note in searched:
        assert note["labels"] == ["None"]
        assert note["names"] == ["None"]
        assert not sounds & set(note["sounds"])
        for text in note["around"]:
            assert not any(name in text for name in names)
            assert "anomaly" not in text
            assert "pseudo" not in text
    for note in searched:
        if note["when"] == "fit":
            assert set(note["sounds"]) <= heard(real.where(split="train"))
    # The report, which comes afterwards, does hand over test clips: as blind as in a run.
    assert any(sounds & set(note["sounds"]) for note in afterwards)
    assert {*(label for note in afterwards for label in note["labels"])} == {"None"}

    # Other labels, names and sounds of the test clips: the same search, the same choice.
    turned, _ = spied(other)
    assert study_in(turned) == study_in(out)
    assert {params["peek"] for _, _, params, *_ in study_in(out)} == {False, True}
    assert decided(turned) == decided(out)
    assert trusted(turned) != trusted(out)


def heard(clips: Clips) -> set[str]:
    return {sha256(wave.tobytes()).hexdigest() for wave in clips.waves().numpy()}


def decided(out: Path) -> list[str]:
    """The recipe without the folder of the recordings and without the line on trust."""
    lines = chosen(out, "spy").splitlines()
    return [line for line in lines if not line.startswith(("path =", "# Trust"))]


def trusted(out: Path) -> str:
    return (out / "tuned" / "spy.md").read_text().partition("## How far to trust it")[2]


def test_the_planted_method_does_profit_where_labels_or_names_are_to_be_had(
    small_clips: Clips, tmp_path: Path
) -> None:
    """The test above can fail: shown labels or names, the spy finds every anomaly."""
    (tmp_path / "spy.py").write_text(SPY)
    spy = plugins.find(plugins.METHODS, str(tmp_path / "spy.py")).load()(peek=True)
    test = small_clips.where(machine="fan", split="test")
    spy.where_, spy.mean_ = "", np.zeros(test.bands)
    truth = [clip.anomalous for clip in test]
    assert list(spy.score(test) > 1e5) == truth
    assert not (spy.score(test.blind()) > 1e5).any()
    notes = (tmp_path / "seen.jsonl").read_text().splitlines()
    open_, blind = (json.loads(line) for line in notes)
    assert open_["labels"] == ["False", "True"]
    assert any("anomaly" in text for text in open_["around"])
    assert blind["labels"] == ["None"]
    assert not any("anomaly" in text for text in blind["around"])


def test_the_proxy_needs_no_test_clip_to_be_there(wav_tree: Callable[..., Path]) -> None:
    """Its clips are the same whether the test clips are there, are others, or can't be read."""
    from asdbench.data.proxy.dataset import Proxy

    data = wav_tree(machines=("fan",), train=8, test=3)
    before = [(clip, sound(source)) for clip, source in Proxy(Dcase2020(str(data))).recordings()]
    for path in data.glob("dev_data/*/test/*.wav"):
        path.write_bytes(b"RIFF nothing to hear")
    after = [(clip, sound(source)) for clip, source in Proxy(Dcase2020(str(data))).recordings()]
    assert after == before
    shutil.rmtree(data / "dev_data" / "fan" / "test")
    gone = [(clip, sound(source)) for clip, source in Proxy(Dcase2020(str(data))).recordings()]
    assert gone == before


def sound(source: Any) -> str:
    return sha256(decode(source, 16000).samples.tobytes()).hexdigest()
