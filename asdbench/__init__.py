"""asdbench: compare anomalous sound detection methods under one pipeline and one set of seeds.

This is the front door for authors of methods; it imports no torch.
"""

from asdbench.clips import Clip, Clips
from asdbench.method import Context, Method, Scope, tunable

__all__ = ["Clip", "Clips", "Context", "Method", "Scope", "tunable"]
