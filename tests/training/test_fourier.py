"""Power spectra by matrix products are those of the FFT; frames are those of ``unfold``."""

from __future__ import annotations

import pytest
import torch

from asdbench.training.fourier import PowerSpectrum, framed


@pytest.mark.parametrize("width", [1, 2, 6, 7, 35, 36, 1000, 1024, 16000])
def test_a_spectrum_is_that_of_the_fft(width: int) -> None:
    x_NTW = torch.randn(2, 3, width, dtype=torch.float64)
    wanted = torch.fft.rfft(x_NTW).abs().square()
    found = PowerSpectrum(width)(x_NTW)
    torch.testing.assert_close(found, wanted, rtol=1e-9, atol=1e-9 * width)


def test_what_is_scattered_has_every_frequency_where_the_order_says() -> None:
    spectrum, x_NW = PowerSpectrum(24), torch.randn(2, 24)
    assert torch.equal(spectrum.scattered(x_NW)[:, spectrum.order], spectrum(x_NW))


def test_a_width_without_factors_says_so() -> None:
    with pytest.raises(ValueError, match=r"4099 samples have no factors .* a little shorter"):
        PowerSpectrum(4099)


@pytest.mark.parametrize(("width", "hop"), [(8, 4), (8, 3), (6, 4), (5, 5), (4, 6), (1, 1)])
@pytest.mark.parametrize("samples", [16, 17, 23])
def test_frames_are_those_of_unfold(width: int, hop: int, samples: int) -> None:
    x_NS = torch.randn(2, samples)
    assert torch.equal(framed(x_NS, width, hop), x_NS.unfold(1, width, hop))
