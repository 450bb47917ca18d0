"""Published checkpoints: both namings load to the same outputs, anything else is refused."""

import os
import pickle

import pytest
import torch
from asdbench_methods._losses import ArcFace
from asdbench_methods._nets import Encoder, EncoderConfig, ProjectionHead
from asdbench_methods._weights import load_reference, reference_label
from torch import nn

CLASSES = 5
BATCH_NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def names() -> dict[str, str]:
    """The reference's name of every tensor of the encoder, by ours."""
    table = {"tgram.filters.weight": "tgramnet.conv_extrctor.weight"}
    for i in range(3):
        for leaf in ("0.weight", "0.bias", "2.weight"):
            table[f"tgram.layers.{i}.{leaf}"] = f"tgramnet.conv_encoder.{i}.{leaf}"
    for ours, theirs, rectified in [
        ("stem", "conv1", True),
        ("stem_depthwise", "dw_conv1", True),
        ("expand", "conv2", True),
        ("pool", "linear7", False),
        ("embed", "linear1", False),
    ]:
        table[f"{ours}.conv.weight"] = f"mobilefacenet.{theirs}.conv.weight"
        for leaf in BATCH_NORM:
            table[f"{ours}.norm.{leaf}"] = f"mobilefacenet.{theirs}.bn.{leaf}"
        if rectified:
            table[f"{ours}.activation.weight"] = f"mobilefacenet.{theirs}.prelu.weight"
    for i in range(15):
        ours, theirs = f"blocks.{i}.layers", f"mobilefacenet.blocks.{i}.conv"
        table[f"{ours}.0.conv.weight"] = f"{theirs}.0.weight"
        table[f"{ours}.0.activation.weight"] = f"{theirs}.2.weight"
        table[f"{ours}.1.conv.weight"] = f"{theirs}.3.weight"
        table[f"{ours}.1.activation.weight"] = f"{theirs}.5.weight"
        table[f"{ours}.2.conv.weight"] = f"{theirs}.6.weight"
        for leaf in BATCH_NORM:
            table[f"{ours}.0.norm.{leaf}"] = f"{theirs}.1.{leaf}"
            table[f"{ours}.1.norm.{leaf}"] = f"{theirs}.4.{leaf}"
            table[f"{ours}.2.norm.{leaf}"] = f"{theirs}.7.{leaf}"
    return table


class Model(nn.Module):
    """Encoder, perhaps the layer between, ArcFace: every tensor drawn at random."""

    def __init__(self, *, seed: int, two_stage: bool, classes: int = CLASSES) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.encoder = Encoder(EncoderConfig(width=0.25), samples=8000, bands=64, frames=16)
        self.projection = ProjectionHead().first_layer() if two_stage else None
        self.arcface = ArcFace(classes, margin=1.0 if two_stage else 0.7)
        for x in self.state_dict().values():
            x.random_(1, 100) if x.dtype == torch.int64 else x.uniform_(0.5, 1.5)
        for name, x in self.named_parameters():
            if "conv" in name or "filters" in name or ("layers" in name and x.dim() > 1):
                nn.init.normal_(x, std=0.2)
        self.eval()

    @torch.no_grad()
    def outputs(self) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch.Generator().manual_seed(1)
        waves = 0.1 * torch.randn(4, 8000, generator=generator)
        embedding = self.encoder(waves, torch.randn(4, 64, 16, generator=generator))
        if self.projection is not None:
            embedding = self.projection(embedding)
        return embedding, self.arcface(embedding, torch.arange(4))

    def load(self, path, **options) -> None:
        load_reference(
            path,
            encoder=self.encoder,
            arcface=self.arcface,
            projection=self.projection,
            **options,
        )


def one_stage(model: Model) -> dict[str, torch.Tensor]:
    own = model.encoder.state_dict()
    state = {theirs: own[ours] for ours, theirs in names().items()}
    assert len(state) == len(own)
    return state | {
        "arcface.weight": model.arcface.centres_CD.detach(),
        "mobilefacenet.fc_out.weight": torch.randn(CLASSES, 128),
        "mobilefacenet.fc_out.bias": torch.randn(CLASSES),
    }


def two_stages(model: Model) -> dict[str, torch.Tensor]:
    state = {f"encoder.{name}": x for name, x in one_stage(model).items()}
    state["encoder.arcface.weight"] = torch.randn(3, 128)
    linear, norm = model.projection
    state["projector.0.weight"] = linear.weight.detach()
    for leaf in BATCH_NORM:
        state[f"projector.1.{leaf}"] = norm.state_dict()[leaf]
    return state | {
        "arcface.weight": model.arcface.centres_CD.detach(),
        "linear.weight": torch.randn(CLASSES, 128),
        "linear.bias": torch.randn(CLASSES),
        "fc_out.weight": torch.randn(CLASSES, 128),
        "contrain_projector.layers.0.weight": torch.randn(128, 128),
        "contrain_projector.layers.1.running_mean": torch.randn(128),
    }


