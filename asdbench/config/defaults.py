"""What is taken where nothing is said: by the command line and from Python alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

ALL = "all"  # methods
DEMO = "demo"  # the experiment
RUNS = Path("runs")  # above the output folders
SITE = Path("site")
REPEATS_ASKED = 3  # of a row of a submission that seeds change: the fewest that show how much
PORT = 5000  # of MLflow's page
Settings = Mapping[str, Mapping[str, Any]]  # method -> field -> value
INTERRUPTED = 130  # the exit code after Ctrl-C
