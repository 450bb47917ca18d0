"""Several commands that open one fresh tracking store at the same moment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from mlflow import MlflowClient

OPEN = """
import sys
from pathlib import Path
from asdbench.results.store import Store
from asdbench.tracking.client import Client
folder, uri = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
Client(Store(Path(folder)), uri, "demo", lambda: None).create(folder, {})
"""


def test_three_commands_that_meet_a_fresh_store_are_all_in_it(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    around = {"ASDBENCH_CACHE": str(tmp_path / "cache"), "MLFLOW_DISABLE_TELEMETRY": "true"}
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, folder, uri],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | around,
            cwd=tmp_path,
        )
        for folder in "abc"
    ]
    for command in commands:
        assert command.stdout is not None
        assert command.stdout.readline() == "ready\n"
    for command in commands:
        assert command.stdin is not None
        command.stdin.write("\n")
        command.stdin.flush()
    said = [command.communicate(timeout=120)[1] for command in commands]
    assert [command.returncode for command in commands] == [0, 0, 0], said
    client = MlflowClient(uri)
    [experiment] = [one for one in client.search_experiments() if one.name == "demo"]
    runs = client.search_runs([experiment.experiment_id])
    assert {run.info.run_name for run in runs} == {"a", "b", "c"}
