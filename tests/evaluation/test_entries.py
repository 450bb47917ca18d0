"""What a board is made of."""

from __future__ import annotations

from asdbench.evaluation.entries import MachineId


def test_machine_ids_are_ordered_by_type_and_then_by_id() -> None:
    ids = [MachineId("pump", "00"), MachineId("fan", "04"), MachineId("fan", "02")]
    assert sorted(ids) == [("fan", "02"), ("fan", "04"), ("pump", "00")]
