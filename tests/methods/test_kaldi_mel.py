"""Kaldi's log-mel of several clips is that of each by itself."""

from __future__ import annotations

import torch
from asdbench_methods._kaldi_mel import RATE, KaldiMel

from asdbench import Clips
from asdbench.training import kaldi


def test_the_values_are_torchaudios(train: Clips) -> None:
    waves_NS = train.waves() * 2**15
    waves_NS[0] = 0
    wanted = [
        kaldi().fbank(wave[None], num_mel_bins=128, sample_frequency=RATE) for wave in waves_NS
    ]
    found_NTB = KaldiMel(128)(waves_NS)
    torch.testing.assert_close(found_NTB, torch.stack(wanted), rtol=0, atol=1e-3)
