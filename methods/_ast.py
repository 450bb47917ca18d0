"""AST, the audio spectrogram transformer, through ``transformers``.

Shapes: N clips, S samples at 16 kHz, T frames, B mel bands, P x Q patches in time and frequency,
D width.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from asdbench.training import kaldi

PREFIX = 2  # tokens before the patches: class and distillation
HOP = 160  # samples a frame: 10 ms


class Ast(nn.Module):
    """The first layers of an AST. Source: Gong et al., "AST", Interspeech 2021.

    Its spectrogram has one length, to which shorter clips are padded and longer ones cut; patches
    that hear nothing but padding are left out.
    """

    def __init__(self, model: Any, extractor: Any) -> None:
        super().__init__()
        self.model = model
        self.extractor = extractor

    def forward(self, waves_NS: Tensor) -> Tensor:
        """The last layer's output (N, P, Q, D)."""
        waves = [wave.float().cpu().numpy() for wave in waves_NS]
        features = self.extractor(waves, sampling_rate=16000, return_tensors="np")
        mel_NTB = torch.from_numpy(np.asarray(features["input_values"], dtype=np.float32))
        # The state before the last normalisation, which is of the whole model.
        out = self.model(mel_NTB.to(waves_NS.device), output_hidden_states=True).hidden_states[-1]
        config = self.model.config
        bands = (config.num_mel_bins - config.patch_size) // config.frequency_stride + 1
        x_NQPD: Tensor = out[:, PREFIX:].reshape(len(out), bands, -1, out.shape[2])
        heard = -(-(waves_NS.shape[1] // HOP) // config.time_stride)
        return x_NQPD[:, :, : max(1, heard)].transpose(1, 2)


def load_ast(place: str, revision: str, layers: int) -> Ast:
    """The first layers of an AST in a folder, or of this name on a hub.

    Raises ``ValueError`` where ``transformers`` isn't installed, or there is no such model.
    """
    try:
        library: Any = import_module("transformers")
    except ImportError as error:
        raise ValueError(
            'encoder = "ast" needs transformers: pip install "asdbench[pretrained]"'
        ) from error
    kaldi()  # where the library takes its spectrogram from, if it finds torchaudio imported
    library.logging.set_verbosity_error()  # it would list the layers that are left out on purpose
    library.logging.disable_progress_bar()
    about = {"revision": revision} if revision else {}
    try:
        extractor = library.ASTFeatureExtractor.from_pretrained(place, **about)
        model, report = library.ASTModel.from_pretrained(
            place, num_hidden_layers=layers, output_loading_info=True, **about
        )
    except (OSError, ValueError) as error:
        raise ValueError(f"no AST at {place}: {str(error).splitlines()[0]}") from error
    if report["missing_keys"]:
        missing = ", ".join(sorted(report["missing_keys"])[:3])
        raise ValueError(f"layer = {layers - 1}: the AST at {place} lacks {missing}")
    return Ast(model.eval(), extractor)
