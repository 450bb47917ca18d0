"""The log-mel against librosa and torchaudio, at its limits, the same in any company."""

from __future__ import annotations

import librosa
import numpy as np
import pytest
import torch

from asdbench.config.frontend import Frontend
from asdbench.data import mel
from asdbench.data.mel import CHUNK, logmel
from asdbench.data.torchaudio_import import import_torchaudio


def waveform(seconds: float = 10.0) -> np.ndarray:
    """Two tones, a chirp and noise, from arithmetic that no library's version changes."""
    t = np.arange(round(16000 * seconds)) / 16000
    wave = 0.2 * np.sin(2 * np.pi * 440 * t) + 0.1 * np.sin(2 * np.pi * 3000 * t)
    wave += 0.1 * np.sin(2 * np.pi * (100 + 300 * t) * t)
    wave += 0.01 * (np.modf(np.sin(12.9898 * np.arange(len(t))) * 43758.5453)[0])
    return wave.astype(np.float32)


def by_librosa(wave: np.ndarray, **changed: float) -> np.ndarray:
    recipe = {"n_fft": 1024, "win_length": 1024, "hop_length": 512, "n_mels": 128} | changed
    power = librosa.feature.melspectrogram(
        y=wave.astype(np.float64),
        sr=16000,
        htk=True,
        norm=None,
        power=2.0,
        center=True,
        pad_mode="reflect",
        window="hann",
        fmin=0.0,
        fmax=8000.0,
        dtype=np.float64,
        **recipe,
    )
    return 10 * np.log10(np.maximum(power, 1e-10))


def test_the_defaults_are_what_librosa_computes() -> None:
    wave = waveform()
    found = logmel(torch.from_numpy(wave)[None], Frontend())[0].numpy()
    expected = by_librosa(wave)
    assert found.shape == expected.shape == (128, 313)
    apart = np.abs(found - expected)
    assert np.quantile(apart, 0.999) < 1e-3
    assert apart.max() < 1e-2  # float32's FFT, where a band holds next to nothing


@pytest.mark.parametrize("changed", [{"n_mels": 64}, {"hop_length": 256}, {"n_fft": 2048}])
def test_every_field_reaches_the_transform(changed: dict[str, int]) -> None:
    wave = waveform(1)
    found = logmel(torch.from_numpy(wave)[None], Frontend(**changed))[0].numpy()
    expected = by_librosa(wave, **changed)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 1e-2


def test_golden_values() -> None:
    # Computed with librosa 0.11, as above: (band, frame) -> dB.
    golden = {
        (0, 0): 17.2027,
        (20, 0): 17.3616,
        (30, 100): -30.4746,
        (64, 156): -22.9559,
        (90, 200): -13.5127,
        (127, 312): -9.1995,
    }
    found = logmel(torch.from_numpy(waveform())[None], Frontend())[0]
    for (band, frame), expected in golden.items():
        assert float(found[band, frame]) == pytest.approx(expected, abs=1e-3), (band, frame)


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_the_values_are_those_of_torchaudios_transforms(power: float) -> None:
    transforms = import_torchaudio().transforms
    mel = transforms.MelSpectrogram(16000, 1024, 1024, 512, n_mels=128, power=power)
    waves = torch.from_numpy(np.stack([waveform(), 0.1 * waveform()]))
    expected = transforms.AmplitudeToDB(stype="power")(mel(waves))
    assert torch.allclose(logmel(waves, Frontend(power=power)), expected, atol=1e-4, rtol=0)


def test_digital_silence_is_minus_100_decibel_and_nothing_is_cut_off_above_it() -> None:
    silent = torch.zeros(1, 16000)
    assert (logmel(silent, Frontend()) == -100).all()
    half = torch.cat([torch.from_numpy(waveform(1)), torch.zeros(16000)])[None]
    found = logmel(half, Frontend())
    assert float(found.min()) == -100  # no top_db: a loud part doesn't lift the floor
    assert float(found.max()) > 20


@pytest.mark.parametrize("samples", [160000, 32000, 16000, 16383, 16384, 16385])
def test_the_number_of_frames_is_known_beforehand(samples: int) -> None:
    found = logmel(torch.zeros(2, samples), Frontend())
    assert found.shape == (2, 128, Frontend().frames(samples))


def test_clips_too_short_for_a_window_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"clips of 512 samples are too short for n_fft = 1024"):
        logmel(torch.zeros(1, 512), Frontend())
    assert logmel(torch.zeros(1, 513), Frontend()).shape == (1, 128, 2)


def noises(clips: int) -> torch.Tensor:
    return 0.1 * torch.randn(clips, 16000, generator=torch.Generator().manual_seed(0))


def test_a_clips_log_mel_has_the_same_bits_in_any_company() -> None:
    waves = noises(2 * CHUNK + 1)
    together = logmel(waves, Frontend())
    for i in range(len(waves)):
        assert torch.equal(logmel(waves[i : i + 1], Frontend())[0], together[i])
    assert torch.equal(logmel(waves.flip(0), Frontend()).flip(0), together)


def test_it_is_always_computed_for_as_many_clips_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # On some CPUs the bits depend on the batch's shape, also where the test above can't see it.
    shapes: list[int] = []
    real = mel._of_chunk

    def spied(waves_NS: torch.Tensor, recipe: Frontend) -> torch.Tensor:
        shapes.append(len(waves_NS))
        return real(waves_NS, recipe)

    monkeypatch.setattr(mel, "_of_chunk", spied)
    for count in (1, CHUNK, CHUNK + 1):
        logmel(noises(count), Frontend())
    assert shapes == [CHUNK] * 4
