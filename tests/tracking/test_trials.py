"""What the mirror is told of a study goes to another process: plain data."""

from __future__ import annotations

import pickle
import subprocess
import sys

from asdbench.tracking import trials
from asdbench.tracking.trials import StudyName, TrialRecord


def test_it_is_the_same_on_the_other_side_of_a_pipe() -> None:
    trial = TrialRecord(3, "COMPLETE", 0.5, {"lr": 0.1, "kind": "a"}, {"fan/tone": 0.75})
    name = StudyName("demo-o'brien", "demo-knn-proxy-0123", "knn")
    assert pickle.loads(pickle.dumps((trial, name))) == (trial, name)


def test_it_knows_nothing_of_optuna_or_mlflow() -> None:
    code = f"import sys, {trials.__name__}; print({{'optuna', 'mlflow'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
