"""The branches of AdaCos: sizes as the paper's code has them, and what they don't hear."""

from __future__ import annotations

import pytest
import torch
from asdbench_methods._adacos_nets import (
    Excite,
    Residual,
    Same1d,
    Same2d,
    SpectrogramBranch,
    SpectrumBranch,
    WithoutFft,
    magnitudes,
)

PAPER = 18 * 16000


def test_the_papers_sizes() -> None:
    spectrum = SpectrumBranch(PAPER, width=128, embedding=128)
    # 144,000 magnitudes, then 2,250, 71 and 18 places.
    assert spectrum.layers[10].in_features == 18 * 128
    spectrogram = SpectrogramBranch(width=16, embedding=128)
    # 513 frequencies, 257 after the stem's convolution, 128 after its pooling, then 64, 32 and 16.
    assert spectrogram.embed[1].in_features == 16 * 128
    parameters = [*spectrum.parameters(), *spectrogram.parameters()]
    assert not any(isinstance(m, torch.nn.Conv2d) and m.bias for m in spectrogram.modules())
    weights = sum(p.numel() for p in parameters if p.ndim > 1)
    dense = 18 * 128 * 128 + 4 * 128 * 128
    spectral = 128 * 256 + 128 * 128 * 64 + 128 * 128 * 16 + 3 * 2 * 128 * 8
    blocks = 4 * 9 * (16**2 + 32**2 + 64**2 + 128**2)
    firsts = -9 * (32 * 16 + 64 * 32 + 128 * 64) + 16 * 32 + 32 * 64 + 64 * 128
    excite = sum(2 * 2 * c * (c // 16) for c in (16, 32, 64, 128))
    assert weights == dense + spectral + 16 * 49 + blocks + firsts + excite + 2048 * 128


@pytest.mark.parametrize("samples", [8000, 32000, 160000])
def test_any_length_of_clip_gives_an_embedding(samples: int) -> None:
    waves = torch.randn(2, samples)
    spectrum = SpectrumBranch(samples, width=8, embedding=5)
    assert spectrum(waves).shape == (2, 5)
    magnitude = magnitudes(waves)
    assert magnitude.shape == (2, 513, (samples - 1024) // 512 + 1)
    assert SpectrogramBranch(width=2, embedding=5)(magnitude).shape == (2, 5)


def test_clips_that_are_too_short_are_refused() -> None:
    assert SpectrogramBranch(width=2, embedding=5)(magnitudes(torch.randn(2, 5120))).shape == (2, 5)
    with pytest.raises(ValueError, match="5119 samples; adacos needs 5120 at least"):
        magnitudes(torch.randn(2, 5119))


def test_the_spectrum_doesnt_hear_a_shift_nor_the_spectrogram_a_constant() -> None:
    torch.manual_seed(0)
    waves = torch.randn(2, 16000)
    spectrum = SpectrumBranch(16000, width=8, embedding=5).eval()
    assert torch.allclose(spectrum(waves), spectrum(waves.roll(3000, dims=1)), rtol=1e-3, atol=1e-3)
    spectrogram = SpectrogramBranch(width=2, embedding=5).eval()
    magnitude = magnitudes(waves)
    louder = magnitude + torch.rand(1, 513, 1)
    assert torch.allclose(spectrogram(magnitude), spectrogram(louder), rtol=1e-3, atol=1e-3)
    assert not torch.allclose(spectrogram(magnitude), spectrogram(magnitude.flip(1)), rtol=1e-3)


@pytest.mark.parametrize(
    ("length", "kernel", "stride"), [(7, 3, 2), (8, 3, 2), (5, 16, 4), (9, 1, 1)]
)
def test_same_padding_is_keras(length: int, kernel: int, stride: int) -> None:
    x = torch.randn(1, 1, length)
    layer = Same1d(1, 1, kernel, stride)
    total = max(0, (-(-length // stride) - 1) * stride + kernel - length)
    padded = [0.0] * (total // 2) + x[0, 0].tolist() + [0.0] * (total - total // 2)
    weights = layer.weight[0, 0].tolist()
    wanted = [
        sum(w * padded[start + k] for k, w in enumerate(weights))
        for start in range(0, stride * -(-length // stride), stride)
    ]
    assert layer(x)[0, 0].tolist() == pytest.approx(wanted, abs=1e-5)
    assert Same2d(1, 1, kernel, stride)(x[..., None]).shape[2] == -(-length // stride)


@pytest.mark.parametrize(("stride", "shape"), [(1, (2, 4, 7, 5)), (2, (2, 4, 4, 3))])
def test_a_block_halves_and_rounds_up(stride: int, shape: tuple[int, ...]) -> None:
    assert Residual(4, 4, stride)(torch.randn(2, 4, 7, 5)).shape == shape


def test_excitation_weighs_whole_channels() -> None:
    x = torch.randn(2, 32, 6).abs()
    ratio = Excite(32)(x) / x
    assert torch.allclose(ratio, ratio[..., :1].expand_as(ratio), rtol=1e-4)
    assert ((ratio > 0) & (ratio < 1)).all()


def test_without_an_fft_embeddings_are_the_same() -> None:
    torch.manual_seed(0)
    spectrum = SpectrumBranch(8000, width=16, embedding=8).eval()
    spectrogram = SpectrogramBranch(width=4, embedding=8).eval()
    waves_NS = 0.1 * torch.randn(3, 8000)
    z_ND = torch.cat([spectrum(waves_NS), spectrogram(magnitudes(waves_NS))], dim=1)
    found_ND = WithoutFft(spectrum, spectrogram)(waves_NS, waves_NS)
    torch.testing.assert_close(found_ND, torch.nn.functional.normalize(z_ND), rtol=1e-4, atol=1e-5)
