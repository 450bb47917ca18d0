"""The losses against literal versions, and against pytorch-metric-learning where forms agree."""

import math

import pytest
import torch
from asdbench_methods._losses import ArcFace, nt_xent, supervised_contrastive
from literal_losses import (
    embeddings,
    literal_arcface,
    literal_cosine,
    literal_nt_xent,
    literal_supervised_contrastive,
)
from pytorch_metric_learning import losses as metric_learning
from torch import Tensor
from torch.nn.functional import cross_entropy

TEMPERATURES = [0.05, 0.1, 0.5, 1.0]
LAYOUTS = {  # labels of a batch
    "pairs": lambda n: [i // 2 for i in range(n)],
    "single positives among singles": lambda n: [0, 0, *range(1, n - 1)],
    "no positives": lambda n: list(range(n)),
    "one class": lambda n: [0] * n,
    "unequal classes": lambda n: [min(i * i // n, 3) for i in range(n)],
}
TYPES = [torch.float32, torch.bfloat16]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("self_in_denominator", [True, False])
@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("count", [2, 3, 9, 24])
def test_supervised_contrastive_is_its_formula(
    count, layout, temperature, self_in_denominator, dtype
):
    z = embeddings(count).to(dtype).requires_grad_()
    labels = LAYOUTS[layout](count)
    loss = supervised_contrastive(
        z,
        torch.tensor(labels),
        temperature=temperature,
        self_in_denominator=self_in_denominator,
    )
    expected = literal_supervised_contrastive(z.tolist(), labels, temperature, self_in_denominator)
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(expected, abs=1e-5, rel=1e-5)
    loss.backward()
    assert z.grad.isfinite().all()


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"one class"}))  # theirs is 0 there
@pytest.mark.parametrize("count", [3, 9, 64])
def test_khosla_form_agrees_with_pytorch_metric_learning(count, layout, temperature):
    labels = torch.tensor(LAYOUTS[layout](count))
    ours, theirs = (embeddings(count).requires_grad_() for _ in range(2))
    loss = supervised_contrastive(ours, labels, temperature=temperature, self_in_denominator=False)
    other = metric_learning.SupConLoss(temperature=temperature)(theirs, labels)
    assert loss.item() == pytest.approx(other.item(), abs=1e-5, rel=1e-5)
    loss.backward()
    other.backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-3, atol=1e-6)


def test_the_two_denominators_differ_as_published():
    z, labels = embeddings(128, 128), torch.arange(128) % 41
    assert supervised_contrastive(z, labels).item() == pytest.approx(10.07, abs=0.15)
    khosla = supervised_contrastive(z, labels, self_in_denominator=False)
    assert khosla.item() == pytest.approx(5.30, abs=0.15)


@pytest.mark.parametrize("self_in_denominator", [True, False])
@pytest.mark.parametrize("count", [1, 5])
def test_no_positives_is_zero_with_a_zero_gradient(count, self_in_denominator):
    z = embeddings(count).requires_grad_()
    loss = supervised_contrastive(z, torch.arange(count), self_in_denominator=self_in_denominator)
    loss.backward()
    assert loss.item() == 0
    assert z.grad.count_nonzero() == 0
    assert z.grad.isfinite().all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("views", [2, 4, 18, 40])
def test_nt_xent_is_its_formula(views, temperature, dtype):
    z = embeddings(views).to(dtype).requires_grad_()
    loss = nt_xent(z, temperature=temperature)
    assert loss.dtype == torch.float32
    expected = literal_nt_xent(z.tolist(), temperature)
    assert loss.item() == pytest.approx(expected, abs=1e-5, rel=1e-5)
    loss.backward()
    assert z.grad.isfinite().all()


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("views", [4, 64])
def test_nt_xent_agrees_with_pytorch_metric_learning(views, temperature):
    ours, theirs = (embeddings(views).requires_grad_() for _ in range(2))
    loss = nt_xent(ours, temperature=temperature)
    clips = torch.arange(views // 2).repeat(2)
    other = metric_learning.NTXentLoss(temperature=temperature)(theirs, clips)
    assert loss.item() == pytest.approx(other.item(), abs=1e-5, rel=1e-5)
    loss.backward()
    other.backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-3, atol=1e-6)


def test_an_odd_number_of_views():
    with pytest.raises(ValueError, match="5 views"):
        nt_xent(embeddings(5))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("margin", [0.0, 0.5, 0.7, 1.0])
@pytest.mark.parametrize("classes", [1, 2, 41])
@pytest.mark.parametrize("count", [1, 2, 33])
def test_arcface_is_its_formula(count, classes, margin, dtype):
    torch.manual_seed(0)
    arcface = ArcFace(classes, embedding=4, margin=margin, scale=30)
    z = embeddings(count, 4).to(dtype).requires_grad_()
    labels = torch.arange(count) % classes
    logits = arcface(z, labels)
    expected = literal_arcface(z.tolist(), arcface.centres_CD.tolist(), labels.tolist(), margin, 30)
    assert logits.dtype == torch.float32
    torch.testing.assert_close(logits, torch.tensor(expected), rtol=1e-5, atol=1e-4)
    cross_entropy(logits, labels).backward()
    assert z.grad.isfinite().all()
    assert arcface.centres_CD.grad.isfinite().all()


