"""Seeds that depend on exactly the names they are derived from."""

from __future__ import annotations

import hashlib
import json


def derive(base: int, *names: str | int) -> int:
    """A new seed from a seed and the names of what it is for.

    The result is a 32-bit integer (scikit-learn takes no more), the same on every machine and
    Python version, and unrelated for any other base or names: ``derive(seed, "epoch", 3)``.

    Example:
        >>> from asdbench import derive
        >>> derive(0, "epoch", 3) == derive(0, "epoch", 3) != derive(0, "epoch", 4)
        True
    """
    words = json.dumps([base, *names]).encode()
    return int.from_bytes(hashlib.blake2b(words, digest_size=4).digest(), "big")
