"""The ID methods as wholes: what tells them apart, that they are repeatable, resume and learn."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._id_model import Batching, Classifier, IdModel, Scoring, embed
from asdbench_methods._nets import EncoderConfig
from asdbench_methods._views import Views
from asdbench_methods._weights import Published
from asdbench_methods.id_classifier import IdClassifier
from asdbench_methods.id_contrastive import IdContrastive, IdPretraining
from asdbench_methods.simclr import SimCLR, ViewPretraining
from safetensors.torch import load_file
from test_weights import one_stage, two_stages
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_post_hook

from asdbench import Clips, Context
from asdbench.training import loop as training
from asdbench.config.selection import choose
from asdbench.data.clips import Recording
from asdbench.config.schema import build
from asdbench.data.loading import load
from asdbench.config.experiment import Experiment, experiments, read
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.execution.plan import plan
from asdbench.training.stages import Stages
from asdbench.training.checkpoint import state_of

CPU = Numerics(device="cpu", precision="float32")
LOGMEL = EncoderConfig(width=0.125, tgram=False)
WITH_TGRAM = EncoderConfig(width=0.125)
BATCH = Batching(size=12)  # of 16 clips: one step an epoch, of other clips each time
METHODS = ("id_classifier", "simclr", "id_contrastive")
TWO_STAGE = METHODS[1:]
SCORERS = ("classifier", "mixture", "neighbours", "mahalanobis")


def method(name: str, *, first: int = 1, encoder: EncoderConfig = LOGMEL, **fields: Any) -> Any:
    """A method at the small width, of few epochs: ``first`` in stage 1, of the rest as said."""
    scoring = fields.pop("scoring", Scoring())
    weights = {"weights": fields.pop("weights")} if "weights" in fields else {}
    second: dict[str, Any] = {"epochs": 1, "lr": 3e-3, "warm_epochs": 1, "batch": BATCH} | fields
    if name == "id_classifier":
        return IdClassifier(encoder, Classifier(**({"margin": 0.7} | second)), scoring, **weights)
    cls, pretraining = {
        "simclr": (SimCLR, ViewPretraining(epochs=first, lr=3e-3, batch=BATCH)),
        "id_contrastive": (IdContrastive, IdPretraining(epochs=first, lr=3e-3, batch=BATCH)),
    }[name]
    classifier = Classifier(**({"margin": 1.0, "projection": True} | second))
    return cls(encoder, pretraining, classifier, scoring, **weights)


@dataclass
class Cell:
    """What a run lends a method, in a folder; ``told`` is what it was told."""

    folder: Path
    seed: int = 1
    numerics: Numerics = CPU
    stages: Path | None = None
    stop: tuple[str, int] | None = None
    told: list[tuple[str, int, float, dict[str, float]]] = field(default_factory=list)

    def log(self, stage: str, epoch: int, done: float, /, **figures: float) -> None:
        self.told.append((stage, epoch, done, figures))
        if (stage, epoch) == self.stop:
            raise InterruptedError

    def fit(self, method: Any, train: Clips) -> Any:
        self.folder.mkdir(parents=True, exist_ok=True)
        stages = Stages(self.stages or self.folder / "stages", "test")
        method.fit(train.blind(), Context(self.seed, self.numerics, self.folder, self.log, stages))
        return method


@pytest.fixture(scope="module")
def train(small_clips: Clips) -> Clips:
    """Four clips of each of four machine IDs."""
    return small_clips.where(split="train")


@pytest.fixture(scope="module")
def test(small_clips: Clips) -> Clips:
    """Two normal and two anomalous clips of each of four machine IDs."""
    return small_clips.where(split="test")


Claiming = Callable[[Clips, str, str], Clips]


@pytest.fixture(scope="module")
def claiming(small_recordings: list[Recording]) -> Claiming:
    """All clips of a split, in the same order, each said to be of this machine ID."""

    def make(of: Clips, machine: str, id: str) -> Clips:
        said = [
            Recording(replace(clip, machine=machine, id=id), source)
            for clip, source in small_recordings
            if clip.split == of[0].split
        ]
        clips = load(said, Frontend())[0]
        assert torch.equal(clips.waves(), of.waves())
        return clips.blind()

    return make


def ids_of(clips: Clips) -> list[tuple[str, str]]:
    return sorted({(clip.machine, clip.id) for clip in clips})


def assert_same_bits(one: Any, other: Any, test: Clips) -> None:
    """The same weights and the same scores."""
    a, b = state_of(one), state_of(other)
    assert a.keys() == b.keys()
    assert len(a) > 50
    for name, tensor in a.items():
        assert torch.equal(tensor, b[name]), name
    assert np.array_equal(one.score(test.blind()), other.score(test.blind()))


# What tells the rows apart


def rows(experiment: Experiment) -> dict[str, dict[str, Any]]:
    return {row.label: dict(row.fields) for row in choose(experiment, METHODS).rows}


BARE = "bare defaults"


@pytest.mark.parametrize("name", [BARE, *experiments()])
def test_simclr_and_id_contrastive_differ_only_in_stage_1(name: str) -> None:
    found = rows(Experiment() if name == BARE else read(name)[1])
    views, ids = found["simclr"], found["id_contrastive"]
    assert ids.pop("weights") is None  # published checkpoints exist of the proposed method only
    views_first, ids_first = views.pop("pretraining"), ids.pop("pretraining")
    assert set(views) == {"encoder", "classifier", "scoring"}
    assert views == ids
    assert views["classifier"]["projection"]
    assert set(views_first) - set(ids_first) == {"views"}
    assert set(ids_first) - set(views_first) == {"self_in_denominator"}
    # The classifier without stage 1 has the same encoder and scorer.
    plain = found["id_classifier"]
    assert {k: plain[k] for k in ("encoder", "scoring")} == {
        k: ids[k] for k in ("encoder", "scoring")
    }


@pytest.mark.parametrize("name", [BARE, "paper"])
def test_the_papers_stages_1_differ_only_in_what_is_contrasted(name: str) -> None:
    found = rows(Experiment() if name == BARE else read(name)[1])
    views, ids = (found[name]["pretraining"] for name in TWO_STAGE)
    del views["views"], ids["self_in_denominator"]
    assert views == ids


# Repeatable


@pytest.mark.parametrize("name", METHODS)
def test_the_same_seed_gives_the_same_bits_and_another_others(
    tmp_path: Path, train: Clips, test: Clips, name: str
) -> None:
    def fit(folder: str, seed: int) -> Any:
        return Cell(tmp_path / folder, seed).fit(method(name, encoder=WITH_TGRAM), train)

    one = fit("1", 1)
    torch.rand(7)  # whatever was drawn before
    assert_same_bits(one, fit("2", 1), test)
    other = fit("3", 2)
    a, b = state_of(one), state_of(other)
    # Neither the weights' start nor their way from there: each kind of layer differs.
    for part in (
        "encoder.stem.conv.weight",
        "encoder.pool.norm.running_mean",
        "arcface.centres_CD",
    ):
        assert not torch.equal(a[f"model_.{part}"], b[f"model_.{part}"]), part
    assert not np.isclose(one.score(test), other.score(test)).any()


@pytest.mark.parametrize(
    ("name", "stage", "fields"),
    [
        ("id_classifier", "classify", {}),
        ("simclr", "pretrain", {}),
        ("simclr", "classify", {}),
        ("id_contrastive", "pretrain", {"contrast": 0.5}),
        ("id_contrastive", "classify", {"contrast": 0.5}),
    ],
)
def test_resumed_is_uninterrupted_bit_for_bit(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    train: Clips,
    test: Clips,
    name: str,
    stage: str,
    fields: dict[str, Any],
) -> None:
    def fresh() -> Any:
        return method(name, first=3, epochs=3, **fields)

    whole_cell = Cell(tmp_path / "whole")
    whole = whole_cell.fit(fresh(), train)
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", -1.0)
    with pytest.raises(InterruptedError):
        Cell(tmp_path / "cut", stop=(stage, 2)).fit(fresh(), train)
    torch.rand(3)
    steps: list[int] = []
    hook = register_optimizer_step_post_hook(lambda *_: steps.append(1))
    resumed_cell = Cell(tmp_path / "cut")
    try:
        resumed = resumed_cell.fit(fresh(), train)
    finally:
        hook.remove()
    # Of each stage's three steps, two were behind, and all of stage 1 where stage 2 was cut.
    assert len(steps) == (4 if stage == "pretrain" and name != "id_classifier" else 1)
    assert_same_bits(whole, resumed, test)
    assert resumed_cell.told == whole_cell.told


# Stage 1 is shared


def trained_stages(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.safetensors"))


VARIANTS: dict[str, dict[str, Any]] = {
    "margin": {"margin": 0.5},
    "without the projection": {"projection": False},
    "epochs": {"epochs": 2},
    "contrast": {"contrast": 0.5},
    "scorer": {"scoring": Scoring(by="mahalanobis")},
}


def test_variants_of_the_second_stage_share_the_first(
    tmp_path: Path, train: Clips, test: Clips
) -> None:
    shared = tmp_path / "shared"
    first = Cell(tmp_path / "first", stages=shared).fit(method("id_contrastive"), train)
    [stage] = trained_stages(shared)
    before = stage.stat().st_mtime_ns
    scores = [first.score(test)]
    for name, fields in VARIANTS.items():
        cell, lone = Cell(tmp_path / name, stages=shared), Cell(tmp_path / f"{name} alone")
        loaded = cell.fit(method("id_contrastive", **fields), train)
        assert trained_stages(shared) == [stage]
        assert stage.stat().st_mtime_ns == before
        scores.append(loaded.score(test))
        if name in {"epochs", "contrast"}:
            assert_same_bits(loaded, lone.fit(method("id_contrastive", **fields), train), test)
            assert cell.told == lone.told
    for i, one in enumerate(scores):
        for other in scores[:i]:
            assert not np.array_equal(one, other)  # the variants do differ


@pytest.mark.parametrize(
    "change",
    [
        {"encoder": WITH_TGRAM},
        {"pretraining": IdPretraining(epochs=2, lr=3e-3, batch=BATCH)},
        {"pretraining": IdPretraining(epochs=1, lr=3e-3, batch=BATCH, self_in_denominator=False)},
    ],
    ids=["encoder", "epochs", "denominator"],
)
def test_whatever_changes_the_first_stage_is_not_shared(
    tmp_path: Path, train: Clips, change: dict[str, Any]
) -> None:
    shared = tmp_path / "shared"
    Cell(tmp_path / "1", stages=shared).fit(method("id_contrastive"), train)
    other = replace(method("id_contrastive"), **change)
    Cell(tmp_path / "2", stages=shared).fit(other, train)
    assert len(trained_stages(shared)) == 2


@pytest.mark.parametrize("projection", [True, False])
@pytest.mark.parametrize("name", TWO_STAGE)
def test_the_second_stage_starts_from_the_first(
    tmp_path: Path, train: Clips, name: str, projection: bool
) -> None:
    bare = method(name, epochs=0, projection=projection, scoring=Scoring(by="mahalanobis"))
    found = state_of(Cell(tmp_path).fit(bare, train))
    stage = load_file(*trained_stages(tmp_path / "stages"))
    encoder = {name: x for name, x in stage.items() if name.startswith("encoder.")}
    assert len(encoder) > 50
    for name, tensor in encoder.items():
        assert torch.equal(found.pop(f"model_.{name}"), tensor), name
    assert found.pop("model_.arcface.centres_CD").shape == (4, 128)
    if projection:  # the head's first Linear and BatchNorm, no more of it
        assert torch.equal(found.pop("model_.projection.0.weight"), stage["head.layers.0.weight"])
        for leaf in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
            norm = found.pop(f"model_.projection.1.{leaf}")
            assert torch.equal(norm, stage[f"head.layers.1.{leaf}"]), leaf
    assert found == {}


# They learn


def thorough(name: str) -> Any:
    """Steps enough for BatchNorm's running statistics, by which clips are scored, to settle."""
    batch = Batching(size=8)
    return method(name, first=8, epochs=25, warm_epochs=12, lr=1e-2, batch=batch)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory, train: Clips) -> tuple[Cell, IdClassifier]:
    """A classifier trained to the end, and what was told of it."""
    cell = Cell(tmp_path_factory.mktemp("taught"))
    return cell, cell.fit(thorough("id_classifier"), train)


