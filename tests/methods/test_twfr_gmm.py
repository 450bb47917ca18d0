"""TWFR-GMM against scikit-learn's mixture on the same vectors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from asdbench_methods._pooling import pooled_logmel, ranked
from asdbench_methods._smote import smote
from asdbench_methods.twfr_gmm import AUTHORS, MixtureScoring, TwfrGmm
from id_cells import Cell
from sklearn.mixture import GaussianMixture
from told import telling

from asdbench import Clips, derive

pytestmark = pytest.mark.usefixtures("one_thread_of_scikit_learn")


@pytest.fixture
def fans(train: Clips) -> Clips:
    return telling(train.where(machine="fan"), lambda _, clip: replace(clip, id="00"))


def asked_of(test: Clips) -> Clips:
    return telling(test.where(machine="fan"), lambda _, clip: replace(clip, id="00"))


def by_scikit_learn(vectors: np.ndarray, asked: np.ndarray, components: int) -> np.ndarray:
    mixture = GaussianMixture(
        components,
        covariance_type="full",
        tol=1e-6,
        reg_covar=1e-6,
        random_state=derive(Cell(None).seed, "mixture"),
    )
    return -mixture.fit(vectors)._estimate_log_prob(asked).max(axis=1)


@pytest.mark.parametrize("components", [1, 2])
def test_scores_are_those_of_scikit_learns_mixture(
    tmp_path: Path, fans: Clips, test: Clips, components: int
) -> None:
    method = TwfrGmm(r=0.9)
    method.scoring = replace(method.scoring, components=components)
    fitted = Cell(tmp_path).fit(method, fans)
    vectors, asked = (pooled_logmel(part, "cpu", ranked(0.9)) for part in (fans, asked_of(test)))
    wanted = by_scikit_learn(vectors, asked, components)
    np.testing.assert_allclose(fitted.score(asked_of(test)), wanted, rtol=1e-9)


def test_the_authors_values_are_taken_by_machine_type_and_said(
    tmp_path: Path, fans: Clips, test: Clips
) -> None:
    r, components = AUTHORS["fan"]
    theirs = TwfrGmm(r=0.5, authors=True)
    assert "test labels" in theirs.remarks[0]
    assert TwfrGmm().remarks == ()
    as_theirs = TwfrGmm(r=r, scoring=replace(TwfrGmm().scoring, components=components))
    found = Cell(tmp_path / "one").fit(theirs, fans).score(asked_of(test))
    assert np.array_equal(found, Cell(tmp_path / "two").fit(as_theirs, fans).score(asked_of(test)))
    pump = telling(fans, lambda _, clip: replace(clip, machine="grinder"))
    own = Cell(tmp_path / "three").fit(TwfrGmm(r=0.5), pump).score(pump)
    assert np.array_equal(Cell(tmp_path / "four").fit(theirs, pump).score(pump), own)


def test_smote_makes_target_clips_up_to_a_share_of_the_source(
    tmp_path: Path, fans: Clips, test: Clips
) -> None:
    domains = ["target", "target", *["source"] * (len(fans) - 2)]
    told = telling(fans, lambda place, clip: replace(clip, domain=domains[place]))
    fitted = Cell(tmp_path).fit(TwfrGmm(smote=1.0), told)
    lacking = len(fans) - 4
    generator = torch.Generator().manual_seed(derive(Cell(None).seed, "smote"))
    waves = smote(told.waves([0, 1]), lacking, generator)
    made = ranked(0.98)(told.frontend(waves).double()).numpy()
    vectors = np.concatenate([pooled_logmel(told, "cpu", ranked(0.98)), made])
    asked = asked_of(test)
    wanted = by_scikit_learn(vectors, pooled_logmel(asked, "cpu", ranked(0.98)), 2)
    np.testing.assert_allclose(fitted.score(asked), wanted, rtol=1e-9)
    assert fitted.train_scores(told).shape == (len(fans),)
    without = Cell(tmp_path).fit(TwfrGmm(), fans).score(asked)
    assert np.array_equal(Cell(tmp_path).fit(TwfrGmm(smote=1.0), fans).score(asked), without)


@pytest.mark.parametrize(
    ("fields", "says"), [({"r": 1.5}, r"r = 1\.5; .*from 0"), ({"smote": -1.0}, "smote = -1")]
)
def test_wrong_fields_are_named(fields: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        TwfrGmm(**fields)  # type: ignore[arg-type]


def test_components_can_be_tuned() -> None:
    assert "space" in MixtureScoring.__dataclass_fields__["components"].metadata
