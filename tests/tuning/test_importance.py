"""How much a field matters to the objective."""

from __future__ import annotations

from tuned_results import study_of

from asdbench.tuning.importance import LEAST, importances


def test_the_field_that_decides_is_first_and_all_sum_to_one() -> None:
    found = importances(study_of(24))
    assert max(found, key=lambda name: found[name]) == "lr"
    assert sum(found.values()) == 1
    assert set(found) == {"lr", "stage.kind"}  # not all trials have the other
    assert found == importances(study_of(24))


def test_of_too_few_trials_nothing_is_said() -> None:
    assert importances(study_of(0)) == {}
    assert importances(study_of(LEAST - 1)) == {}
