"""The scores of the dense networks as networks of a clip's log-mel, which can be exported.

Shapes: N clips, B mel bands, T frames, E windows a clip, W frames a window, I machine IDs, K
domains.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ._dense import DenseTraining


class ErrorsNetwork(nn.Module):
    """The errors of a clip's windows, and their mean square: the same for all machine IDs."""

    def __init__(self, network: nn.Module, config: DenseTraining, ids: int) -> None:
        super().__init__()
        self.network, self.config, self.ids = network, config, ids

    def forward(self, waves_NS: Tensor, logmel_NBT: Tensor) -> Tensor:
        """Return the score, once for each machine ID (N, I)."""
        return self.score(self.errors(logmel_NBT)).unsqueeze(1).expand(-1, self.ids)

    def errors(self, logmel_NBT: Tensor) -> Tensor:
        """What the network gives less what it is to give, (N, E, values)."""
        width, frames_NTB = self.config.frames, logmel_NBT.transpose(1, 2)
        count = frames_NTB.shape[1] - width + 1
        parts = [frames_NTB[:, place : place + count] for place in range(width)]
        given_ND, wanted_ND = self.config.split(torch.cat(parts, dim=2).flatten(0, 1))
        errors: Tensor = self.network(given_ND) - wanted_ND
        return errors.view(-1, count, errors.shape[1])

    def score(self, errors: Tensor) -> Tensor:
        """Return the mean square of all errors (N,)."""
        return errors.square().mean(dim=2).double().mean(dim=1)


class SelectiveNetwork(ErrorsNetwork):
    """The selective Mahalanobis distance of a clip's errors: of their mean, or their mean distance.

    ``precisions`` (K, B, B); see ``_selective.py``.
    """

    def __init__(
        self,
        network: nn.Module,
        config: DenseTraining,
        ids: int,
        precisions: NDArray[np.float64],
        *,
        of_mean: bool,
    ) -> None:
        super().__init__(network, config, ids)
        self.of_mean = of_mean
        self.precisions: Tensor
        self.register_buffer("precisions", torch.from_numpy(precisions))

    def score(self, errors: Tensor) -> Tensor:
        """Return the smaller of the domains' distances (N,)."""
        x_NEB = errors.double().reshape(errors.shape[0], -1, self.precisions.shape[1])
        if self.of_mean:
            x_NEB = x_NEB.mean(dim=1, keepdim=True)
        distances = [((x_NEB @ one) * x_NEB).sum(dim=2).mean(dim=1) for one in self.precisions]
        return torch.stack(distances).amin(dim=0)
