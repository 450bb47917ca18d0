"""Which code checkpoints and stages depend on besides a method's own: as loaded, not as edited."""

from __future__ import annotations

import hashlib
from pathlib import Path

from asdbench.config import frontend, numerics, seeds
from asdbench.data import bank, clips, features, mel
from asdbench.training import batches, checkpoint, loop

_MODULES = (frontend, numerics, seeds, bank, clips, features, mel, batches, checkpoint, loop)
CODE = [hashlib.sha256(Path(str(m.__file__)).read_bytes()).hexdigest()[:16] for m in _MODULES]
