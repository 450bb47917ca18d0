"""The shared encoder: its size, its shapes, its initialisation, and what it depends on."""

import math

import pytest
import torch
from asdbench_methods._losses import ArcFace
from asdbench_methods._nets import Encoder, EncoderConfig, ProjectionHead
from torch.utils.flop_counter import FlopCounterMode

SHORT = {"samples": 8000, "bands": 64, "frames": 16}


def small_encoder(*, seed: int = 0, tgram: bool = True) -> Encoder:
    torch.manual_seed(seed)
    return Encoder(EncoderConfig(width=0.25, tgram=tgram), **SHORT)


def short_clips(count: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    waves = 0.1 * torch.randn(count, 8000, generator=generator)
    return waves, 20 * torch.randn(count, 64, 16, generator=generator) - 40


def parameters(*modules: torch.nn.Module) -> int:
    return sum(x.numel() for module in modules for x in module.parameters())


def test_paper_size_has_the_references_parameter_count():
    encoder = Encoder(EncoderConfig(), samples=160_000, bands=128, frames=313)
    unused_linear = 128 * 41 + 41
    assert parameters(encoder, ArcFace(41)) + unused_linear == 1_350_335


def test_logmel_only_drops_exactly_the_tgram():
    size = {"samples": 160_000, "bands": 128, "frames": 313}
    both, logmel_only = (Encoder(EncoderConfig(tgram=tgram), **size) for tgram in (True, False))
    filters, norms, convolutions = 128 * 1024, 3 * 2 * 313, 3 * 128 * 128 * 3
    stem_channel = 64 * 3 * 3
    assert parameters(both) - parameters(logmel_only) == (
        filters + norms + convolutions + stem_channel
    )


def test_paper_size_costs_1_6_gflop_a_clip():
    with torch.device("meta"):
        encoder = Encoder(EncoderConfig(), samples=160_000, bands=128, frames=313).eval()
        clip = torch.empty(1, 160_000), torch.empty(1, 128, 313)
    with FlopCounterMode(display=False) as counter:
        encoder(*clip)
    assert counter.get_total_flops() == pytest.approx(1.6e9, rel=0.05)


@pytest.mark.parametrize(
    ("samples", "frames", "whole_map"), [(160_000, 313, (8, 20)), (32_000, 63, (8, 4))]
)
def test_last_kernel_spans_the_clip(samples, frames, whole_map):
    encoder = Encoder(EncoderConfig(width=0.25), samples=samples, bands=128, frames=frames)
    assert encoder.pool.conv.kernel_size == whole_map
    waves, logmel = torch.randn(2, samples), torch.randn(2, 128, frames)
    assert encoder.eval()(waves, logmel).shape == (2, 128)


@pytest.mark.parametrize("samples", [512, 1023, 7777, 11 * 1600])
@pytest.mark.parametrize("bands", [40, 128])
def test_any_length_and_number_of_bands(samples, bands):
    frames = samples // 512 + 1
    encoder = Encoder(EncoderConfig(width=0.25), samples=samples, bands=bands, frames=frames)
    embedding = encoder.eval()(torch.randn(3, samples), torch.randn(3, bands, frames))
    assert embedding.shape == (3, 128)
    assert embedding.isfinite().all()


def test_another_hop_and_embedding():
    encoder = Encoder(
        EncoderConfig(width=0.25, embedding=16),
        samples=8000, bands=64, frames=32, window=512, hop=256,
    )  # fmt: skip
    assert encoder.eval()(torch.randn(2, 8000), torch.randn(2, 64, 32)).shape == (2, 16)


def test_frames_that_do_not_follow_from_the_samples():
    with pytest.raises(ValueError, match=r"63 frames, but 160000 samples .* have 313"):
        Encoder(EncoderConfig(), samples=160_000, bands=128, frames=63)


@pytest.mark.parametrize(
    ("config", "says"),
    [({"width": 0.0}, "width is 0.0"), ({"width": math.nan}, "width"), ({"embedding": 0}, "is 0")],
)
def test_impossible_sizes(config, says):
    with pytest.raises(ValueError, match=says):
        EncoderConfig(**config)


def test_weights_start_as_the_paper_says():
    torch.manual_seed(0)
    encoder = Encoder(EncoderConfig(), samples=160_000, bands=128, frames=313)
    for convolution, std in [
        (encoder.expand.conv, math.sqrt(2 / 512)),
        (encoder.pool.conv, math.sqrt(2 / (8 * 20 * 512))),
        (encoder.stem_depthwise.conv, math.sqrt(2 / (9 * 64))),
        (encoder.blocks[5].layers[1].conv, math.sqrt(2 / (9 * 256))),
    ]:
        assert convolution.bias is None
        assert convolution.weight.std().item() == pytest.approx(std, rel=0.1)
        assert convolution.weight.abs().max() > 2.5 * std  # normal, not uniform
    filters = encoder.tgram.filters
    assert filters.bias is None
    assert filters.weight.abs().max() <= 1 / math.sqrt(1024)
    assert filters.weight.std().item() == pytest.approx(1 / math.sqrt(3 * 1024), rel=0.01)


def test_twelve_residual_bottlenecks():
    residual = [block.residual for block in small_encoder().blocks]
    assert residual == [False, *[True] * 4, False, *[True] * 6, False, *[True] * 2]


def test_a_residual_bottleneck_adds_its_input():
    block = small_encoder().blocks[1].eval()
    x = torch.randn(2, 16, 8, 4)
    with torch.no_grad():
        block.layers[2].norm.weight.zero_()
        assert torch.equal(block(x), x)


def test_same_seed_same_weights():
    first, second, other = (small_encoder(seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["stem.conv.weight"], other["stem.conv.weight"])


def test_both_inputs_matter_and_the_logmel_only_variant_ignores_the_waveform():
    waves, logmel = short_clips()
    for encoder, wave_matters in [(small_encoder(), True), (small_encoder(tgram=False), False)]:
        encoder.eval()
        embedding = encoder(waves, logmel)
        assert not torch.allclose(encoder(waves, logmel.flip(0)), embedding)
        assert torch.equal(encoder(waves.flip(0), logmel), embedding) != wave_matters


def test_an_embedding_does_not_depend_on_its_company():
    waves, logmel = short_clips()
    encoder = small_encoder().eval()
    alone = torch.cat([encoder(waves[i : i + 1], logmel[i : i + 1]) for i in range(4)])
    torch.testing.assert_close(alone, encoder(waves, logmel), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("tgram", [True, False])
def test_channels_last_gives_the_same_embeddings(tgram):
    waves, logmel = short_clips()
    encoder = small_encoder(tgram=tgram).eval()
    expected = encoder(waves, logmel)
    encoder.to(memory_format=torch.channels_last)
    torch.testing.assert_close(encoder(waves, logmel), expected, rtol=1e-4, atol=1e-5)


def test_every_parameter_gets_a_finite_gradient():
    encoder = small_encoder()
    encoder(*short_clips(8)).square().sum().backward()
    for name, parameter in encoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_first_layer_of_the_head_is_shared_and_linear():
    torch.manual_seed(0)
    head = ProjectionHead().eval()
    first = head.first_layer()
    z = torch.randn(4, 128)
    linear = head.layers[0].weight
    torch.testing.assert_close(first(z), z @ linear.T / math.sqrt(1 + 1e-5))
    assert (first(z) < 0).any()  # no ReLU
    with torch.no_grad():
        linear.zero_()
    assert not first(z).any()


def test_head_is_three_layers_with_two_rectified():
    torch.manual_seed(0)
    head = ProjectionHead().eval()
    z = expected = torch.randn(4, 128)
    for layer, rectified in ((0, True), (3, True), (6, False)):
        expected = expected @ head.layers[layer].weight.T / math.sqrt(1 + 1e-5)
        expected = expected.clamp(min=0) if rectified else expected
    torch.testing.assert_close(head(z), expected)
    assert parameters(head) == 3 * (128 * 128 + 2 * 128)
