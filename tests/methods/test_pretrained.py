"""A frozen encoder and its memory, from clips to scores, with weights as users have them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from asdbench_methods import pretrained
from asdbench_methods._beats import BeatsNetwork
from asdbench_methods._encoders import EncoderWeights
from asdbench_methods._scoring import Scoring
from asdbench_methods.pretrained import Pretrained
from asts import saved
from beats_checkpoints import written
from id_cells import Cell, trained_stages
from told import telling

from asdbench import Clips

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn")
NEAREST = Scoring(by="neighbours")
HALVES = {"source": 2, "target": 1}


def fans(clips: Clips, *, domains: bool = False) -> Clips:
    """All clips of the fan as one machine ID, every fourth of them of a target domain."""

    def told(place: int, clip: Any) -> Any:
        of = ("target" if place % 4 == 3 else "source") if domains else clip.domain
        return replace(clip, id="00", domain=of)

    return telling(clips.where(machine="fan"), told)


def random(**fields: Any) -> Pretrained:
    return Pretrained(**({"encoder": "random", "layer": 1} | fields))


def test_scores_are_distances_of_time_averages(tmp_path: Path, train: Clips, test: Clips) -> None:
    weights = EncoderWeights(path=str(written(tmp_path / "beats.pt")))
    made = Pretrained(weights=weights, layer=2, scoring=NEAREST)
    fitted = Cell(tmp_path / "cell").fit(made, fans(train))
    network = pretrained.encoder_of("beats", weights, 2).eval()
    with torch.inference_mode():
        known, asked = (
            network(fans(part).waves()).mean(dim=1).flatten(1).double().numpy()
            for part in (train, test)
        )
    assert known.shape[1] == 8 * 16
    wanted = [np.linalg.norm(known - one, axis=1).min() for one in asked]
    np.testing.assert_allclose(fitted.score(fans(test)), wanted, rtol=1e-3)


def test_ten_scorers_and_any_seed_cost_one_pass(
    tmp_path: Path, train: Clips, test: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = []
    real = pretrained.encoder_of

    def counted(*asked: Any) -> Any:
        passes.append(asked)
        return real(*asked)

    monkeypatch.setattr(pretrained, "encoder_of", counted)
    stages = tmp_path / "stages"
    ways = [NEAREST, Scoring(by="kmeans", centres=2), Scoring(by="mahalanobis")]
    ways += [replace(NEAREST, neighbours=k) for k in range(2, 9)]
    scores = []
    for number, scoring in enumerate(ways):
        cell = Cell(tmp_path / str(number), seed=number, stages=stages)
        fitted = cell.fit(random(scoring=scoring), fans(train))
        scores.append(fitted.score(fans(test).blind()))
    assert len(passes) == 1
    assert len(trained_stages(stages)) == 2  # training and test clips
    assert len({tuple(one) for one in scores}) > 5
    Cell(tmp_path / "deeper", stages=stages).fit(random(layer=2), fans(train))
    assert len(passes) == 2


def test_one_clip_is_scored_as_among_others(tmp_path: Path, train: Clips, test: Clips) -> None:
    fitted = Cell(tmp_path).fit(random(), fans(train))
    asked = fans(test).blind()
    alone = [fitted.score(asked.pick([place]))[0] for place in range(len(asked))]
    np.testing.assert_allclose(alone, fitted.score(asked), rtol=1e-4, atol=1e-5)
    backwards = asked.pick(range(len(asked) - 1, -1, -1))
    assert np.array_equal(fitted.score(backwards)[::-1], fitted.score(asked))
    assert len(trained_stages(tmp_path / "stages")) == 2


def test_a_rare_domain_is_filled_up_with_mixtures(
    tmp_path: Path, train: Clips, test: Clips
) -> None:
    told, asked = fans(train, domains=True), fans(test)
    way = replace(NEAREST, domains="nearest")
    without = Cell(tmp_path).fit(random(mixtures=0, scoring=way), told)
    filled = Cell(tmp_path).fit(random(scoring=way), told)
    before, after = without.score(asked), filled.score(asked)
    assert (after <= before + 1e-9).all()  # there is more to be near to
    assert (after < before).any()
    np.testing.assert_array_equal(without.train_scores(told), filled.train_scores(told))
    assert np.isfinite(Cell(tmp_path).fit(random(), told).score(asked)).all()


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"encoder": "random"}, ["an untrained network, as a control"]),
        ({"layer": 4}, ["pretrained on AudioSet", "layer chosen by its authors on test labels"]),
        ({"layer": 3}, ["pretrained on AudioSet"]),
        (
            {"layer": 3, "scoring": replace(NEAREST, domains="transductive")},
            ["pretrained on AudioSet", "transductive: "],
        ),
    ],
)
def test_a_row_says_what_its_reader_must_know(
    tmp_path: Path, fields: dict[str, Any], wanted: list[str]
) -> None:
    weights = EncoderWeights(path=str(written(tmp_path / "beats.pt")))
    given = {} if fields.get("encoder") == "random" else {"weights": weights}
    remarks = Pretrained(**given, **fields).remarks
    assert len(remarks) == len(wanted)
    assert all(one.startswith(other) for one, other in zip(remarks, wanted, strict=True))


def test_without_weights_the_way_out_is_said_before_anything_is_run() -> None:
    with pytest.raises(ValueError, match=r'"beats" needs trained weights.*encoder = "random"'):
        Pretrained()


def test_a_cell_keeps_nothing_that_it_did_not_train(tmp_path: Path, train: Clips) -> None:
    from asdbench.training.fitted import state_of

    fitted = Cell(tmp_path).fit(random(), fans(train))
    assert set(state_of(fitted)) == {"scorer_._embeddings_ND"}
    fitted.take_along()  # for a detector, which is to need nothing beside it
    assert len(state_of(fitted)) > 40


def test_beats_is_a_network_and_ast_says_why_it_is_none(tmp_path: Path, train: Clips) -> None:
    fitted = Cell(tmp_path / "random").fit(random(scoring=NEAREST), fans(train))
    network = fitted.as_network([("fan", "00")])
    assert isinstance(network.embed, BeatsNetwork)
    with torch.inference_mode():
        found_NI = network(fans(train).waves(), fans(train).logmel()).numpy()
    np.testing.assert_allclose(found_NI[:, 0], fitted.score(fans(train).blind()), atol=1e-3)
    saved(tmp_path / "ast")
    weights = EncoderWeights(path=str(tmp_path / "ast"))
    ast = Pretrained("ast", weights, layer=1, scoring=NEAREST)
    fitted = Cell(tmp_path / "cell").fit(ast, fans(train))
    with pytest.raises(ValueError, match="its encoder, ast, is made by transformers outside"):
        fitted.as_network([("fan", "00")])
