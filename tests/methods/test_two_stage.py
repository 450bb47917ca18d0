"""Stage 1 of simclr and id_contrastive: shared by whoever can, and learning by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods._scoring import Scoring
from asdbench_methods._two_stage import EncoderWithHead
from asdbench_methods._views import Views
from asdbench_methods.id_contrastive import IdPretraining
from id_cells import (
    BATCH,
    LOGMEL,
    METHODS,
    TWO_STAGE,
    WITH_TGRAM,
    Cell,
    assert_same_bits,
    method,
    trained_stages,
)
from safetensors.torch import load_file

from asdbench import Clips
from asdbench.config.experiment import Experiment, experiments, read
from asdbench.config.selection import choose
from asdbench.training.fitted import state_of

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn", "shallow")


def rows(experiment: Experiment) -> dict[str, dict[str, Any]]:
    return {row.label: dict(row.fields) for row in choose(experiment, METHODS).rows}


BARE = "bare defaults"


@pytest.mark.parametrize("name", [BARE, *experiments()])
def test_simclr_and_id_contrastive_differ_only_in_stage_1(name: str) -> None:
    found = rows(Experiment() if name == BARE else read(name)[1])
    views, ids = found["simclr"], found["id_contrastive"]
    assert ids.pop("weights") is None  # published checkpoints exist of the proposed method only
    views_first, ids_first = views.pop("pretraining"), ids.pop("pretraining")
    assert set(views) - {"labels"} == {"encoder", "classifier", "scoring"}
    assert views == ids
    assert views["classifier"]["projection"]
    assert set(views_first) - set(ids_first) == {"views"}
    assert set(ids_first) - set(views_first) == {"self_in_denominator"}
    # The classifier without stage 1 has the same encoder and scorer.
    plain = found["id_classifier"]
    shared = {"encoder", "scoring", "labels"} & set(ids)
    assert {k: plain.get(k) for k in shared} == {k: ids[k] for k in shared}


@pytest.mark.parametrize("name", [BARE, "paper"])
def test_the_papers_stages_1_differ_only_in_what_is_contrasted(name: str) -> None:
    found = rows(Experiment() if name == BARE else read(name)[1])
    views, ids = (found[name]["pretraining"] for name in TWO_STAGE)
    del views["views"], ids["self_in_denominator"]
    assert views == ids


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
    [stage] = trained_stages(shared, "pretrain")
    before = stage.stat().st_mtime_ns
    scores = [first.score(test)]
    for name, fields in VARIANTS.items():
        cell, lone = Cell(tmp_path / name, stages=shared), Cell(tmp_path / f"{name} alone")
        loaded = cell.fit(method("id_contrastive", **fields), train)
        assert trained_stages(shared, "pretrain") == [stage]
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
    assert len(trained_stages(shared, "pretrain")) == 2


@pytest.mark.parametrize("projection", [True, False])
@pytest.mark.parametrize("name", TWO_STAGE)
def test_the_second_stage_starts_from_the_first(
    tmp_path: Path, train: Clips, name: str, projection: bool
) -> None:
    bare = method(name, epochs=0, projection=projection, scoring=Scoring(by="mahalanobis"))
    every = state_of(Cell(tmp_path).fit(bare, train))
    found = {name: x for name, x in every.items() if name.startswith("model_.")}
    stage = load_file(*trained_stages(tmp_path / "stages", "pretrain"))
    assert set(stage) == set(EncoderWithHead(LOGMEL, train).state_dict())
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


@pytest.mark.parametrize("name", TWO_STAGE)
def test_stage_1_learns(tmp_path: Path, train: Clips, name: str) -> None:
    made = method(name, first=10, epochs=0, scoring=Scoring(by="mahalanobis"))
    if name == "simclr":  # few steps are enough for the easiest kind of view
        views = Views(kinds=("gain",), each=1)
        made.pretraining = replace(made.pretraining, views=views)
    cell = Cell(tmp_path)
    cell.fit(made, train)
    losses = [figures["loss"] for *_, figures in cell.told]
    assert len(losses) == 10
    assert np.mean(losses[-3:]) < 0.7 * losses[0]


def test_the_log_tells_both_stages_as_one_piece_of_work(tmp_path: Path, train: Clips) -> None:
    cell = Cell(tmp_path)
    cell.fit(method("id_contrastive", first=3), train)
    assert [(stage, epoch, done) for stage, epoch, done, _ in cell.told] == [
        ("pretrain", 1, 0.25),
        ("pretrain", 2, 0.5),
        ("pretrain", 3, 0.75),
        ("classify", 1, 1.0),
    ]


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
