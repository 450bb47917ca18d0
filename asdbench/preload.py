"""Imported once by the server that worker processes are forked from, so that none of them waits.

Only imports, and nothing that would start a thread: a fork would inherit it broken.
"""

import sklearn.covariance
import sklearn.mixture
import sklearn.neighbors  # noqa: F401
import torch

import asdbench.runner
import asdbench.training  # noqa: F401
from asdbench.torchaudio_import import import_torchaudio

import_torchaudio()
torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])  # its first use imports torch._dynamo
