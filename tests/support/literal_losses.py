"""The losses as their formulas read, in plain Python: slow, and hard to get wrong."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def embeddings(count: int, dimension: int = 16, *, seed: int = 0) -> Tensor:
    return torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed))


def literal_cosine(a: list[float], b: list[float]) -> float:
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(sum(x * x for x in a)) / math.sqrt(sum(y * y for y in b))


def literal_supervised_contrastive(
    z: list[list[float]], labels: list[int], t: float, self_in_denominator: bool
) -> float:
    of_anchors = []
    for i in range(len(z)):
        positives = [p for p in range(len(z)) if p != i and labels[p] == labels[i]]
        if not positives:
            continue
        denominator = 0.0
        for a in range(len(z)):
            if a != i or self_in_denominator:
                denominator += math.exp(literal_cosine(z[i], z[a]) / t)
        total = 0.0
        for p in positives:
            total -= math.log(math.exp(literal_cosine(z[i], z[p]) / t) / denominator)
        of_anchors.append(total / len(positives))
    return sum(of_anchors) / len(of_anchors) if of_anchors else 0.0


def literal_nt_xent(z: list[list[float]], t: float) -> float:
    total = 0.0
    for i in range(len(z)):
        j = i + len(z) // 2 if i < len(z) // 2 else i - len(z) // 2
        denominator = 0.0
        for k in range(len(z)):
            if k != i:
                denominator += math.exp(literal_cosine(z[i], z[k]) / t)
        total -= math.log(math.exp(literal_cosine(z[i], z[j]) / t) / denominator)
    return total / len(z)


def literal_arcface(
    z: list[list[float]], centres: list[list[float]], labels: list[int], m: float, s: float
) -> list[list[float]]:
    logits = [[s * literal_cosine(row, centre) for centre in centres] for row in z]
    for row, label in zip(logits, labels, strict=True):
        angle = math.acos(max(-1.0, min(1.0, row[label] / s)))
        if angle < math.pi - m:
            row[label] = s * math.cos(angle + m)
        else:
            row[label] = s * (math.cos(angle) - m * math.sin(math.pi - m))
    return logits
