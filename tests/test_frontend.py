"""The log-mel against librosa, at its limits, and the same whatever it is computed beside."""

from __future__ import annotations

from collections.abc import Sequence

import librosa
import numpy as np
import pytest
import torch

from asdbench import frontend, sound
from asdbench.clips import Clips
from asdbench.datasets import load
from asdbench.frontend import CHUNK, Frontend, logmel
from asdbench.torchaudio_import import import_torchaudio


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


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"hop_length": 0}, "hop_length is 0"),
        ({"clip_seconds": 0.0}, "clip_seconds is 0.0"),
        ({"clip_seconds": float("nan")}, "clip_seconds is nan"),
        ({"n_mels": -1}, "n_mels is -1"),
        ({"n_fft": 512}, "win_length is 1024, longer than n_fft = 512"),
    ],
)
def test_a_field_out_of_range_is_named(fields: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Frontend(**fields)


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


def test_ten_seconds_make_128_by_313() -> None:
    assert Frontend().frames(160000) == 313


def logmel_of(clips: Clips, indices: Sequence[int]) -> torch.Tensor:
    return clips.pick(indices).logmel()


@pytest.fixture(scope="module")
def more_than_a_chunk(small_recordings, _own_cache: None) -> Clips:
    clips = load(small_recordings, Frontend())[0]
    return clips.pick([*range(len(clips)), *range(len(clips)), 0, 1, 2])


def test_a_clips_log_mel_has_the_same_bits_in_any_company(more_than_a_chunk: Clips) -> None:
    clips = more_than_a_chunk
    assert len(clips) > CHUNK
    together = clips.logmel()
    for i in (0, 7, CHUNK - 1, CHUNK, len(clips) - 1):
        assert torch.equal(logmel_of(clips, [i])[0], together[i])
    backwards = list(reversed(range(len(clips))))
    assert torch.equal(logmel_of(clips, backwards).flip(0), together)
    assert torch.equal(clips.logmel([5, 3, 5]), together[[5, 3, 5]])


def test_the_clips_log_mel_is_the_frontends_of_their_waves(more_than_a_chunk: Clips) -> None:
    clips = more_than_a_chunk
    expected = by_librosa(clips.waves([4])[0].numpy())
    assert np.abs(clips.logmel()[4].numpy() - expected).max() < 1e-2
    assert torch.allclose(clips.frontend(clips.waves([4, 5])), clips.logmel([4, 5]), atol=1e-3)


def test_it_is_always_computed_for_as_many_clips_at_once(
    more_than_a_chunk: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On some CPUs the bits depend on the batch's shape, also where the test above can't see it.
    shapes: list[int] = []

    real = frontend._of_chunk

    def spied(waves_NS: torch.Tensor, recipe: Frontend) -> torch.Tensor:
        shapes.append(len(waves_NS))
        return real(waves_NS, recipe)

    monkeypatch.setattr(frontend, "_of_chunk", spied)
    for count in (1, CHUNK, CHUNK + 1):
        more_than_a_chunk.pick(range(count)).logmel()
    assert shapes == [CHUNK] * 4


def test_where_it_does_not_fit_in_memory_it_has_the_same_bits(
    more_than_a_chunk: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    indices = torch.randperm(len(more_than_a_chunk), generator=torch.Generator().manual_seed(0))
    kept = more_than_a_chunk.logmel(indices)
    monkeypatch.setattr(sound, "_share_of_a_core", lambda: 0.0)
    afresh = more_than_a_chunk.pick(range(len(more_than_a_chunk)))
    assert torch.equal(afresh.logmel(indices), kept)
    assert torch.equal(torch.cat([*afresh.logmel_chunks()]), more_than_a_chunk.logmel())
    assert torch.equal(afresh.logmel(), more_than_a_chunk.logmel())
    assert afresh._sound("cpu")._logmel is None


def test_it_can_be_trained_on_after_scoring(more_than_a_chunk: Clips) -> None:
    clips = more_than_a_chunk.pick([0, 1])
    with torch.inference_mode():
        clips.logmel([0])
    layer = torch.nn.Linear(clips.frames, 1)
    layer(clips.logmel([0, 1])).sum().backward()
    assert layer.weight.grad is not None


def test_it_is_computed_once(more_than_a_chunk: Clips) -> None:
    assert more_than_a_chunk.logmel() is more_than_a_chunk.logmel()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA here")
def test_it_is_computed_once_on_a_gpu_and_agrees_with_the_cpu(more_than_a_chunk: Clips) -> None:
    on_gpu = more_than_a_chunk.logmel(device="cuda")
    assert more_than_a_chunk.logmel(device="cuda") is on_gpu
    assert torch.allclose(on_gpu.cpu(), more_than_a_chunk.logmel(), atol=1e-2)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA here")
@pytest.mark.parametrize("share", [1.0, 0.0])
def test_waves_on_a_gpu_are_the_same_whether_they_fit_there_or_not(
    more_than_a_chunk: Clips, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    monkeypatch.setattr(sound, "WAVES_SHARE", share)
    clips = more_than_a_chunk.pick(range(len(more_than_a_chunk)))
    on_gpu = clips.waves(torch.tensor([3, 1], device="cuda"), "cuda")
    assert torch.equal(on_gpu.cpu(), clips.waves([3, 1]))
