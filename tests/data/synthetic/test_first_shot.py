"""First-shot machines: types apart, domains in proportion, attributes in names."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from asdbench.config.frontend import Frontend
from asdbench.data.loading import load, protocol_of
from asdbench.data.synthetic.first_shot import FirstShot

SMALL = FirstShot(seconds=1.0, train=200, test=8)


def test_evaluation_has_types_that_development_has_none_of() -> None:
    types = {
        subset: {r.clip.machine for r in SMALL.recordings() if r.clip.subset == subset}
        for subset in ("development", "evaluation")
    }
    assert all(len(machines) == 4 for machines in types.values())
    assert not types["development"] & types["evaluation"]
    assert {r.clip.id for r in SMALL.recordings()} == {"00"}
    assert protocol_of(SMALL) == "2022"


def test_one_training_clip_in_a_hundred_is_of_the_target_domain_and_test_clips_are_balanced() -> (
    None
):
    fan = [r for r in SMALL.recordings() if r.clip.machine == "fan"]
    assert Counter(r.clip.domain for r in fan if r.clip.split == "train") == {
        "source": 198,
        "target": 2,
    }
    tests = Counter((r.tags["domain"], r.clip.anomalous) for r in fan if r.clip.split == "test")
    assert set(tests.values()) == {2}
    assert len(tests) == 4


def test_attributes_are_told_of_training_clips_and_withheld_of_test_clips() -> None:
    for r in SMALL.recordings():
        if r.clip.split == "train":
            [(name, load_)] = r.clip.attributes
            assert name == "load"
            assert load_ in ({"100", "80"} if r.clip.domain == "source" else {"88", "70"})
            assert str(r.clip.name).startswith(f"section_00_{r.clip.domain}_train_normal_")
            assert str(r.clip.name).endswith(f"_load_{load_}.wav")
        else:
            assert (r.clip.domain, r.clip.attributes) == (None, ())
            assert r.tags["load"]


def test_what_is_handed_out_for_evaluation_tells_nothing() -> None:
    tests = [r for r in SMALL.recordings() if (r.clip.machine, r.clip.split) == ("Blower", "test")]
    assert [r.clip.name for r in tests] == [f"section_00_{n:04d}.wav" for n in range(8)]
    labels = [bool(r.clip.anomalous) for r in tests]
    assert labels not in (sorted(labels), sorted(labels, reverse=True))


def test_blind_clips_keep_what_is_told_of_training_clips_alone() -> None:
    clips = load(
        FirstShot(subsets=("development",), seconds=1.0, train=100, test=4).recordings(), Frontend()
    ).clips.blind()
    assert {clip.domain for clip in clips.where(split="train")} == {"source", "target"}
    assert all(clip.attributes for clip in clips.where(split="train"))
    test = clips.where(split="test")
    assert {(c.domain, c.attributes, c.name, c.anomalous) for c in test} == {(None, (), None, None)}


def test_a_blower_does_not_sound_like_a_fan() -> None:
    first = {r.clip.machine: r.source.read()[0] for r in reversed(SMALL.recordings())}
    assert not np.array_equal(first["fan"], first["Blower"])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"train": 99}, "choose 100 to 10000"),
        ({"test": 10}, "a multiple of 4"),
        ({"seconds": 0.5}, "from 1 to 60"),
        ({"subsets": ("dev",)}, "subsets names 'dev'"),
    ],
)
def test_what_can_not_be_made_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FirstShot(**fields)  # type: ignore[arg-type]
