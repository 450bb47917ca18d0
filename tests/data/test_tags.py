"""Tags of test clips, apart from the clips."""

from __future__ import annotations

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Recording
from asdbench.data.loading import load
from asdbench.data.tags import tags_of


def tagged(recordings: list[Recording]) -> list[Recording]:
    return [r._replace(tags={"fault": f"of {r.clip.name}", "snr": ""}) for r in recordings]


def test_test_clips_have_their_tags_by_subset_machine_id_and_name(
    small_recordings: list[Recording],
) -> None:
    found = tags_of(tagged(small_recordings))
    test = [r.clip for r in small_recordings if r.clip.split == "test"]
    assert test
    for clip in test:
        name = str(clip.name)
        assert found[clip.subset][clip.machine][clip.id][name] == {"fault": f"of {name}"}
    counted = sum(
        len(c) for types in found.values() for ids in types.values() for c in ids.values()
    )
    assert counted == len(test)
    assert load(tagged(small_recordings), Frontend()).tags == found


def test_a_subset_without_tags_is_there_empty(small_recordings: list[Recording]) -> None:
    bare = [recording._replace(tags={}) for recording in small_recordings]
    assert tags_of(bare) == {"development": {}}
    assert tags_of([]) == {}