@pytest.fixture(scope="module")
def trained(taught: tuple[Cell, IdClassifier]) -> IdClassifier:
    """The classifier alone, to be scored in several ways."""
    return taught[1]


@pytest.mark.parametrize("name", METHODS)
def test_it_learns_to_tell_the_ids_apart(
    tmp_path: Path, train: Clips, test: Clips, claiming: Claiming, taught: Any, name: str
) -> None:
    if name == "id_classifier":
        cell, fitted = taught
    else:
        cell = Cell(tmp_path)
        fitted = cell.fit(thorough(name), train)
    figures = [figures for stage, *_, figures in cell.told if stage == "classify"]
    assert np.mean([epoch["accuracy"] for epoch in figures[-5:]]) > 0.9
    assert figures[-1]["loss"] < 0.5 * figures[0]["loss"]

    def rightly_and_wrongly(clips: Clips) -> tuple[np.ndarray, np.ndarray]:
        """Normal clips' scores under their own ID, (N,), and under the others, (N, C - 1)."""
        normal = np.array([not clip.anomalous for clip in clips])
        own = np.array([[(c.machine, c.id) == one for one in ids_of(train)] for c in clips])
        scores_NC = np.stack([fitted.score(claiming(clips, *one)) for one in ids_of(train)], axis=1)
        return scores_NC[own & normal[:, None]], scores_NC[~own & normal[:, None]]

    rightly, wrongly = rightly_and_wrongly(train)
    assert rightly.max() < wrongly.min()
    # Four clips an ID don't teach every clip never heard, on every CPU.
    rightly, wrongly = rightly_and_wrongly(test)
    assert rightly.mean() < 0.5 * wrongly.mean()


