"""What a method has learned, as one safetensors file with its description in the metadata."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torch import Tensor

from asdbench.training.fitted import Fitted, Keeper, NotKeptError, fitted, learned


def saved(method: Any) -> bytes:
    """What a method has learned as a safetensors file, its description in the metadata.

    Where something can't be kept, the file says so, and has the networks and tensors alone.
    """
    from safetensors.torch import save

    try:
        found = fitted(method)
        metadata = {"fitted": json.dumps(found.description, separators=(",", ":"))}
    except NotKeptError as error:
        found = Fitted({}, _plain(method))
        metadata = {"not_kept": str(error)}
    return save(dict(found.tensors), metadata)


def _plain(method: Any) -> dict[str, Tensor]:
    """Networks, tensors and arrays among the attributes."""
    keeper = Keeper(type(method).__module__)
    for name, value in learned(method).items():
        try:
            keeper.keep(value, name)
        except NotKeptError:
            continue
    return keeper.tensors


def read_fitted(path: Path) -> Fitted:
    """What a method has learned, from a safetensors file.

    Raises ``ValueError`` where the file can't be read, or says what could not be kept.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            about = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} can't be read: {error}") from error
    if "not_kept" in about:
        raise ValueError(
            f"{path}: what was learned can't be restored ({about['not_kept']}); asdbench check "
            "says so of a method before it is run"
        )
    if "fitted" not in about:
        raise ValueError(
            f"{path} is of an older asdbench, which kept weights alone; run its row again with "
            "--force"
        )
    return Fitted(json.loads(about["fitted"]), tensors)
