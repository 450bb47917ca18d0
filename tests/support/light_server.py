"""The server of workers without torch: how it starts, works and ends is the same."""

from __future__ import annotations

import sys
from types import ModuleType

sys.modules["asdbench.engines.preload"] = ModuleType("asdbench.engines.preload")

from asdbench.engines.server import serve  # noqa: E402, F401
