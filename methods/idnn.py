"""The interpolation network: the autoencoder's, which predicts a frame that it hasn't heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import nn

from asdbench import Clips, Context, Scope

from ._dense import DenseFields, error_maps, squared_errors, trained
from ._dense_nets import ErrorsNetwork
from ._references import MachineId


@dataclass
class IDNN(DenseFields):
    """Dense network that predicts the middle one of five log-mel frames from the other four.

    IDNN: Suefusa et al., "Anomalous sound detection based on interpolation deep neural network",
    ICASSP 2020. The layers are the baseline autoencoder's, as in AE-ASD (net.py), whose figures are
    the published ones on DCASE 2020, so that this row and ``autoencoder`` differ in what they
    predict; the paper's own are 64, 32, 16, 32, 64 without BatchNorm. The score is the mean square
    of all errors. One network a machine type.
    """

    scope: ClassVar[Scope] = "machine"
    paper: ClassVar[str] = "https://arxiv.org/abs/2005.09234"
    code: ClassVar[str] = "https://github.com/liuyoude/AE-ASD"
    bibtex: ClassVar[str] = """
        @inproceedings{suefusa2020anomalous,
          author = {Suefusa, Kaori and Nishida, Tomoya and Purohit, Harsh and Tanabe, Ryo and
            Endo, Takashi and Kawaguchi, Yohei},
          title = {Anomalous Sound Detection Based on Interpolation Deep Neural Network},
          booktitle = {IEEE Int. Conf. on Acoustics, Speech and Signal Processing (ICASSP)},
          year = {2020}
        }
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.frames < 3 or self.frames % 2 == 0:
            raise ValueError(
                f"frames = {self.frames}; it must be an odd number from 3 on, to have a middle"
            )

    def fit(self, train: Clips, context: Context) -> None:
        self.context_ = context
        self.network_ = trained(self.training(middle=True), train, context)

    def score(self, test: Clips) -> np.ndarray:
        """The mean square of the errors of all of a clip's middle frames."""
        return squared_errors(self.network_, self.training(middle=True), test, self.context_)

    def explain(self, test: Clips) -> np.ndarray:
        """The squared error of each band and frame that is predicted: (N, B, T)."""
        return error_maps(self.network_, self.training(middle=True), test, self.context_)

    def as_network(self, ids: Sequence[MachineId]) -> nn.Module:
        """The score as a network; it is the same for all machine IDs."""
        return ErrorsNetwork(self.network_, self.training(middle=True), len(ids))
