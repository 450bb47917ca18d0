"""SMOTE: new examples between neighbours of a class that has few.

Source: Chawla et al., "SMOTE: synthetic minority over-sampling technique", JAIR 2002; as TWFR-GMM,
extractor.py, takes it from imbalanced-learn: three neighbours, on waveforms.
"""

from __future__ import annotations

import torch
from torch import Tensor


def smote(few_MS: Tensor, count: int, generator: torch.Generator, *, neighbours: int = 3) -> Tensor:
    """So many new examples (count, S), each at random between one and a neighbour of its.

    ``neighbours`` nearest in Euclidean distance, or all others if there are fewer. There must be
    two examples.
    """
    apart_MM = torch.cdist(few_MS.double(), few_MS.double()).fill_diagonal_(torch.inf)
    near_MK = apart_MM.argsort(dim=1, stable=True)[:, : min(neighbours, len(few_MS) - 1)]
    here_N = torch.randint(len(few_MS), (count,), generator=generator)
    which_N = torch.randint(near_MK.shape[1], (count,), generator=generator)
    step_N1 = torch.rand(count, 1, generator=generator)
    there_N = near_MK[here_N, which_N]
    return few_MS[here_N] + step_N1 * (few_MS[there_N] - few_MS[here_N])