@pytest.mark.parametrize("name", TWO_STAGE)
def test_stage_1_learns(tmp_path: Path, train: Clips, name: str) -> None:
    made = method(name, epochs=0, scoring=Scoring(by="mahalanobis"))
    made.pretraining = replace(made.pretraining, epochs=25, lr=1e-2)
    if name == "simclr":  # few steps are enough for one kind of view
        views = Views(kinds=("noise",), each=1)
        made.pretraining = replace(made.pretraining, views=views)
    cell = Cell(tmp_path)
    cell.fit(made, train)
    losses = [figures["loss"] for *_, figures in cell.told]
    assert len(losses) == 25
    assert np.mean(losses[-3:]) < 0.7 * losses[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_compiled_it_learns_the_same(tmp_path: Path, train: Clips, name: str) -> None:
    losses = []
    for numerics in (CPU, replace(CPU, compile=True)):
        cell = Cell(tmp_path / str(numerics.compile), numerics=numerics)
        cell.fit(method(name, first=2, epochs=2), train)
        losses.append([figures["loss"] for *_, figures in cell.told])
    assert losses[1] == pytest.approx(losses[0], rel=1e-2)
    assert losses[1] != losses[0]  # or nothing was compiled
    assert losses[1] != losses[0]  # or nothing was compiled


def test_the_log_tells_both_stages_as_one_piece_of_work(tmp_path: Path, train: Clips) -> None:
    cell = Cell(tmp_path)
    cell.fit(method("id_contrastive", first=3), train)
    assert [(stage, epoch, done) for stage, epoch, done, _ in cell.told] == [
        ("pretrain", 1, 0.25),
        ("pretrain", 2, 0.5),
        ("pretrain", 3, 0.75),
        ("classify", 1, 1.0),
    ]


def test_the_contrastive_term_changes_what_the_second_stage_learns(
    tmp_path: Path, train: Clips
) -> None:
    without, with_term = (
        state_of(
            Cell(tmp_path / str(weight), stages=tmp_path / "shared").fit(
                method("id_contrastive", contrast=weight), train
            )
        )
        for weight in (0.0, 0.5)
    )
    assert len(trained_stages(tmp_path / "shared")) == 1
    assert without.keys() == with_term.keys()  # its head is not part of the model
    assert not torch.allclose(
        without["model_.encoder.stem.conv.weight"], with_term["model_.encoder.stem.conv.weight"]
    )


class Deaf(Clips):
    """Clips whose log-mel is as it was, but whose waveform is silence."""

    def __init__(self, clips: Clips) -> None:
        super().__init__(clips._clips, clips._rows, clips._bank, clips._frontend)
        self._logmel = clips.logmel()

    def waves(self, indices: Sequence[int] | None = None, device: str = "cpu") -> Tensor:
        return torch.zeros_like(super().waves(indices, device))

    def blind(self) -> Clips:
        return self


@pytest.mark.parametrize("name", ["id_classifier", "id_contrastive"])
@pytest.mark.parametrize(("encoder", "ignores"), [(LOGMEL, True), (WITH_TGRAM, False)])
def test_only_the_logmel_variant_ignores_the_waveform(
    tmp_path: Path, train: Clips, test: Clips, name: str, encoder: EncoderConfig, ignores: bool
) -> None:
    def scores(folder: str, train: Clips, test: Clips) -> Any:
        short = method(name, encoder=encoder)
        return Cell(tmp_path / folder).fit(short, train).score(test)

    heard = scores("heard", train, test)
    deaf = scores("deaf", Deaf(train), Deaf(test))
    assert np.array_equal(heard, deaf) is ignores


# Scores


@pytest.mark.parametrize("name", METHODS)
def test_every_scorer_gives_finite_scores_of_its_own(
    tmp_path: Path, train: Clips, test: Clips, name: str
) -> None:
    fitted = Cell(tmp_path).fit(method(name), train)
    found = {}
    for by in SCORERS:
        fitted.scoring = Scoring(by=by)
        found[by] = fitted.score(test.blind())
        assert found[by].shape == (len(test),)
        assert np.isfinite(found[by]).all()
    for i, one in enumerate(SCORERS):
        for other in SCORERS[:i]:
            assert not np.isclose(found[one], found[other]).all()


@pytest.mark.parametrize("margin", [True, False])
def test_a_score_is_minus_the_log_probability_of_the_claimed_id(
    trained: IdClassifier, test: Clips, margin: bool
) -> None:
    z_ND = embed(trained.model_, test, trained._context).double().numpy()
    centres_CD = trained.model_.arcface.centres_CD.detach().double().numpy()
    expected = []
    for clip, z_D in zip(test, z_ND, strict=True):
        cosines = [c @ z_D / np.linalg.norm(c) / np.linalg.norm(z_D) for c in centres_CD]
        claimed = trained.model_.ids.index((clip.machine, clip.id))
        if margin:
            angle = np.arccos(cosines[claimed])
            line = cosines[claimed] - 0.7 * np.sin(np.pi - 0.7)
            cosines[claimed] = np.cos(angle + 0.7) if angle < np.pi - 0.7 else line
        logits = [30 * cosine for cosine in cosines]
        expected.append(np.log(sum(np.exp(logits))) - logits[claimed])
    scores = replaced_scoring(trained, Scoring(margin=margin)).score(test.blind())
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)


