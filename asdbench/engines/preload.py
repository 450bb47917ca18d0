"""Imported once by the server that worker processes are forked from, so that none of them waits.

Imports, and which code they are of. Nothing that would start a thread: a fork would inherit it
broken.
"""

import sklearn.cluster
import sklearn.covariance
import sklearn.mixture
import sklearn.neighbors  # noqa: F401
import torch
from torch.utils.flop_counter import FlopCounterMode

import asdbench.training.code  # noqa: F401
from asdbench.data.torchaudio_import import import_torchaudio
from asdbench.results.provenance import commit

commit()
import_torchaudio()
torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])  # its first use imports torch._dynamo
with FlopCounterMode(display=False):  # and so does this one's, a second's worth of other modules
    torch.nn.Linear(1, 1)(torch.zeros(1, 1))
