"""The losses of the ID methods: ArcFace, supervised contrastive, NT-Xent.

Shapes: N embeddings, D their dimension, C classes. Whatever precision the encoder ran in, all of
it is computed in float32: bfloat16 can't tell cosines near 1 apart.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

# Below the spacing of float32 at 1, so that it changes no sine but that of a cosine of +-1.
SMALLEST_SQUARED_SINE = 1e-12


class ArcFace(nn.Module):
    """Classify by the angle to a learned centre a class, with a margin on the true class's.

    `margin` in radians, at least 0 and below pi; `scale` multiplies the cosines.

    Source: Deng et al., "ArcFace", CVPR 2019, eq. 3; beyond an angle of pi - margin, where
    cos(angle + margin) would rise again, the line of STgram-MFN, net.py.
    """

    def __init__(
        self, classes: int, *, embedding: int = 128, margin: float = 0.7, scale: float = 30.0
    ) -> None:
        super().__init__()
        if not 0 <= margin < math.pi:
            raise ValueError(f"ArcFace margin is {margin}; it must be in [0, pi)")
        if not scale > 0:
            raise ValueError(f"ArcFace scale is {scale}; it must be above 0")
        self.margin = margin
        self.scale = scale
        self.centres_CD = nn.Parameter(torch.empty(classes, embedding))
        nn.init.xavier_uniform_(self.centres_CD)

    def forward(self, embedding_ND: Tensor, labels_N: Tensor | None = None) -> Tensor:
        """Return logits (N, C) in float32, with the margin on `labels_N` if they are given."""
        with torch.autocast(embedding_ND.device.type, enabled=False):
            cos_NC = self.cosines(embedding_ND)
            if labels_N is None:
                return self.scale * cos_NC
            labels_N1 = labels_N[:, None]
            target_N1 = self.with_margin(cos_NC.gather(1, labels_N1))
            return self.scale * cos_NC.scatter(1, labels_N1, target_N1)

    def cosines(self, embedding_ND: Tensor) -> Tensor:
        """Return the cosine of the angle to each class's centre (N, C)."""
        return _normalised(embedding_ND) @ _normalised(self.centres_CD).T

    def with_margin(self, cos: Tensor) -> Tensor:
        """Return the cosines of the true class with the margin on them, whatever their shape."""
        # The reference doesn't clamp: its gradient is NaN at a cosine of 1.
        sin = (1 - cos.square()).clamp(min=SMALLEST_SQUARED_SINE).sqrt()
        return torch.where(
            cos > math.cos(math.pi - self.margin),
            cos * math.cos(self.margin) - sin * math.sin(self.margin),
            cos - self.margin * math.sin(math.pi - self.margin),
        )


def supervised_contrastive(
    embedding_ND: Tensor,
    labels_N: Tensor,
    *,
    temperature: float = 0.1,
    self_in_denominator: bool = True,
) -> Tensor:
    """Pull embeddings of one label together, push the others apart: a scalar, float32.

    The mean over the anchors that have a positive of the mean over their positives. It is 0, with
    a gradient of 0, where no anchor has one (the reference gives NaN).

    Source: Khosla et al., "Supervised contrastive learning", NeurIPS 2020, eq. 2, whose
    denominator leaves the anchor out; that of the paper's reference (STgram-MFN-Contrastive,
    NT_Xent.py) counts the anchor too, which is the default.
    """
    with torch.autocast(embedding_ND.device.type, enabled=False):
        similarity_NN = _similarities(embedding_ND, temperature)
        itself_NN = torch.eye(len(labels_N), dtype=torch.bool, device=labels_N.device)
        positive_NN = (labels_N[:, None] == labels_N) & ~itself_NN
        against_NN = similarity_NN if self_in_denominator else _without(itself_NN, similarity_NN)
        loss_NN = against_NN.logsumexp(dim=1, keepdim=True) - similarity_NN
        positives_N = positive_NN.sum(dim=1)
        loss_N = loss_NN.where(positive_NN, 0).sum(dim=1) / positives_N.clamp(min=1)
        return loss_N.sum() / (positives_N > 0).sum().clamp(min=1)


def nt_xent(embedding_MD: Tensor, *, temperature: float = 0.1) -> Tensor:
    """Tell each clip's other view from all other views: a scalar, float32.

    Rows i and i + M / 2 are the two views of clip i.

    Source: Chen et al., "A simple framework for contrastive learning of visual representations",
    ICML 2020, eq. 1. (NT_Xent of the paper's reference is a binary cross-entropy over pairs.)
    """
    views = len(embedding_MD)
    if views % 2:
        raise ValueError(f"NT-Xent got {views} views; two of each clip make an even number")
    with torch.autocast(embedding_MD.device.type, enabled=False):
        rows_M = torch.arange(views, device=embedding_MD.device)
        itself_MM = rows_M[:, None] == rows_M
        similarity_MM = _without(itself_MM, _similarities(embedding_MD, temperature))
        return functional.cross_entropy(similarity_MM, (rows_M + views // 2) % views)


def _normalised(x_ND: Tensor) -> Tensor:
    return functional.normalize(x_ND.float(), dim=1)


def _similarities(embedding_ND: Tensor, temperature: float) -> Tensor:
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}; it must be above 0")
    unit_ND = _normalised(embedding_ND)
    return unit_ND @ unit_ND.T / temperature


def _without(itself_NN: Tensor, similarity_NN: Tensor) -> Tensor:
    return similarity_NN.masked_fill(itself_NN, -math.inf)
