"""A training step as one CUDA graph: forward, backward and Adam, launched at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


class Graphed:
    """``loss(*inputs)`` and Adam's step on these parameters, replayed on new inputs.

    On a CPU there are no graphs: there the same step is taken as it is.
    """

    def __init__(
        self,
        loss: Callable[..., Tensor],
        parameters: Sequence[Tensor],
        inputs: Sequence[Tensor],
        *,
        precision: torch.dtype,
        lr: float = 1e-4,
        warm: int = 3,
    ) -> None:
        self._on_gpu = inputs[0].is_cuda
        self._loss, self._precision = loss, precision
        self._inputs = [one.clone() for one in inputs]
        self._adam = torch.optim.Adam(parameters, lr=lr, fused=True, capturable=self._on_gpu)
        if not self._on_gpu:
            return
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(warm):
                self._take()
        torch.cuda.current_stream().wait_stream(side)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            self._found = self._take()

    def __call__(self, *inputs: Tensor) -> Tensor:
        """Take a step; its loss, on the device."""
        for place, one in zip(self._inputs, inputs, strict=True):
            place.copy_(one, non_blocking=True)
        if not self._on_gpu:
            return self._take()
        self._graph.replay()
        return self._found

    def _take(self) -> Tensor:
        device = self._inputs[0].device.type
        enabled = self._precision == torch.bfloat16
        # Autocast's cache of weights would outlive a capture.
        with torch.autocast(device, torch.bfloat16, enabled=enabled, cache_enabled=False):
            loss = self._loss(*self._inputs)
        self._adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._adam.step()
        return loss.detach()