def replaced_scoring(fitted: IdClassifier, scoring: Scoring) -> IdClassifier:
    other = replace(fitted, scoring=scoring)
    other.model_, other._train, other._context = fitted.model_, fitted._train, fitted._context
    return other


def test_the_margin_on_the_claimed_id_changes_the_scores(
    trained: IdClassifier, test: Clips
) -> None:
    with_margin, without = (
        replaced_scoring(trained, Scoring(margin=margin)).score(test) for margin in (True, False)
    )
    assert (with_margin > without).all()


# Little data


@pytest.mark.parametrize("name", METHODS)
def test_a_single_machine_id_is_an_error_before_any_training(
    tmp_path: Path, train: Clips, name: str
) -> None:
    cell = Cell(tmp_path)
    with pytest.raises(ValueError, match=r"fan 02.*scoring\.by = \"mahalanobis\"") as caught:
        cell.fit(method(name), train.where(machine="fan", id="02"))
    assert "\n" not in str(caught.value)
    assert cell.told == []
    assert trained_stages(tmp_path / "stages") == []


@pytest.mark.parametrize("by", SCORERS[1:])
@pytest.mark.parametrize("name", METHODS)
def test_a_single_machine_id_works_with_a_distance(
    tmp_path: Path, train: Clips, test: Clips, name: str, by: Any
) -> None:
    cell = Cell(tmp_path)
    alone = method(name, scoring=Scoring(by=by))
    scores = cell.fit(alone, train.where(machine="fan", id="02")).score(
        test.where(machine="fan", id="02")
    )
    assert np.isfinite(scores).all()
    assert len(np.unique(scores)) == 4
    assert len(cell.told) == (1 if name == "id_classifier" else 2)


