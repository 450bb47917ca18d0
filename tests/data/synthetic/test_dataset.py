"""The synthetic dataset: what it declares."""

from dataclasses import replace

import numpy as np
import pytest

from asdbench.data.synthetic.dataset import Synthetic

SPLITS = ("train", "test")
SMALL = Synthetic(seconds=2.0, train=2, test_normal=3, test_anomalous=12)


def test_ids_and_subsets_are_two_folds_of_three():
    ids = {(r.clip.subset, r.clip.id) for r in SMALL.recordings()}
    assert ids == {
        *(("development", id) for id in ("00", "02", "04")),
        *(("evaluation", id) for id in ("01", "03", "05")),
    }


def test_names_are_those_of_the_dcase_2020_tree():
    clips = [r.clip for r in SMALL.recordings() if (r.clip.machine, r.clip.id) == ("valve", "02")]
    assert [c.name for c in clips if c.split == "train"] == [
        "normal_id_02_00000000.wav",
        "normal_id_02_00000001.wav",
    ]
    assert [c.name for c in clips if c.split == "test" and c.anomalous] == [
        f"anomaly_id_02_{index:08d}.wav" for index in range(12)
    ]
    assert all(c.anomalous == c.name.startswith("anomaly") for c in clips)
    assert all(not c.anomalous for c in clips if c.split == "train")


def test_machines_and_subsets_select():
    some = Synthetic(machines=("pump",), subsets=("evaluation",)).recordings()
    assert {(r.clip.machine, r.clip.id) for r in some} == {("pump", i) for i in ("01", "03", "05")}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("machines", ("fan", "toaster")),
        ("machines", ()),
        ("machines", ("fan", "fan")),
        ("subsets", ("dev",)),
        ("seconds", 0.2),
        ("seconds", float("nan")),
        ("train", 0),
        ("test_normal", -1),
        ("test_anomalous", 0),
    ],
)
def test_a_bad_field_is_named(field, value):
    with pytest.raises(ValueError, match=rf"{field} (is|names) .*; (choose|name)"):
        Synthetic(**{field: value})


def test_a_source_gives_what_it_promises():
    recording = SMALL.recordings()[0]
    samples, rate = recording.source.read()
    header = recording.source.header()
    assert samples.dtype == np.int16
    assert samples.shape == (header.frames,) == (32_000,)
    assert rate == header.rate == 16_000


def test_a_clip_is_the_same_whatever_the_counts():
    def sources(dataset):
        return {
            (r.clip.subset, r.clip.machine, r.clip.id, r.clip.split, r.clip.name): r.source
            for r in dataset.recordings()
        }

    few, many = sources(SMALL), sources(replace(SMALL, train=9, test_normal=8, test_anomalous=30))
    assert all(source.identity == many[key].identity for key, source in few.items())
    for key in list(few)[:: len(few) // 5]:
        np.testing.assert_array_equal(few[key].read()[0], many[key].read()[0])


def test_test_clips_are_tagged_and_training_clips_are_not():
    for clip, _, tags, _ in SMALL.recordings():
        if clip.split == "train":
            assert not tags
        else:
            assert {"fault", "severity"} <= tags.keys() or not clip.anomalous
            assert ("fault" in tags) == clip.anomalous
            assert "domain" not in tags


def test_few_training_clips_and_half_of_the_test_clips_are_of_the_target_domain():
    some = Synthetic(machines=("pump",), train=20, test_normal=6, test_anomalous=18, domains=True)
    recordings = [r for r in some.recordings() if r.clip.id == "00"]
    names = {split: [r.clip.name for r in recordings if r.clip.split == split] for split in SPLITS}
    assert sum("_target_" in name for name in names["train"]) == 2
    assert sum("_target_" in name for name in names["test"]) == 12
    for clip, _, tags, _ in recordings:
        assert clip.split == "train" or f"id_00_{tags['domain']}_" in clip.name
    plain = {r.source.identity for r in replace(some, domains=False).recordings()}
    assert plain.isdisjoint(r.source.identity for r in recordings)


def test_identity_tells_every_clip_from_every_other():
    identities = [
        recording.source.identity
        for dataset in (
            SMALL,
            replace(SMALL, seconds=3.0),
            replace(SMALL, seed=1),
            replace(SMALL, domains=True),
        )
        for recording in dataset.recordings()
    ]
    assert len(set(identities)) == len(identities)
