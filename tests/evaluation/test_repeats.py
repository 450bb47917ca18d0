"""Which rows have their seeds in common."""

from __future__ import annotations

from asdbench.evaluation.repeats import Repeats, families

KNN, MINE, OTHER = (Repeats(name, (0, 1)) for name in ("knn", "mine", "other"))
OF_BOTH = Repeats("best-two", (0, 1), parts=("knn", "mine"))


def test_rows_of_one_method_and_rows_made_of_one_are_paired() -> None:
    assert KNN.paired(Repeats("knn", (0, 1)))
    assert KNN.paired(OF_BOTH)
    assert OF_BOTH.paired(MINE)
    assert not KNN.paired(MINE)
    assert not OTHER.paired(OF_BOTH)
    assert not KNN.paired(Repeats("knn", (0, 1, 2)))  # there is nothing to pair


def test_what_is_made_of_two_joins_their_families() -> None:
    assert families([KNN, MINE, OTHER]) == [0, 1, 2]
    assert families([KNN, OTHER, MINE, OF_BOTH]) == [0, 1, 0, 0]
    assert families([OF_BOTH, OTHER, MINE, KNN]) == [0, 1, 0, 0]