def few(train: Clips, count: int) -> Clips:
    """Only so many clips of fan 02; all of the rest."""
    rare = [i for i, c in enumerate(train) if (c.machine, c.id) == ("fan", "02")]
    return train.pick([i for i in range(len(train)) if i not in rare[count:]])


@pytest.mark.parametrize("by", SCORERS)
@pytest.mark.parametrize("sampler", ["random", "balanced"])
def test_an_id_with_two_training_clips(
    tmp_path: Path, train: Clips, test: Clips, by: Any, sampler: Any
) -> None:
    balanced = Batching(size=8, sampler=sampler, per_id=4)
    rare = method("id_contrastive", scoring=Scoring(by=by))
    rare.pretraining = replace(rare.pretraining, batch=balanced)
    cell = Cell(tmp_path)
    scores = cell.fit(rare, few(train, 2)).score(test)
    assert np.isfinite(scores).all()
    assert all(np.isfinite(figures["loss"]) for *_, figures in cell.told)


@pytest.mark.parametrize("name", METHODS)
def test_two_training_clips_in_all(tmp_path: Path, train: Clips, test: Clips, name: str) -> None:
    one_each = [next(i for i, c in enumerate(train) if c.id == id_) for id_ in ("00", "02")]
    fitted = Cell(tmp_path).fit(method(name), train.pick(one_each))
    assert np.isfinite(fitted.score(test)).all()
    with pytest.raises(ValueError, match="two training clips"):
        Cell(tmp_path).fit(
            replace(method(name), scoring=Scoring(by="mahalanobis")), train.pick(one_each[:1])
        )


