"""What the card itself can do: python ci/bench/gpu/limit.py

A copy kernel and matrix products, with nothing of asdbench. Other parts are held against the copy.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from part import Row, Setting, main, timed
from work import tf32


def bandwidth(device: str, megabytes: int) -> float:
    """Bytes a second that a copy reads and writes within the device's memory."""
    source = torch.empty(megabytes * 2**20, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)

    def copy() -> None:
        for _ in range(10):
            target.copy_(source)

    return 10 * 2 * source.numel() / timed(copy, device)


def _product(device: str, size: int, dtype: torch.dtype) -> float:
    """Multiplications and additions a second of a square matrix product."""
    left, right = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    return 2 * size**3 / timed(lambda: left @ right, device)


def _upload(device: str, megabytes: int, *, pinned: bool) -> float:
    """Bytes a second from the computer's memory to the device's."""
    source = torch.empty(megabytes * 2**20, dtype=torch.uint8)
    if pinned and device == "cuda":
        source = source.pin_memory()
    return source.numel() / timed(lambda: source.to(device, non_blocking=pinned, copy=True), device)


def lines(setting: Setting) -> Iterator[Row]:
    device, megabytes = setting.device, setting.size(4096, 16)
    size = setting.size(8192, 128)
    yield {"what": "copy within memory, GB/s", "found": bandwidth(device, megabytes) / 1e9}
    for name, dtype, allowed in (
        ("float32", torch.float32, False),
        ("TF32", torch.float32, True),
        ("bfloat16", torch.bfloat16, False),
    ):
        with tf32(allowed):
            found = _product(device, size, dtype)
        yield {"what": f"matrix product, {name}, TFLOP/s", "found": found / 1e12}
    for pinned in (False, True):
        what = f"upload from {'pinned' if pinned else 'ordinary'} memory, GB/s"
        yield {"what": what, "found": _upload(device, megabytes // 4, pinned=pinned) / 1e9}


if __name__ == "__main__":
    main("the card's own limits", lines, seconds=15)
