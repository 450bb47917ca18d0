"""The verbs from Python: in a script as it stands, and without a trace in the caller's process."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from inline import inline

import asdbench
from asdbench import api
from asdbench.cli import run, tune
from asdbench.engines.events import Done

# No guard, no function: what a notebook's first cell or a student's script looks like.
SCRIPT = """
import json, logging, os, signal, sys, threading, warnings
import torch

torch.set_num_threads(2)
signal.signal(signal.SIGTERM, lambda *_: None)
warnings.filterwarnings("ignore", message="the caller's")
logging.getLogger("asdbench").setLevel(logging.ERROR)
said = {}

def state():
    loggers = ("", "asdbench", "mlflow", "optuna", "alembic")
    return {
        "environ": dict(os.environ),
        "signals": {str(s): str(signal.getsignal(s)) for s in sorted(signal.valid_signals())},
        "filters": [str(f) for f in warnings.filters],
        "levels": {name: logging.getLogger(name).level for name in loggers},
        "threads": torch.get_num_threads(),
        "dtype": str(torch.get_default_dtype()),
        "random": torch.initial_seed(),
        "folder": os.getcwd(),
    }

before = state()

def note(verb):
    now = state()
    said[verb] = [name for name in before if now[name] != before[name]]

import asdbench
note("import")
ran = {}
sys.path.append(sys.argv[1])
from asdbench.engines import workers
from pooled import PooledWorkers
workers.Workers = PooledWorkers  # check and tune go on with those of the runs

def run(out):
    done = asdbench.run("smoke", methods=["knn"], repeats=1, out=out)
    ran[out] = (done.ran, done.failed, [row.label for row in done.board.rows])

thread = threading.Thread(target=run, args=["from-a-thread"])
thread.start()
run("from-the-main-thread")
thread.join()
note("run")
ran["check"] = all(finding.passed for finding in asdbench.check("knn"))
note("check")
ran["tune"] = sorted(asdbench.tune("knn", "smoke", trials=2).fields)
note("tune")
with open("said.json", "a") as file:
    print(json.dumps([said, ran]), file=file)