@pytest.mark.parametrize("margin", [True, False])
def test_an_unknown_id_is_the_likeliest_of_its_machine_type(
    trained: IdClassifier, test: Clips, claiming: Claiming, margin: bool
) -> None:
    fitted = replaced_scoring(trained, Scoring(margin=margin))
    of = {one: fitted.score(claiming(test, *one)) for one in fitted.model_.ids}
    of_fan = np.minimum(of["fan", "00"], of["fan", "02"])
    of_all = np.min(list(of.values()), axis=0)
    # There is something to choose: neither ID is always the likelier one, nor is fan always.
    assert not np.array_equal(of_fan, of["fan", "00"])
    assert not np.array_equal(of_fan, of["fan", "02"])
    assert not np.array_equal(of_fan, of_all)
    np.testing.assert_allclose(fitted.score(claiming(test, "fan", "06")), of_fan, rtol=1e-6)
    np.testing.assert_allclose(fitted.score(claiming(test, "pump", "00")), of_all, rtol=1e-6)


def test_known_and_unknown_ids_score_beside_each_other_as_alone(
    tmp_path: Path, train: Clips, test: Clips
) -> None:
    known = train.filter(lambda clip: (clip.machine, clip.id) != ("valve", "02"))
    fitted = Cell(tmp_path).fit(method("id_contrastive"), known)
    assert fitted.model_.ids == [("fan", "00"), ("fan", "02"), ("valve", "00")]
    scores = fitted.score(test)
    assert np.isfinite(scores).all()
    alone = [fitted.score(test.pick([i]))[0] for i in range(len(test))]
    np.testing.assert_allclose(scores, alone, rtol=1e-3)


# Without a classifier


@pytest.mark.parametrize("name", TWO_STAGE)
def test_the_first_stage_alone_can_be_scored_by_distance(
    tmp_path: Path, train: Clips, test: Clips, name: str
) -> None:
    cell = Cell(tmp_path)
    alone = method(name, first=2, epochs=0, scoring=Scoring(by="mahalanobis"))
    scores = cell.fit(alone, train).score(test)
    assert np.isfinite(scores).all()
    assert [(stage, done) for stage, _, done, _ in cell.told] == [
        ("pretrain", 0.5),
        ("pretrain", 1.0),
    ]


@pytest.mark.parametrize("name", METHODS)
def test_without_a_classifier_there_is_nothing_to_classify_by(
    tmp_path: Path, train: Clips, name: str
) -> None:
    cell = Cell(tmp_path)
    with pytest.raises(ValueError, match=r"epochs = 0 leaves no classifier.*scoring\.by"):
        cell.fit(method(name, epochs=0), train)
    assert cell.told == []


# Published weights


@pytest.fixture(scope="module")
def fans(small_clips: Clips) -> Clips:
    """The machine IDs fan 00 and 02, to train and to test."""
    return small_clips.where(machine="fan")