def test_arcface_beyond_the_angle_where_the_margin_would_turn_back():
    margin = 1.0
    arcface = ArcFace(1, embedding=2, margin=margin, scale=1)
    arcface.centres_CD.data.copy_(torch.tensor([[1.0, 0.0]]))
    angles = torch.tensor([2.0, 2.1, 2.2, 3.0])  # pi - 1 = 2.14
    z = torch.stack((angles.cos(), angles.sin()), dim=1)
    logits = arcface(z, torch.zeros(4, dtype=torch.long))[:, 0]
    beyond = [math.cos(angle) - math.sin(1.0) for angle in (2.2, 3.0)]
    expected = [math.cos(3.0), math.cos(3.1), *beyond]
    torch.testing.assert_close(logits, torch.tensor(expected))


@pytest.mark.parametrize(("margin", "degrees"), [(0.7, 40.107), (1.0, 57.296)])
@pytest.mark.parametrize("classes", [2, 41])
def test_arcface_agrees_with_pytorch_metric_learning(classes, margin, degrees):
    torch.manual_seed(0)
    arcface = ArcFace(classes, embedding=128, margin=margin, scale=30)
    ours, theirs = (embeddings(32, 128).requires_grad_() for _ in range(2))
    labels = torch.arange(32) % classes
    other = metric_learning.ArcFaceLoss(classes, 128, margin=math.degrees(margin), scale=30)
    assert math.degrees(margin) == pytest.approx(degrees, abs=1e-3)
    other.W.data.copy_(arcface.centres_CD.detach().T)
    loss, other_loss = cross_entropy(arcface(ours, labels), labels), other(theirs, labels)
    assert loss.item() == pytest.approx(other_loss.item(), rel=1e-6, abs=1e-6)
    loss.backward()
    other_loss.backward()
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-3, atol=1e-6)
    torch.testing.assert_close(arcface.centres_CD.grad, other.W.grad.T, rtol=1e-3, atol=1e-5)


def test_arcface_without_labels_has_no_margin():
    torch.manual_seed(0)
    arcface, z = ArcFace(5, embedding=16), embeddings(7)
    labels = torch.arange(7) % 5
    bare, marked = arcface(z), arcface(z, labels)
    difference = (bare - marked).detach()
    true_class = torch.nn.functional.one_hot(labels, 5).bool()
    assert (difference[true_class] > 0).all()
    assert not difference[~true_class].any()
    cosines = [[literal_cosine(a, b) for b in arcface.centres_CD.tolist()] for a in z.tolist()]
    torch.testing.assert_close(bare, 30 * torch.tensor(cosines), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("sign", [1, -1])
def test_arcface_at_a_cosine_of_one_has_a_finite_gradient_and_the_exact_value(sign):
    arcface = ArcFace(3, embedding=4, margin=0.7, scale=30)
    arcface.centres_CD.data.copy_(torch.eye(3, 4))
    z = (sign * 2.0 * torch.eye(3, 4)).requires_grad_()
    labels = torch.arange(3)
    logits = arcface(z, labels)
    expected = 30 * math.cos(0.7) if sign > 0 else 30 * (-1 - 0.7 * math.sin(0.7))
    torch.testing.assert_close(logits.diagonal(), torch.full((3,), expected), rtol=0, atol=1e-4)
    cross_entropy(logits, labels).backward()
    assert z.grad.isfinite().all()
    assert arcface.centres_CD.grad.isfinite().all()


def test_a_zero_embedding_has_a_finite_gradient():
    for loss in (
        lambda z: nt_xent(z),
        lambda z: supervised_contrastive(z, torch.tensor([0, 0, 1, 1])),
        lambda z: cross_entropy(ArcFace(2, embedding=16)(z, torch.tensor([0, 0, 1, 1])),
                                torch.tensor([0, 0, 1, 1])),
    ):  # fmt: skip
        z = embeddings(4)
        z[1] = 0
        z.requires_grad_()
        loss(z).backward()
        assert z.grad.isfinite().all()


def test_everything_is_float32_under_automatic_mixed_precision():
    torch.manual_seed(0)
    z, labels = embeddings(12, 128), torch.arange(12) // 2
    arcface = ArcFace(6)

    def computed() -> list[Tensor]:
        return [arcface(z, labels), supervised_contrastive(z, labels), nt_xent(z)]

    expected = computed()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert (z @ z.T).dtype == torch.bfloat16
        mixed = computed()
    assert all(torch.equal(a, b) for a, b in zip(mixed, expected, strict=True))


def test_centres_start_xavier_uniform():
    torch.manual_seed(0)
    centres = ArcFace(41).centres_CD
    bound = math.sqrt(6 / (41 + 128))
    assert centres.shape == (41, 128)
    assert 0.99 * bound < centres.abs().max() <= bound
    assert centres.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.03)


@pytest.mark.parametrize("margin", [-0.1, math.pi, math.nan])
def test_impossible_margins(margin):
    with pytest.raises(ValueError, match="margin is"):
        ArcFace(3, margin=margin)


@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_impossible_temperatures(temperature):
    with pytest.raises(ValueError, match="temperature is"):
        nt_xent(embeddings(4), temperature=temperature)
    with pytest.raises(ValueError, match="temperature is"):
        supervised_contrastive(embeddings(4), torch.zeros(4), temperature=temperature)
