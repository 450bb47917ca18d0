"""The views: each change does what it says, and no two views share an input."""

import math

import pytest
import torch
from asdbench_methods._views import CHANGES, Views, two_views
from torch import Tensor

RATE = 16_000
SAMPLES = 8_000


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def noise(clips: int = 16, samples: int = SAMPLES) -> Tensor:
    return 0.1 * torch.randn(clips, samples, generator=seeded(99))


def sine(hz: float, samples: int = SAMPLES) -> Tensor:
    return torch.sin(2 * math.pi * hz * torch.arange(samples) / RATE)


def alone(kind: str, waves: Tensor, *, seed: int = 0) -> Tensor:
    """Views that made this one change."""
    return two_views(waves, Views(kinds=(kind,), each=1), sample_rate=RATE, generator=seeded(seed))


def ratio_db(changed: Tensor, to: Tensor) -> Tensor:
    return 10 * torch.log10(changed.square().mean(dim=1) / to.square().mean(dim=1))


@pytest.mark.parametrize(
    "views",
    [Views(), Views(each=1), Views(each=7), *(Views(kinds=(kind,), each=1) for kind in CHANGES)],
    ids=lambda views: f"{views.each} of {'+'.join(views.kinds)}",
)
@pytest.mark.parametrize(
    "waves",
    [
        noise(),
        torch.zeros(16, SAMPLES),
        torch.full((16, SAMPLES), 0.25),
        torch.nn.functional.pad(noise(samples=100), (0, SAMPLES - 100)),
    ],
    ids=["noise", "digital silence", "constant", "mostly silent"],
)
def test_no_two_views_share_an_input_and_none_is_its_clip(views, waves):
    made = two_views(waves, views, sample_rate=RATE, generator=seeded())
    assert made.shape == (32, SAMPLES)
    assert made.dtype == torch.float32
    assert made.isfinite().all()
    assert len(torch.unique(made, dim=0)) == 32
    assert not (made == waves.repeat(2, 1)).all(dim=1).any()


def test_twins_that_a_change_made_equal_are_told_apart():
    clicks = torch.zeros(8, SAMPLES)
    clicks[:, SAMPLES // 2] = 1
    nearly_all = Views(kinds=("time_mask",), each=1, time_mask=(0.98, 0.99))
    made = two_views(clicks, nearly_all, sample_rate=RATE, generator=seeded())
    assert not (made[:8] == made[8:]).all(dim=1).any()


def test_the_clips_themselves_are_left_alone():
    waves = noise()
    before = waves.clone()
    two_views(waves, Views(each=7), sample_rate=RATE, generator=seeded())
    assert torch.equal(waves, before)


def test_digital_silence_stays_as_quiet_as_16_bits_can_tell():
    made = two_views(torch.zeros(8, SAMPLES), Views(), sample_rate=RATE, generator=seeded())
    level = made.square().mean(dim=1).sqrt() * 2**15
    assert (level < 2).all()  # a gain of 6 dB at most
    assert (level > 0.4).all()


def test_rows_i_and_n_plus_i_are_views_of_clip_i():
    waves = torch.stack([sine(hz) for hz in (500, 1000, 2000, 4000)])
    for row in alone("gain", waves).split(4):
        correlation = torch.corrcoef(torch.cat((waves, row)))[:4, 4:]
        torch.testing.assert_close(correlation, torch.eye(4), rtol=0, atol=1e-3)


def test_the_generator_alone_decides():
    waves = noise(4)
    first, again, other = (
        two_views(waves, Views(), sample_rate=RATE, generator=seeded(seed)) for seed in (5, 5, 6)
    )
    assert torch.equal(first, again)
    assert not (first == other).all(dim=1).any()
    generator = seeded(5)
    two_views(waves, Views(), sample_rate=RATE, generator=generator)
    assert not torch.equal(two_views(waves, Views(), sample_rate=RATE, generator=generator), first)


@pytest.mark.parametrize("kind", CHANGES)
def test_every_row_draws_its_own_strength(kind):
    same = noise(1).repeat(8, 1)
    assert len(torch.unique(alone(kind, same), dim=0)) == 16


def test_a_view_makes_as_many_changes_as_asked():
    waves = noise(64)
    kinds = ("gain", "time_mask", "shift")
    for each in (1, 2, 3):
        made = two_views(waves, Views(kinds=kinds, each=each), sample_rate=RATE, generator=seeded())
        clips = waves.repeat(2, 1)
        masked = (made == 0).sum(dim=1) > 10
        levels = made.abs().amax(dim=1) / clips.abs().amax(dim=1)
        louder = (levels - 1).abs() > 0.05
        moved = (torch.nn.functional.cosine_similarity(made, clips)).abs() < 0.5
        changes = masked.int() + louder.int() + moved.int()
        assert (changes == each).float().mean() > 0.95  # a mask may cover the loudest sample
        if each < 3:
            assert all(0.1 < change.float().mean() < 0.9 for change in (masked, louder, moved))


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


@pytest.mark.parametrize("samples", [501, 1000, 7919])
def test_any_length(samples):
    made = two_views(noise(4, samples), Views(each=7), sample_rate=RATE, generator=seeded())
    assert made.shape == (8, samples)
    assert made.isfinite().all()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kinds": ("gain", "echo")}, "echo"),
        ({"kinds": ("gain", "gain")}, "once"),
        ({"kinds": ()}, "each is 2"),
        ({"each": 0}, "each is 0"),
        ({"each": 8}, "each is 8"),
        ({"fade": (0.0, 0.5)}, "fade"),
        ({"time_mask": (0.2, 0.1)}, "time_mask"),
        ({"shift": (0.1, 1.0)}, "shift"),
        ({"gain_db": (6.0, 1.0)}, "gain_db"),
    ],
)
def test_impossible_views(fields, says):
    with pytest.raises(ValueError, match=says):
        Views(**fields)