WITH_WEIGHTS = ("id_classifier", "id_contrastive")
full = partial(method, encoder=WITH_TGRAM)  # as all published models are


def as_published(path: Path, model: IdModel) -> Path:
    """A model of fan 00 and 02 as the authors would have saved it, among their 41 classes."""
    state = (one_stage if isinstance(model.projection, torch.nn.Identity) else two_stages)(model)
    centres_CD = torch.randn(41, 128, generator=torch.Generator().manual_seed(0))
    centres_CD[[0, 2]] = model.arcface.centres_CD.detach()
    torch.save({"epoch": 8, "clf_state_dict": state | {"arcface.weight": centres_CD}}, path)
    return path


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_a_published_model_scores_as_the_model_it_was_made_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fans: Clips, name: str
) -> None:
    train, test = fans.where(split="train"), fans.where(split="test")
    original = Cell(tmp_path / "original").fit(full(name, epochs=6), train)
    expected = original.score(test)
    path = as_published(tmp_path / "model.pth", original.model_)
    monkeypatch.setenv("HOME", str(tmp_path))
    for written in (str(path), "~/model.pth"):
        cell = Cell(tmp_path / "loaded", seed=2)
        loaded = cell.fit(full(name, weights=Published(written)), train)
        np.testing.assert_allclose(loaded.score(test), expected, rtol=1e-4, atol=1e-5)
        assert cell.told == []
        assert trained_stages(tmp_path / "loaded" / "stages") == []
    untrained = Cell(tmp_path / "other", seed=2).fit(full(name, first=0), train)
    assert not np.isclose(untrained.score(test), expected, rtol=1e-2).any()


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_published_weights_are_part_of_the_key_by_their_content(
    tmp_path: Path, fans: Clips, name: str
) -> None:
    path = tmp_path / "model.pth"
    experiment = Experiment(methods={name: {"weights": {"path": str(path)}}})

    def cell() -> Any:
        return plan("test", experiment, choose(experiment, [name]), fans).cells[0]

    path.write_bytes(b"one")
    one, again = cell(), cell()
    assert one.key == again.key
    path.write_bytes(b"another")
    other = cell()
    assert one.fields["weights"]["path"] == other.fields["weights"]["path"]
    assert one.fields["weights"]["sha256"] != other.fields["weights"]["sha256"]
    assert one.key != other.key
    cls = {"id_classifier": IdClassifier, "id_contrastive": IdContrastive}[name]
    assert build(cls, other.fields, name).weights.path == str(path)
    with pytest.raises(ValueError, match=r"model\.pth have changed"):  # since it was planned
        build(cls, one.fields, name)
    path.write_bytes(b"one")
    assert cell().key == one.key
    shutil.rmtree(tmp_path)
    with pytest.raises(ValueError, match=r"cannot read weights .*model\.pth"):
        cell()


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_published_weights_that_do_not_fit_are_an_error(
    tmp_path: Path, small_clips: Clips, fans: Clips, name: str
) -> None:
    train = fans.where(split="train")
    original = Cell(tmp_path / "original").fit(full(name), train)
    path = str(as_published(tmp_path / "model.pth", original.model_))
    with pytest.raises(ValueError, match=r"model\.pth doesn't fit.*has shape"):
        Cell(tmp_path / "1").fit(
            full(name, weights=Published(path), encoder=EncoderConfig(width=0.25)), train
        )
    other = full(name, weights=Published(path), projection=name == "id_classifier")
    with pytest.raises(ValueError, match=r"model\.pth doesn't fit.*projector\.0\.weight"):
        Cell(tmp_path / "2").fit(other, train)


def test_published_weights_know_only_the_machines_of_dcase_2020(
    tmp_path: Path, fans: Clips
) -> None:
    train = fans.where(split="train")
    original = Cell(tmp_path / "original").fit(full("id_classifier"), train)
    path = str(as_published(tmp_path / "model.pth", original.model_))
    clips = [replace(clip, machine="bearing") for clip in train]
    strange = Clips(clips, train._rows, train._bank, train._frontend)
    with pytest.raises(ValueError, match="no class for machine 'bearing'"):
        Cell(tmp_path / "1").fit(full("id_classifier", weights=Published(path)), strange)
