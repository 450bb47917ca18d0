"""Where scores stand, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from asdbench.detector.standing import Standings
from asdbench.evaluation.ensemble import standardised
from asdbench.evaluation.entries import MachineId
from asdbench.evaluation.limits import Limit, Rule
from asdbench.results.records import Score

RULE = Rule("quantile", 0.5)
KNOWN = [("fan", "00")] * 4 + [("fan", "02")] * 4 + [("pump", "00")] * 2


def scores(values: list[float]) -> list[Score]:
    return [
        Score(machine, id_, "development", f"{n}.wav", None, value)
        for n, ((machine, id_), value) in enumerate(zip(KNOWN, values, strict=True))
    ]


ONE = scores([1, 2, 3, 4, 10, 20, 30, 40, 5, 6])
OTHER = scores([4, 1, 3, 3, 7, 7, 7, 7, 1, 2])


def test_a_single_members_scores_are_as_they_are() -> None:
    standing = Standings([ONE], RULE, 1000.0).of(("fan", "02"))
    assert standing.combined(np.array([[12.0, 50.0]])).tolist() == [12.0, 50.0]
    assert standing.train.tolist() == [10, 20, 30, 40]
    assert standing.limit.value == 30.0
    assert standing.excess(25.0) == 0


def test_several_members_are_put_together_as_the_boards_ensembles_are() -> None:
    asked = np.array([[2.5, 9.0], [2.0, 8.0]])
    found = Standings([ONE, OTHER], RULE, 1000.0).of(("fan", "00")).combined(asked)
    train = np.array([[s.score for s in ONE], [s.score for s in OTHER]])
    ids = [MachineId(*one) for one in KNOWN]
    wanted, _ = standardised(asked, [MachineId("fan", "00")] * 2, train, ids)
    np.testing.assert_allclose(found, wanted)


def test_an_unknown_id_stands_among_all_of_its_machine_type() -> None:
    standings = Standings([ONE], RULE, 1000.0)
    assert not standings.is_known(("fan", "07"))
    assert standings.of(("fan", "07")).train.tolist() == [1, 2, 3, 4, 10, 20, 30, 40]
    assert len(standings.of(("saw", "00")).train) == 10


def test_scores_that_are_all_equal_divide_nothing() -> None:
    standing = Standings([ONE, OTHER], RULE, 1000.0).of(("fan", "02"))
    assert np.isfinite(standing.combined(np.array([[12.0], [7.0]]))).all()
    assert Standings([OTHER], RULE, 1.0).of(("fan", "02")).excess(9.0) == pytest.approx(2)


def test_limits_that_were_found_before_are_taken() -> None:
    told = Limit(99.0, "quantile:0.5", 4, 0.5, 0.1, 0.9)
    standings = Standings([ONE], RULE, 1000.0, {"fan/00": told})
    assert standings.of(("fan", "00")).limit is told
    assert standings.of(("fan", "02")).limit.value == 30.0
