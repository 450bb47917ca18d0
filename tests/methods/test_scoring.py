"""The field of scorer and normaliser: what TOML says is what scores."""

from __future__ import annotations

from typing import Any

import pytest
from asdbench_methods._normalise import Density
from asdbench_methods._references import Normaliser
from asdbench_methods._scorers import Centres, Mahalanobis, Mixture, Neighbours
from asdbench_methods._scoring import Scoring

from asdbench.config.keys import plain
from asdbench.config.schema import build

OLD = {"by", "margin", "components", "regularisation", "neighbours"}


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ({"by": "neighbours", "neighbours": 3}, Neighbours(3)),
        ({"by": "kmeans", "distance": "cosine", "centres": 4}, Centres(4, cosine=True, seed=7)),
        ({"by": "mixture", "tolerance": 1e-6}, Mixture(2, 1e-3, 7, 1e-6)),
        ({"by": "mahalanobis"}, Mahalanobis()),
        ({"by": "mahalanobis", "distance": "cosine"}, Mahalanobis()),
    ],
)
def test_a_table_says_which_scorer(table: dict[str, Any], wanted: object) -> None:
    assert build(Scoring, table, "mine").scorer(7) == wanted


def test_a_table_says_which_normaliser() -> None:
    table = {"by": "neighbours", "domains": "nearest", "density": 4, "relative": "difference"}
    made = build(Scoring, table, "mine")
    assert made.normaliser == Normaliser("nearest", Density(4, "difference"))
    assert made.remarks == ()
    assert "test clips" in Scoring(by="neighbours", domains="transductive").remarks[0]


def test_what_came_later_is_in_no_older_key() -> None:
    assert set(plain(Scoring())) == OLD


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"by": "kmeans", "centres": 0}, "centres = 0; it must be at least 1"),
        ({"by": "mixture", "tolerance": 0.0}, "tolerance = 0.0; it must be above 0"),
        ({"domains": "nearest"}, r"balance distances"),
    ],
)
def test_what_goes_with_nothing(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(Scoring, table, "mine")


def test_there_is_no_classifier_to_score_embeddings_by() -> None:
    with pytest.raises(ValueError, match="needs an ID method"):
        Scoring().scorer(1)
