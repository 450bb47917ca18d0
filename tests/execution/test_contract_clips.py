"""What a contract is tried on."""

from __future__ import annotations

import pytest

from asdbench.execution.contract_clips import clips_for


@pytest.mark.parametrize(
    ("scope", "machines"), [("machine", {"fan"}), ("dataset", {"fan", "valve"})]
)
def test_a_method_gets_what_its_scope_sees_with_noise_to_find(
    scope: str, machines: set[str]
) -> None:
    train, test = clips_for(scope)
    assert {clip.machine for clip in train} == {clip.machine for clip in test} == machines
    assert not any(clip.anomalous for clip in train)
    assert {clip.anomalous for clip in test} == {True, False}
    of_id = test.where(machine="fan", id="00")
    level = {
        label: of_id.filter(lambda clip, one=label: clip.anomalous == one).waves().std()
        for label in (True, False)
    }
    assert level[True] > 5 * level[False]
