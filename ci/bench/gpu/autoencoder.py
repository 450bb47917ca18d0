"""The autoencoder's many small steps: python ci/bench/gpu/autoencoder.py [--device cpu]

Four machine types, a network each, windows of five frames in batches of 512: one after the other as
cells run them; each step as a CUDA graph; the four side by side in one network of batched products;
and both. Windows a second of all four. Every way starts from the same weights, and its first loss
must be that of the first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch
from asdbench_methods._dense import DenseTraining, frames_of, window_starts, windows
from graphs import Graphed
from part import Row, Setting, main, tried, wait
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state
from work import clips

MACHINES, GOAL, APART = 4, 5.0, 1e-3


class Windows:
    """Batches of windows of one machine type, on the device."""

    def __init__(self, setting: Setting, machine: int) -> None:
        self.config = DenseTraining(5, 128, 4, 8, 1, setting.size(512, 16), 1e-3)
        train = clips(setting.size(256, 4), float(setting.size(10, 1)))
        self.bands = train.bands
        self.frames_FB = frames_of(train, setting.device)
        starts = window_starts(len(train), train.frames, self.config.frames)
        order = torch.randperm(len(starts), generator=torch.Generator().manual_seed(machine))
        size = self.config.batch
        self.starts = starts[order][: len(order) // size * size].view(-1, size).to(setting.device)

    def batch(self, number: int) -> Tensor:
        """One batch of windows (N, values)."""
        at = self.starts[number % len(self.starts)]
        return windows(self.frames_FB, at, self.config.frames)


def lines(setting: Setting) -> Iterator[Row]:
    data = [Windows(setting, machine) for machine in range(MACHINES)]
    torch.manual_seed(1)
    networks = [one.config.network(one.bands).to(setting.device).train() for one in data]
    ways: dict[str, Callable[[], Callable[[int], Tensor]]] = {
        "one after the other, as cells do": partial(_eager, data, networks),
        "each step as a CUDA graph": partial(_graphs, data, networks),
        "four in one": partial(_together, data, networks, graphed=False),
        "four in one, as a CUDA graph": partial(_together, data, networks, graphed=True),
    }
    first: list[tuple[float, float]] = []
    state = [{name: value.clone() for name, value in one.state_dict().items()} for one in networks]

    def measured(make: Callable[[], Callable[[int], Tensor]]) -> Row:
        for network, before in zip(networks, state, strict=True):
            network.load_state_dict(before)
        loss, speed = _speed(make(), setting)
        first.append((loss, speed))
        apart = abs(loss - first[0][0]) / first[0][0]
        row: Row = {"windows/s": speed, "ratio": speed / first[0][1], "loss apart": apart}
        if len(first) > 1 and not setting.tiny:
            row["goal"] = "yes" if row["ratio"] >= GOAL else "NO"
        if apart > APART:
            raise ValueError(f"another first loss: {loss} and {first[0][0]}")
        return row

    for what, make in ways.items():
        yield tried(what, partial(measured, make))


def _speed(step: Callable[[int], Tensor], setting: Setting) -> tuple[float, float]:
    """The first loss, and windows a second after some steps that aren't counted."""
    loss, steps = float(step(0)), setting.size(300, 3)
    for number in range(1, setting.size(20, 2)):
        step(number)
    wait(setting.device)
    began = time.perf_counter()
    for number in range(steps):
        step(number)
    wait(setting.device)
    seconds = time.perf_counter() - began
    return loss, MACHINES * setting.size(512, 16) * steps / seconds


def _mse(network: Callable[[Tensor], Tensor], x_ND: Tensor) -> Tensor:
    return nn.functional.mse_loss(network(x_ND), x_ND)


def _eager(data: Sequence[Windows], networks: Sequence[nn.Module]) -> Callable[[int], Tensor]:
    adams = [torch.optim.Adam(one.parameters(), lr=1e-3, fused=True) for one in networks]

    def step(number: int) -> Tensor:
        total = torch.zeros((), device=data[0].frames_FB.device)
        for of, network, adam in zip(data, networks, adams, strict=True):
            loss = _mse(network, of.batch(number))
            adam.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            adam.step()
            total += loss.detach()
        return total / len(data)

    return step


def _graphs(data: Sequence[Windows], networks: Sequence[nn.Module]) -> Callable[[int], Tensor]:
    graphs = [
        _graphed(partial(_mse, network), [*network.parameters()], of.batch(0), network)
        for of, network in zip(data, networks, strict=True)
    ]

    def step(number: int) -> Tensor:
        losses = [graph(of.batch(number)) for of, graph in zip(data, graphs, strict=True)]
        return torch.stack(losses).mean()

    return step


def _together(
    data: Sequence[Windows], networks: Sequence[nn.Module], *, graphed: bool
) -> Callable[[int], Tensor]:
    """One step of all four: their weights stacked, each layer one batched product."""
    parameters, buffers = stack_module_state([*networks])  # type: ignore[arg-type]
    skeleton = networks[0]

    def one(own: dict[str, Tensor], kept: dict[str, Tensor], x_ND: Tensor) -> Tensor:
        return _mse(lambda x: functional_call(skeleton, (own, kept), (x,)), x_ND)

    def loss(x_MND: Tensor) -> Tensor:
        # The sum: each network's gradient is that of its own loss.
        losses_M: Tensor = torch.vmap(one, randomness="error")(parameters, buffers, x_MND)
        return losses_M.sum()

    def batch(number: int) -> Tensor:
        return torch.stack([of.batch(number) for of in data])

    trained = [*parameters.values()]
    step = _graphed(loss, trained, batch(0), None) if graphed else _plain(loss, trained)
    return lambda number: step(batch(number)) / len(data)


def _plain(
    loss: Callable[[Tensor], Tensor], trained: Sequence[Tensor]
) -> Callable[[Tensor], Tensor]:
    adam = torch.optim.Adam(trained, lr=1e-3, fused=True)

    def step(x: Tensor) -> Tensor:
        found = loss(x)
        adam.zero_grad(set_to_none=True)
        found.backward()  # type: ignore[no-untyped-call]
        adam.step()
        return found.detach()

    return step


def _graphed(
    loss: Callable[[Tensor], Tensor],
    trained: Sequence[Tensor],
    example: Tensor,
    network: nn.Module | None,
) -> Graphed:
    """A graph; what its warming up has done to the weights is undone."""
    kept = [*trained, *(network.buffers() if network else ())]
    before = [one.detach().clone() for one in kept]
    graph = Graphed(loss, trained, [example], precision=torch.float32, lr=1e-3)
    with torch.no_grad():
        for one, was in zip(kept, before, strict=True):
            one.copy_(was)
    return graph


if __name__ == "__main__":
    main("the autoencoder's small steps, four machine types", lines, seconds=40)
