"""What is known of DCASE 2020 without having it."""

from __future__ import annotations

import pytest

from asdbench.data.dcase import facts
from asdbench.data.hashes import hash_test_set


def test_the_facts_are_those_of_the_challenge() -> None:
    evaluation = facts.official_test_clips("evaluation")
    development = facts.official_test_clips("development")
    assert (len(evaluation), sum(evaluation.values())) == (7103, 4544)
    assert len(development) == 10_868
    assert len({(key.machine, key.id) for key in development}) == 23
    assert len({(key.machine, key.id) for key in [*development, *evaluation]}) == 41
    assert len(facts.archives()) == len({archive.md5 for archive in facts.archives()}) == 18
    assert {archive.part for archive in facts.archives()} == set(facts.PARTS)


def test_a_machine_id_belongs_to_one_subset_or_to_none() -> None:
    assert facts.subset_of("fan", "00") == "development"
    assert facts.subset_of("fan", "01") == "evaluation"
    assert facts.subset_of("fan", "09") is None
    assert facts.subset_of("press", "00") is None


def test_labels_are_known_of_the_evaluation_clips_of_an_id_and_can_not_be_changed() -> None:
    labels = facts.evaluation_labels("fan", "01")
    assert set(labels.values()) == {True, False}
    assert all(name.startswith("id_01_") for name in labels)
    assert facts.evaluation_labels("fan", "00") == {}
    with pytest.raises(TypeError):
        labels["id_01_00000000.wav"] = True  # type: ignore[index]


@pytest.mark.parametrize("subset", ["development", "evaluation"])
def test_the_hash_of_a_test_set_is_that_of_its_clips(subset: str) -> None:
    clips = facts.official_test_clips(subset)
    entries = [(machine, id, name, clips[machine, id, name]) for machine, id, name in clips]
    assert facts.official_test_set(subset) == hash_test_set(entries[::-1])
    assert facts.official_test_set(subset) != hash_test_set(entries[1:])
