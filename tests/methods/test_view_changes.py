"""What a view changes: each change does what it says, and no more."""

import pytest
import torch
from view_waves import RATE, SAMPLES, alone, noise, ratio_db, sine


def test_noise_keeps_to_its_ratio():
    waves = torch.stack([0.01 * sine(440), 0.5 * sine(440)]).repeat(50, 1)
    clips = waves.repeat(2, 1)
    snr = -ratio_db(alone("noise", waves) - clips, to=clips)
    assert snr.min() > -6.2
    assert snr.min() < -5
    assert snr.max() < 6.2
    assert snr.max() > 5
    added = (alone("noise", waves) - clips)[0]
    spectrum = torch.fft.rfft(added).abs().square()
    low, high = spectrum[: SAMPLES // 4].mean(), spectrum[SAMPLES // 4 :].mean()
    assert low / high == pytest.approx(1, rel=0.15)  # white


def test_fades_rise_from_and_fall_to_silence():
    envelope = alone("fade", torch.ones(64, SAMPLES))
    assert (envelope[:, 0].abs() < 1e-3).all()
    assert (envelope[:, -1].abs() < 1e-3).all()
    peak = envelope.argmax(dim=1)
    for row, top in zip(envelope, peak.tolist(), strict=True):
        assert (row[: top + 1].diff() >= 0).all()
        assert (row[top:].diff() <= 0).all()
        assert row[top] == pytest.approx(1, abs=1e-3)
    full = (envelope == 1).float().argmax(dim=1) / SAMPLES  # length of the fade in
    assert full.min() >= 0.049
    assert 0.45 < full.max() <= 0.501


def test_time_mask_zeroes_one_stretch():
    clips = noise(64).repeat(2, 1)
    made = alone("time_mask", noise(64))
    zero = made == 0
    fraction = zero.float().mean(dim=1)
    assert fraction.min() > 0.019
    assert 0.09 < fraction.max() < 0.101
    assert (zero.int().diff(dim=1).abs().sum(dim=1) <= 2).all()
    assert torch.equal(made[~zero], clips[~zero])
    starts = zero.float().argmax(dim=1) / SAMPLES
    assert starts.min() < 0.1
    assert starts.max() > 0.8


def test_band_stop_removes_one_band_of_at_most_a_tenth_of_the_mel_range():
    clips = noise(64).repeat(2, 1)
    spectrum = torch.fft.rfft(alone("band_stop", noise(64)))
    reference = torch.fft.rfft(clips)
    removed = spectrum.abs() < 1e-4 * reference.abs()
    hz = torch.linspace(0, RATE / 2, removed.shape[1])
    mel = 2595 * torch.log10(1 + hz / 700)
    widths, lows = [], []
    for row in removed:
        band = row.nonzero()[:, 0]
        assert len(band) == band[-1] - band[0] + 1  # one piece
        widths.append(float(mel[band[-1]] - mel[band[0]]) / float(mel[-1]))
        lows.append(float(mel[band[0]]) / float(mel[-1]))
    assert min(widths) > 0.01
    assert 0.09 < max(widths) < 0.1001
    assert min(lows) < 0.1
    assert max(lows) > 0.8
    torch.testing.assert_close(spectrum[~removed], reference[~removed], rtol=1e-3, atol=1e-2)


def test_shift_is_a_rotation():
    waves = noise(32)
    made = alone("shift", waves)
    torch.testing.assert_close(made.sort().values, waves.repeat(2, 1).sort().values)
    offsets = []
    for row, clip in zip(made, waves.repeat(2, 1), strict=True):
        offset = int((row == clip[0]).nonzero()[0, 0])
        assert torch.equal(row, clip.roll(offset))
        offsets.append(offset / SAMPLES)
    assert 0.049 <= min(offsets) < 0.2
    assert 0.8 < max(offsets) <= 0.951


def test_pitch_moves_a_tone_by_up_to_ten_semitones_both_ways():
    tone = 1000.0
    made = alone("pitch", sine(tone, 16_000).repeat(64, 1))[:, :8000]
    spectrum = torch.fft.rfft(made * torch.hann_window(8000), n=64_000).abs()
    semitones = 12 * torch.log2(spectrum.argmax(dim=1) * (RATE / 64_000) / tone)
    assert semitones.abs().min() > 0.45
    assert -10.05 < semitones.min() < -9
    assert 9 < semitones.max() < 10.05
    # a clean tone: nearly all its power within 20 Hz of the peak
    for row in spectrum.square():
        top = int(row.argmax())
        assert row[top - 80 : top + 80].sum() / row.sum() > 0.999


def test_pitch_lets_nothing_fold_back_from_above_half_the_rate():
    tone = sine(7900, 16_000).repeat(64, 1)
    change = ratio_db(alone("pitch", tone), to=tone.repeat(2, 1))
    raised = change < -20
    assert 0.2 < raised.float().mean() < 0.8  # those went up, and above 8 kHz
    assert (change[~raised].abs() < 2).all()  # a straight line between samples costs 1.8 dB


def test_pitch_is_exact_to_the_end_of_a_long_clip():
    samples = 160_000
    made = alone("pitch", sine(3000, samples)[None].repeat(2, 1))
    for row in made:
        end = row[samples // 2 : samples // 2 + 8000]
        spectrum = torch.fft.rfft(end * torch.hann_window(8000)).abs().square()
        top = int(spectrum.argmax())
        beside = spectrum.sum() - spectrum[top - 40 : top + 40].sum()
        assert 10 * torch.log10(beside / spectrum.sum()) < -35


def test_gain_only_scales():
    clips = noise(64).repeat(2, 1)
    ratio = alone("gain", noise(64)) / clips
    assert (ratio.std(dim=1) < 1e-4).all()
    decibels = 20 * torch.log10(ratio.mean(dim=1))
    assert decibels.abs().min() > 0.99
    assert -6.01 < decibels.min() < -5
    assert 5 < decibels.max() < 6.01
