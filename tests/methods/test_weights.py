"""Published checkpoints: both namings load to the same outputs, anything else is refused."""

import os
import pickle

import pytest
import torch
from asdbench_methods._weights import reference_label
from reference_weights import Model, one_stage, saved, two_stages


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
