"""``python -m impatient run ...`` waits for a Ray cluster's head for a moment only; no MLflow."""

from __future__ import annotations

import runpy
from unittest import mock

if __name__ == "__main__":
    with mock.patch("asdbench.engines.ray_nodes.PATIENCE", 3.0):
        runpy.run_module("unmirrored", run_name="__main__")
