"""A detector's figures are the board's."""

from __future__ import annotations

from asdbench.detector.figures import figures_of
from asdbench.results.files import current
from asdbench.results.store import Store


def test_they_are_those_of_the_row_with_their_intervals(store: Store) -> None:
    found = {one["figure"]: one for one in figures_of(store, "autoencoder")}
    row = next(row for row in current(store).rows if row.label == "autoencoder")
    assert found["auc"]["mean"] == row.auc.mean
    assert row.auc.here is not None
    assert (found["auc"]["low"], found["auc"]["high"]) == (row.auc.here.low, row.auc.here.high)
    assert found["recall"]["mean"] == row.more["recall"].mean
    assert {one["subset"] for one in found.values()} == {"development"}


def test_a_row_that_isnt_on_the_board_has_none(store: Store) -> None:
    assert figures_of(store, "nobody") == []
