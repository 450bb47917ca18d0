"""The views: each change does what it says, and no two views share an input."""

import pytest
import torch
from asdbench_methods._views import CHANGES, Views, two_views
from view_waves import RATE, SAMPLES, alone, noise, seeded, sine


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
