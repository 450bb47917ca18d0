"""What a board is made of."""

from __future__ import annotations

import numpy as np

from asdbench.evaluation.entries import Entry, MachineId, Scored, twins


def test_machine_ids_are_ordered_by_type_and_then_by_id() -> None:
    ids = [MachineId("pump", "00"), MachineId("fan", "04"), MachineId("fan", "02")]
    assert sorted(ids) == [("fan", "02"), ("fan", "04"), ("pump", "00")]


def test_equal_scores_are_two_names_of_the_row_that_was_run() -> None:
    def made(label: str, kind: str, scores: list[list[float]]) -> Entry:
        ids = {MachineId("fan", "00"): Scored(np.array([False, True]), np.array(scores))}
        return Entry({"label": label, "origin": {"kind": kind}}, [0], None, ids)

    entries = [
        made("import", "import", [[1.0, 2.0]]),
        made("other", "run", [[1.0, 2.5]]),
        made("tuned", "tuned", [[1.0, 2.0]]),
        made("run", "run", [[1.0, 2.0]]),
        made("more repeats", "run", [[1.0, 2.0], [1.0, 2.0]]),
    ]
    assert twins(entries) == {0: 3, 2: 3}
