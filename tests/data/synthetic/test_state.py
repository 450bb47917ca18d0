"""What a machine does while it is recorded."""

from __future__ import annotations

from asdbench.data.synthetic.state import State


def test_each_fault_is_as_severe_as_it_is_and_the_others_are_not_there() -> None:
    leaking = State(fault="leak", severity=0.7)
    assert leaking.extents(("late", "leak", "missed")) == (0, 0.7, 0)


def test_a_machine_is_new_healthy_and_at_full_load_if_nothing_is_said() -> None:
    healthy = State()
    assert healthy.extents(("leak",)) == (0,)
    assert (healthy.load, healthy.wear) == (1, 0)