def saved(path, state, *, wrapped: bool = False, parallel: bool = False):
    if parallel:
        state = {f"module.{name}": x for name, x in state.items()}
    if wrapped:
        parameter = nn.Parameter(torch.ones(2))
        optimizer = torch.optim.Adam([parameter]).state_dict()
        state = {"epoch": 8, "clf_state_dict": state, "optimizer": optimizer}
    torch.save(state, path)
    return path


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("two_stage", [False, True])
def test_a_checkpoint_gives_the_same_embeddings_and_logits(tmp_path, two_stage, wrapped, parallel):
    trained, fresh = (Model(seed=seed, two_stage=two_stage) for seed in (1, 2))
    state = (two_stages if two_stage else one_stage)(trained)
    expected, before = trained.outputs(), fresh.outputs()
    fresh.load(saved(tmp_path / "a.pth", state, wrapped=wrapped, parallel=parallel))
    for was, got, wanted in zip(before, fresh.outputs(), expected, strict=True):
        assert wanted.isfinite().all()
        assert not torch.allclose(was, wanted, rtol=0, atol=1e-2)
        torch.testing.assert_close(got, wanted, rtol=0, atol=1e-5)


def test_classes_can_be_picked(tmp_path):
    trained = Model(seed=1, two_stage=False)
    fresh = Model(seed=2, two_stage=False, classes=2)
    path = saved(tmp_path / "a.pth", one_stage(trained))
    fresh.load(path, labels=[4, 1])
    assert torch.equal(fresh.arcface.centres_CD, trained.arcface.centres_CD[[4, 1]])
    with pytest.raises(ValueError, match="no class 5 of 5"):
        fresh.load(path, labels=[0, 5])


def without_one(state):
    del state["mobilefacenet.blocks.3.conv.4.bias"]


def with_one_more(state):
    state["mobilefacenet.blocks.3.se.weight"] = torch.ones(2)


def with_another_shape(state):
    state["mobilefacenet.linear7.conv.weight"] = torch.ones(128, 1, 8, 20)


def with_other_classes(state):
    state["arcface.weight"] = torch.ones(41, 128)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (without_one, r"mobilefacenet\.blocks\.3\.conv\.4\.bias is missing"),
        (with_one_more, r"mobilefacenet\.blocks\.3\.se\.weight is unknown"),
        (
            with_another_shape,
            r"linear7\.conv\.weight has shape \(128, 1, 8, 20\), not \(128, 1, 4, 1\)",
        ),
        (with_other_classes, r"arcface\.weight has shape \(41, 128\), not \(5, 128\)"),
    ],
)
def test_a_checkpoint_that_does_not_fit_changes_nothing(tmp_path, damage, says):
    trained, fresh = (Model(seed=seed, two_stage=False) for seed in (1, 2))
    state = one_stage(trained)
    damage(state)
    before = {name: x.clone() for name, x in fresh.state_dict().items()}
    with pytest.raises(ValueError, match=says):
        fresh.load(saved(tmp_path / "a.pth", state))
    assert all(torch.equal(x, before[name]) for name, x in fresh.state_dict().items())


def test_one_stage_and_two_do_not_mix(tmp_path):
    one, two = (Model(seed=1, two_stage=two_stage) for two_stage in (False, True))
    with pytest.raises(ValueError, match=r"projector\.0\.weight is missing"):
        two.load(saved(tmp_path / "one.pth", one_stage(one)))
    with pytest.raises(ValueError, match=r"projector\.0\.weight is unknown"):
        one.load(saved(tmp_path / "two.pth", two_stages(two)))


class Runs:
    """Touches a file when it is unpickled."""

    def __init__(self, path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_pickled_object_is_refused_and_not_run(tmp_path):
    fresh, trace = Model(seed=2, two_stage=False), tmp_path / "it ran"
    state = {"clf_state_dict": one_stage(fresh), "note": Runs(trace)}
    with pytest.raises(ValueError, match="can be read safely"):
        fresh.load(saved(tmp_path / "a.pth", state))
    (tmp_path / "b.pth").write_bytes(pickle.dumps(Runs(trace), protocol=2))
    with pytest.raises(ValueError, match="can be read safely"):
        fresh.load(tmp_path / "b.pth")
    assert not trace.exists()


@pytest.mark.parametrize("content", [b"", b"not a checkpoint"])
def test_a_file_that_is_no_checkpoint(tmp_path, content):
    (tmp_path / "a.pth").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.pth holds no tensors"):
        Model(seed=2, two_stage=False).load(tmp_path / "a.pth")


@pytest.mark.parametrize("holds", [torch.ones(3), {"clf_state_dict": 3}, {"epoch": 3}])
def test_a_file_without_a_state_dict(tmp_path, holds):
    torch.save(holds, tmp_path / "a.pth")
    with pytest.raises(ValueError, match="holds no state dict"):
        Model(seed=2, two_stage=False).load(tmp_path / "a.pth")


@pytest.mark.parametrize(
    ("machine", "machine_id", "label"),
    [
        ("fan", "00", 0),
        ("fan", "id_06", 6),
        ("pump", 2, 9),
        ("slider", "04", 18),
        ("valve", "06", 27),
        ("ToyCar", "01", 28),
        ("ToyCar", "07", 34),
        ("ToyConveyor", "01", 35),
        ("ToyConveyor", "06", 40),
    ],
)
def test_labels_of_the_reference(machine, machine_id, label):
    assert reference_label(machine, machine_id) == label


@pytest.mark.parametrize(
    ("machine", "machine_id"),
    [("bearing", "00"), ("fan", "07"), ("ToyCar", "00"), ("ToyConveyor", "07"), ("fan", "x")],
)
def test_no_label_for_what_dcase_2020_does_not_have(machine, machine_id):
    with pytest.raises(ValueError, match="no class for"):
        reference_label(machine, machine_id)
