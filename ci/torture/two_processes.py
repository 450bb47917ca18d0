"""Two processes tune on the study at OPTUNA_STORAGE: python two_processes.py FOLDER

Both are given the same method and experiment and folders of their own. The second is killed once
it has a trial running, and started again. Run by ``two_processes.sh``, which starts the database.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import optuna

TRIALS = 24

RECIPE = """\
repeats = 1

[dataset]
name = "synthetic"
machines = ["fan", "valve"]
subsets = ["development"]
seconds = 1.0
train = 8
test_normal = 3
test_anomalous = 3
"""

METHOD = '''\
import time
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

    def fit(self, train, context):
        time.sleep(0.3)  # so that there is a moment to be killed in
        self.mean_ = train.logmel().mean(dim=(0, 2)).numpy()

    def score(self, test):
        far = np.abs(test.logmel().mean(dim=2).numpy() - self.mean_)
        return (far[:, self.first : self.first + 28] ** self.power).mean(axis=1)
'''


def main(folder: Path) -> int:
    """Tune, kill, go on, check; 1 where something didn't hold."""
    try:
        return torture(folder)
    except BaseException:
        for log in sorted(folder.glob("*.log")):
            print(f"--- {log.name}\n{log.read_text()[-4000:]}", flush=True)
        raise


def torture(folder: Path) -> int:
    """The two processes, the kill, and what came of it."""
    (folder / "some.toml").write_text(RECIPE)
    (folder / "bands.py").write_text(METHOD)
    first, second = begin(folder, "first"), begin(folder, "second")
    wait(lambda: tables(folder), "a study", first)
    wait(lambda: running_in(folder / "second"), "a trial of the second process", second)
    wait(lambda: len(trials()) >= TRIALS // 3, "a third of the trials", first)
    wait(lambda: running_in(folder / "second"), "a trial of the second process", second)
    os.killpg(second.pid, signal.SIGKILL)
    second.wait()
    left = running_in(folder / "second")
    finished = sum(trial.state.is_finished() for trial in trials())
    print(f"killed the second with {left} running, after {finished} of {TRIALS} trials", flush=True)
    second = begin(folder, "second")
    codes = [process.wait() for process in (first, second)]
    said = {name: again(folder, name) for name in ("first", "second")}
    return report(checks(folder, codes, left, said))


def begin(folder: Path, name: str) -> subprocess.Popen[bytes]:
    """One of the two processes."""
    with open(folder / f"{name}.log", "ab") as log:
        return subprocess.Popen(
            command(name), cwd=folder, stdout=log, stderr=log, start_new_session=True
        )


def command(name: str) -> list[str]:
    words = ["tune", "./bands.py", "some.toml", "--trials", str(TRIALS), "--jobs", "1"]
    return [sys.executable, "-m", "asdbench", *words, "--out", name]


def again(folder: Path, name: str) -> str:
    """What the command says once all trials are there: it runs none."""
    done = subprocess.run(command(name), cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.replace(f"{name}/", "") if done.returncode == 0 else done.stderr


def trials() -> list[optuna.trial.FrozenTrial]:
    """All trials of the study, or none where it is still to come."""
    storage = os.environ["OPTUNA_STORAGE"]
    names = optuna.get_all_study_names(storage)
    assert len(names) <= 1, f"one study was expected: {names}"
    return optuna.load_study(study_name=names[0], storage=storage).get_trials() if names else []


def tables(folder: Path) -> bool:
    """Whether both are past making the database's tables, where a third would be in their way."""
    return all(list((folder / name).glob("tuning/*/cells/*")) for name in ("first", "second"))


def running_in(out: Path) -> list[int]:
    """The numbers of the trials that are running in this folder."""
    return [
        trial.number
        for trial in trials()
        if trial.state.name == "RUNNING" and trial.user_attrs.get("folder", "").find(str(out)) > 0
    ]


def wait(condition: Callable[[], Any], what: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert process.poll() is None, f"it ended before there was {what}"
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def checks(
    folder: Path, codes: list[int], left: list[int], said: dict[str, str]
) -> Iterable[tuple[str, bool, object]]:
    """Every claim, whether it held, and what was found."""
    found = [trial for trial in trials() if trial.state.name != "WAITING"]
    numbers = [trial.number for trial in found]
    states = Counter(trial.state.name for trial in found)
    by_folder = Counter(Path(trial.user_attrs["folder"]).parents[1].name for trial in found)
    yield "both processes end with 0", codes == [0, 0], codes
    yield f"{TRIALS} trials, each number once", sorted(numbers) == list(range(TRIALS)), numbers
    yield "all are complete or stopped early", set(states) <= {"COMPLETE", "PRUNED"}, dict(states)
    yield "both folders had a share", set(by_folder) == {"first", "second"}, dict(by_folder)
    yield "the killed one left a trial running", bool(left), left
    yield "no setting ran in both folders", *twice(folder, found)
    yield "no trial is without its scores", *without_scores(folder, found)
    yield "both report the same choice", len(set(said.values())) == 1, said["first"]
    recipes = {(folder / name / "tuned" / "bands.toml").read_text() for name in said}
    yield "both wrote the same recipe", len(recipes) == 1, len(recipes)


def cells(folder: Path, name: str) -> dict[tuple[Any, ...], int]:
    """What ran in a folder's proxy task: fields and machine type, with the repeat."""
    found = {}
    for path in (folder / name).glob("tuning/*/cells/*/cell.json"):
        cell = json.loads(path.read_text())["cell"]
        about = (cell["fields"]["first"], cell["fields"]["power"], cell["machine"], cell["repeat"])
        found[about] = path.stat().st_mtime_ns
    return found


def twice(folder: Path, found: list[optuna.trial.FrozenTrial]) -> tuple[bool, object]:
    """Whether a trial's cell is in the other folder too, apart from what the conclusion runs.

    Each process confirms the pick against the default with seeds of its own folder, and finishes
    stopped trials for the report; so a trial's first cell is looked for by when it was written.
    """
    both = []
    for trial in found:
        own = Path(trial.user_attrs["folder"]).parents[1].name
        other = cells(folder, "second" if own == "first" else "first")
        ended = trial.datetime_complete
        assert ended is not None
        for (first, power, _, repeat), written in other.items():
            same = (first, power) == (trial.params["first"], trial.params["power"])
            if same and repeat == 0 and written / 1e9 <= ended.timestamp():
                both.append(trial.number)
    return not both, both


def without_scores(folder: Path, found: list[optuna.trial.FrozenTrial]) -> tuple[bool, object]:
    lost = []
    for trial in found:
        own = Path(trial.user_attrs["folder"]).parents[1].name
        ran = {(first, power) for first, power, *_ in cells(folder, own)}
        if (trial.params["first"], trial.params["power"]) not in ran:
            lost.append(trial.number)
    return not lost, lost


def report(claims: Iterable[tuple[str, bool, object]]) -> int:
    """Print what was checked; 1 where something didn't hold."""
    code = 0
    for claim, held, found in claims:
        print(f"{'ok  ' if held else 'FAIL'} {claim}: {found}", flush=True)
        code |= not held
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
