"""The PReLU that is fast on CPUs: PyTorch's values and gradients."""

import pytest
import torch
from asdbench_methods import _prelu
from asdbench_methods._prelu import PReLU


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5), (torch.bfloat16, 0.02)]
)
def test_prelu_and_its_gradients_equal_pytorchs(memory_format, dtype, tolerance):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 5, 7, 6, generator=generator)
    x[0, :, 0] = 0  # where the slope jumps
    x = x.to(dtype).contiguous(memory_format=memory_format)
    upstream = torch.randn(x.shape, generator=generator).to(dtype)
    results = []
    for prelu in (PReLU(5), torch.nn.PReLU(5)):
        prelu.to(dtype).weight.data.copy_(torch.tensor([0.25, 0.0, -0.5, 1.0, 2.0]))
        leaf = x.clone().requires_grad_()
        prelu(leaf).backward(upstream)
        results.append((prelu(leaf), leaf.grad, prelu.weight.grad))
    for ours, pytorchs in zip(*results, strict=True):
        torch.testing.assert_close(ours, pytorchs, rtol=tolerance, atol=tolerance)


def test_a_map_cut_into_parts_gives_the_same_gradients(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    x, upstream = (torch.randn(3, 5, 7, 6, generator=generator) for _ in range(2))
    found = []
    for in_cache in (_prelu.IN_CACHE, 1, 2 * 5 * 6, 2 * 5 * 7 * 6):  # rows and clips at a time
        monkeypatch.setattr(_prelu, "IN_CACHE", in_cache)
        prelu, leaf = PReLU(5), x.clone().requires_grad_()
        prelu(leaf).backward(upstream)
        found.append((leaf.grad, prelu.weight.grad))
    for of_x, of_weight in found[1:]:
        assert torch.equal(of_x, found[0][0])
        torch.testing.assert_close(of_weight, found[0][1])


def test_on_other_devices_it_is_pytorchs():
    with torch.device("meta"):
        assert PReLU(5)(torch.empty(3, 5, 7, 6)).shape == (3, 5, 7, 6)