"""


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, str]:
    """What the script found of its process after each verb, what it ran, and what it printed."""
    folder = tmp_path_factory.mktemp("scripted")
    (folder / "script.py").write_text(SCRIPT)
    env = os.environ | {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}  # nobody is there
    command = [sys.executable, "script.py", Path(__file__).parent / "support"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [line] = (folder / "said.json").read_text().splitlines()  # it was run once
    said, ran = json.loads(line)
    return said, ran, done.stdout + done.stderr


def test_a_script_without_a_guard_runs_cells_from_any_thread(
    scripted: tuple[Any, Any, str],
) -> None:
    _, ran, printed = scripted
    assert ran == {
        "from-a-thread": [2, [], ["knn"]],
        "from-the-main-thread": [2, [], ["knn"]],
        "check": True,
        "tune": ["k"],
    }
    assert "Traceback" not in printed


@pytest.mark.parametrize("verb", ["import", "run", "check", "tune"])
def test_a_verb_leaves_the_callers_process_as_it_was(
    scripted: tuple[Any, Any, str], verb: str
) -> None:
    assert scripted[0][verb] == []


@pytest.fixture
def at_home(tmp_path: Path) -> Iterator[Path]:
    """In a folder of its own; cells run in this process."""
    with contextlib.chdir(tmp_path), inline():
        yield tmp_path


def test_methods_may_be_a_list_or_a_text_and_settings_are_laid_over_the_experiment(
    at_home: Path,
) -> None:
    told: list[Any] = []
    first = asdbench.run(
        "smoke",
        methods="knn, autoencoder",
        repeats=1,
        settings={"knn": {"k": 3}},
        on_event=told.append,
    )
    assert (first.ran, first.kept, first.failed, first.broken) == (4, 0, (), ())
    assert first.folder == Path("runs/smoke")
    fields = {event.cell.method: event.cell.fields for event in told if isinstance(event, Done)}
    assert fields["knn"]["k"] == 3
    assert fields["autoencoder"]["epochs"] == 2
    again = asdbench.run("smoke", methods=["knn"], repeats=1, settings={"knn": {"k": 3}})
    assert (again.ran, again.kept) == (0, 2)
    assert {row.label for row in again.board.rows} == {"knn", "autoencoder"}
    assert asdbench.run("smoke", methods=["knn"], repeats=1, seed=1, out="other").ran == 2


def test_a_folder_of_recordings_names_the_benchmark(
    at_home: Path, wav_tree: Callable[..., Path]
) -> None:
    done = asdbench.run("smoke", methods=["knn"], data=str(wav_tree("mine")), repeats=1)
    assert done.folder == Path("runs/smoke-mine")
    assert done.board.benchmark == "smoke-mine"


@pytest.mark.parametrize(
    ("verb", "asked", "said"),
    [
        ("run", {"experiment": "smok"}, "no experiment 'smok'; did you mean smoke"),
        ("run", {"methods": ["knm"]}, "no method 'knm'; did you mean knn"),
        ("run", {"methods": []}, "no method is asked for"),
        ("run", {"jobs": 0}, "--jobs 0: at least one is needed"),
        ("run", {"repeats": 0}, "repeats = 0"),
        ("run", {"device": "tpu"}, "tpu"),
        (
            "run",
            {"methods": ["knn"], "settings": {"autoencoder": {"lr": 0.1}}},
            "fields of 'autoencoder' are set, but what is asked for is knn",
        ),
        ("run", {"settings": {"knn": 3}}, "settings = .*: give fields by method"),
        ("run", {"settings": 3}, "settings = 3: give fields by method"),
        ("run", {"methods": 3}, "methods = 3: give names of methods, or files"),
        ("run", {"methods": ["knn", None]}, "methods = None: give a name or a path"),
        ("run", {"experiment": None}, "experiment = None: give a name or a path"),
        ("run", {"jobs": "2"}, "jobs = '2': give a whole number"),
        ("run", {"out": ""}, "out = '': give a name or a path"),
        ("run", {"data": ""}, "data = '': give a name or a path"),
        ("tune", {"method": "knn", "trials": 1.5}, "trials = 1.5: give a whole number"),
        ("tune", {"method": "knm"}, "no method 'knm'; did you mean knn"),
        ("tune", {"method": "knn", "trials": 0}, "trials = 0, repeats = 1"),
        ("tune", {"method": "knn", "objective": "guess"}, "no objective 'guess'"),
        (
            "tune",
            {"method": "knn", "settings": {"autoencoder": {"lr": 0.1}}},
            "fields of 'autoencoder' are set, but what is asked for is knn",
        ),
    ],
)
def test_what_a_caller_can_mend_is_a_value_error_before_anything_is_written(
    at_home: Path, verb: str, asked: dict[str, Any], said: str
) -> None:
    asked = {"experiment": "smoke", **asked}
    with pytest.raises(ValueError, match=said):
        getattr(asdbench, verb)(**asked)
    assert list(at_home.iterdir()) == []


def test_settings_of_a_variants_method_and_of_any_method_with_all_are_taken(at_home: Path) -> None:
    Path("some.toml").write_text(
        'repeats = 1\n[dataset]\nname = "synthetic"\nmachines = ["fan"]\nseconds = 1.0\n'
        'train = 4\ntest_normal = 3\ntest_anomalous = 3\n[variants.near]\nmethod = "knn"\n'
    )
    done = asdbench.run("some.toml", methods=["near"], settings={"knn": {"k": 2}})
    assert [row.label for row in done.board.rows] == ["near", "near"]
    assert done.board.systems["near"].fields["k"] == 2


def test_an_engine_is_closed_whatever_happens(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []

    class Odd:
        numerics = ask = None

        def close(self) -> None:
            closed.append("closed")

    monkeypatch.setattr("asdbench.engines.engine.engine_for", lambda *_, **__: Odd())
    with pytest.raises(AttributeError):
        asdbench.run("smoke", methods=["knn"])
    assert closed == ["closed"]


def test_the_command_line_has_the_defaults_of_the_verbs_and_none_of_its_own() -> None:
    for command, verb, defaults in ((run.run, api.run, run.RUN), (tune.tune, api.tune, tune.TUNE)):
        for name, value in defaults.items():
            if name not in {"settings", "limits", "on_event", "method"}:
                assert command.__defaults__ is not None
                parameters = command.__code__.co_varnames[: command.__code__.co_argcount]
                at = parameters.index(name) - len(parameters)
                assert command.__defaults__[at] == value, (verb, name)


def test_the_front_door_has_what_it_lists_and_nothing_else() -> None:
    assert all(hasattr(asdbench, name) for name in asdbench.__all__)
    assert dir(asdbench) == asdbench.__all__
    with pytest.raises(AttributeError, match="module 'asdbench' has no attribute 'runn'"):
        asdbench.runn  # noqa: B018


def test_a_result_knows_its_folder_wherever_the_caller_goes(at_home: Path) -> None:
    done = asdbench.run("smoke", methods=[Path("knn")], repeats=1, on_event=None)
    board = asdbench.load_board("runs/smoke")
    (at_home / "elsewhere").mkdir()
    os.chdir(at_home / "elsewhere")
    assert [row.label for row in done.board.rows] == ["knn"]
    assert len(board.scores_frame()) == 36
    (at_home / "runs").rename(at_home / "gone")
    with pytest.raises(ValueError, match="no results in"):
        board.scores_frame()
