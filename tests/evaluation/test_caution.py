"""What must stand above a board of synthetic machines."""

from __future__ import annotations

from asdbench.evaluation import caution


def test_only_synthetic_machines_need_a_caution() -> None:
    assert "no evidence" in caution({"dataset": {"name": "synthetic", "seconds": 2.0}})
    assert "no evidence" in caution({"dataset": {"name": "first-shot"}})
    assert caution({"dataset": {"name": "dcase2020", "path": "synthetic"}}) == ""
    assert caution({}) == ""  # scores made elsewhere
