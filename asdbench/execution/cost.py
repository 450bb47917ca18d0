"""What a cell took: seconds, and the size of what it learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from asdbench.data.clips import Clips

if TYPE_CHECKING:
    from asdbench.training.method import Method


def cost(
    method: Method, test: Clips, *, fit_seconds: float, score_seconds: float
) -> dict[str, Any]:
    """What ``cell.json`` says of it; sizes are None where a method has no networks.

    ``fit_seconds`` is all of the training, ``score_seconds`` what all test clips took.
    """
    adds = multiply_adds(lambda: method.score(test.pick([0])))  # may load a network first
    return {
        "fit_seconds": fit_seconds,
        "score_seconds": score_seconds,
        "clips": len(test),
        "parameters": parameters(method),
        "multiply_adds": adds,
    }


def parameters(method: Method) -> int | None:
    """How many numbers are in the networks that a method has, in its attributes or in theirs."""
    from torch import nn

    networks = nn.ModuleList(_networks(method, 3))
    return sum(one.numel() for one in networks.parameters()) or None


def _networks(holder: Any, depth: int) -> Iterator[Any]:
    from torch import nn

    for value in vars(holder).values():
        if isinstance(value, nn.Module):
            yield value
        elif depth and hasattr(value, "__dict__") and not isinstance(value, type):
            yield from _networks(value, depth - 1)


def multiply_adds(score: Callable[[], Any]) -> int | None:
    """How many multiplications with an addition a call makes in networks (``nn.Module``).

    Of convolutions, matrix products and attention. None where there are none, and where the call,
    which is made for this number alone, raises.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

    # What attention is on a CPU isn't among the operations that are known.
    on_cpu = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    known = {on_cpu: lambda q, k, v, *_, **__: sdpa_flop_count(q, k, v)}  # type: ignore[no-untyped-call]
    with FlopCounterMode(display=False, custom_mapping=known) as counter:
        try:
            score()
        except Exception:  # noqa: BLE001 - a stranger's code, which has given its scores
            return None
    by_network = counter.get_flop_counts()
    outermost = [name for name in by_network if "." not in name and name != "Global"]
    return sum(sum(by_network[name].values()) for name in outermost) // 2 or None
