"""So many threads while it lasts, and as many as before after it."""

from __future__ import annotations

import contextlib

import torch
from threadpoolctl import threadpool_info

from asdbench.data.threads import threads


def test_they_are_what_they_were_afterwards_also_after_an_error() -> None:
    before = torch.get_num_threads()
    with contextlib.suppress(ZeroDivisionError), threads(before + 1):
        assert torch.get_num_threads() == before + 1
        assert all(pool["num_threads"] <= before + 1 for pool in threadpool_info())
        _ = 1 / 0
    assert torch.get_num_threads() == before
