"""Sub-cluster AdaCos: a cosine classifier of several centres a class, whose scale adapts itself.

Shapes: N embeddings, D their dimension, C classes, K sub-clusters a class.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

CLOSEST = 1e-7  # of a cosine to 1 or -1: Keras' epsilon


class SubClusterAdaCos(nn.Module):
    """The loss of embeddings whose classes may be mixed.

    ``trained`` says whether the centres move; those of the paper's own classes don't.

    Source: Wilkinghoff, "Sub-cluster AdaCos", IJCNN 2021; ssl4asd, subcluster_adacos.py, whose
    angles are summed over a class's sub-clusters, so that their median is always beyond 45 degrees.
    """

    def __init__(
        self, classes: int, *, embedding: int, clusters: int = 16, trained: bool = False
    ) -> None:
        super().__init__()
        self.clusters = clusters
        centres_MD = torch.empty(classes * clusters, embedding)
        nn.init.xavier_uniform_(centres_MD)
        self.centres_MD = nn.Parameter(centres_MD, requires_grad=trained)
        self.scale: Tensor
        # Two centres are the fewest that there is something to tell between.
        start = math.sqrt(2) * math.log(max(2, classes * clusters - 1))
        self.register_buffer("scale", torch.tensor(start))

    def forward(self, z_ND: Tensor, shares_NC: Tensor) -> Tensor:
        """The mean cross-entropy, a scalar in float32; ``shares_NC`` are each clip's classes.

        While training, the scale is set from this batch first.
        """
        with torch.autocast(z_ND.device.type, enabled=False):
            cosines_NM = _unit(z_ND.float()) @ _unit(self.centres_MD).T
            if self.training:
                with torch.no_grad():
                    self.scale.copy_(self._adapted(cosines_NM, shares_NC))
            logits_NM = self.scale * cosines_NM
            of_class_NC = self._by_class(logits_NM).logsumexp(dim=2)
            log_share_NC = of_class_NC - logits_NM.logsumexp(dim=1, keepdim=True)
            loss: Tensor = -(shares_NC * log_share_NC).sum(dim=1).mean()
            return loss

    def _adapted(self, cosines_NM: Tensor, shares_NC: Tensor) -> Tensor:
        angles_NM = cosines_NM.clamp(-1 + CLOSEST, 1 - CLOSEST).acos()
        of_class_NC = self._by_class(angles_NM).sum(dim=2)
        angle_N = (shares_NC * of_class_NC).sum(dim=1) * shares_NC.count_nonzero(dim=1)
        median = angle_N.median().clamp(max=math.pi / 4)
        mean = (self.scale * cosines_NM).logsumexp(dim=1).logsumexp(dim=0) - math.log(len(angle_N))
        scale: Tensor = mean / median.cos()
        return scale

    def _by_class(self, x_NM: Tensor) -> Tensor:
        """The same as (N, C, K)."""
        return x_NM.view(len(x_NM), -1, self.clusters)


def _unit(x_ND: Tensor) -> Tensor:
    return functional.normalize(x_ND, dim=1)
