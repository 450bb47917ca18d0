"""The proxy task: what it is made of, what it never touches, what each test clip is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from proxies import proxy, split, train

from asdbench.config.frontend import Frontend
from asdbench.data.clips import Recording
from asdbench.data.loading import load
from asdbench.data.proxy.dataset import UNGRADED, UNSEEN_ID, faults_of
from asdbench.data.proxy.families import GRADES, families_of

ALL_GRADES = {"grades": GRADES}


def number(recording: Recording) -> int:
    return int(str(recording.clip.name).rpartition("_")[2].removesuffix(".wav"))


def key(recording: Recording) -> tuple[str, str, str]:
    clip = recording.clip
    return clip.machine, clip.id, str(clip.name)


def sounds(recordings: list[Recording]) -> dict[tuple[str, ...], bytes]:
    return {
        (r.clip.machine, r.clip.id, r.clip.split, str(r.clip.name)): r.source.read()[0].tobytes()
        for r in recordings
    }


# --- what it never touches


class Sealed:
    """A test clip of the wrapped dataset: to look at anything but its split is an error."""

    split = "test"

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the proxy task looked at a test clip's {name}")


class SealedSource:
    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the proxy task looked at a test clip's sound: {name}")


def test_the_wrapped_test_clips_are_neither_read_nor_looked_at() -> None:
    sealed = [Recording(Sealed(), SealedSource()) for _ in range(5)]
    normal = train("fan", "00", 6)
    made = proxy(sealed[:2], normal[:3], sealed[2:], normal[3:])
    clips = load(made, Frontend()).clips
    assert len(clips) == len(made)
    assert sounds(made) == sounds(proxy(normal))


def test_nothing_is_read_before_it_is_asked_for() -> None:
    unread = [Recording(r.clip, SealedSource()) for r in train("fan", "00", 5)]
    assert len(proxy(unread)) == 3 + 2 + 2 * len(families_of("fan"))


def test_an_anomaly_among_the_training_clips_is_not_used() -> None:
    normal = train("fan", "00", 6)
    bad = Recording(replace(normal[0].clip, anomalous=True, name="a.wav"), normal[0].source)
    assert sounds(proxy([bad], normal)) == sounds(proxy(normal))


# --- what is held out


@pytest.mark.parametrize(
    ("clips", "held_out"), [(3, 1), (4, 2), (5, 2), (8, 2), (12, 3), (30, 8), (100, 25)]
)
def test_a_quarter_is_held_out_two_at_least_and_two_stay(clips: int, held_out: int) -> None:
    made = proxy(train("fan", "00", clips), families=("tone",))
    assert len(split(made, "train")) == clips - held_out
    assert sum(not r.clip.anomalous for r in split(made, "test")) == held_out


def test_the_share_is_a_field() -> None:
    made = proxy(train("fan", "00", 20), share=0.5)
    assert len(split(made, "train")) == 10


def test_a_block_of_neighbours_is_held_out_in_order_of_file_name() -> None:
    group = train("fan", "00", 24)  # named 0, 1, ... 10, 11: text would put 10 before 2
    starts = set()
    for seed in range(60):
        stay = {number(r) for r in split(proxy(group[::-1], seed=seed), "train")}
        gone = sorted(set(range(24)) - stay)
        assert gone == list(range(gone[0], gone[0] + 6))
        starts.add(gone[0])
    assert {min(starts), max(starts)} == {0, 18}


def test_training_clips_are_the_wrapped_ones_unchanged() -> None:
    group = train("fan", "00", 8)
    assert all(r in group for r in split(proxy(group), "train"))


def test_an_id_with_two_clips_trains_and_is_not_scored() -> None:
    made = proxy(train("fan", "00", 2), train("fan", "02", 3))
    assert Counter(r.clip.id for r in split(made, "train")) == {"00": 2, "02": 2}
    assert {r.clip.id for r in split(made, "test")} == {"02"}


@pytest.mark.parametrize(
    ("groups", "fields", "words"),
    [
        ([train("fan", "00", 2), train("fan", "02", 1)], {}, "3 normal .* no.* more than 2"),
        ([], {}, "3 normal .* no.* more than 0"),
        ([train("fan", "00", 9)], {"families": ("event_edit",)}, "event_edit suits fan"),
        ([train("fan", "00", 9)], {"families": ("tones",)}, "families .*did you mean tone"),
        ([train("fan", "00", 9)], {"families": ()}, "families is"),
        ([train("fan", "00", 9)], {"grades": ("medium", "medium")}, "grades is"),
        ([train("fan", "00", 9)], {"grades": ("hard",)}, "grades names 'hard'"),
        ([train("fan", "00", 9)], {"share": 1.0}, "share is 1.0"),
        ([train("fan", "00", 9)], {"per_family": 0}, "per_family is 0"),
    ],
)
def test_what_cannot_be_made_is_said(
    groups: list[list[Recording]], fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        proxy(*groups, **fields)


# --- what the test clips are


def test_each_test_clips_fault_is_known_and_agrees_with_its_label_and_its_name() -> None:
    groups = [train(machine, id, 9) for machine in ("fan", "valve") for id in "abc"]
    made = proxy(*groups, **ALL_GRADES)
    faults = faults_of(made)
    test = split(made, "test")
    assert set(faults) == {key(r) for r in test}
    assert len(faults) == len(test)
    for r in test:
        fault = faults[key(r)]
        assert (fault is not None) == r.clip.anomalous
        start = f"pseudo_{fault.family}_{fault.grade}_" if fault else "normal_"
        assert str(r.clip.name).startswith(start)
    graded = {f for f in faults.values() if f and f.family != UNSEEN_ID}
    assert graded == {(f, g) for f in {*families_of("fan"), *families_of("valve")} for g in GRADES}


def test_a_clips_own_name_makes_it_no_fault() -> None:
    named = [
        r._replace(clip=replace(r.clip, name=f"pseudo_tone_mild_{i}.wav"))
        for i, r in enumerate(train("fan", "00", 6))
    ]
    made = proxy(named, families=("speed",))
    faults = faults_of(made)
    normal = [r for r in split(made, "test") if not r.clip.anomalous]
    assert len(normal) == 2
    assert [faults[key(r)] for r in normal] == [None, None]
    assert set(faults.values()) == {None, ("speed", "medium")}


def test_names_are_what_they_have_always_been() -> None:
    """Fingerprints, and with them all results of tuning, depend on them."""
    made = split(proxy(*(train("fan", i, 3) for i in "abc"), families=("tone", UNSEEN_ID)), "test")
    [unseen] = set("abc") - {r.clip.id for r in made}
    for r in made:
        known = r.source.recording.clip
        claimed = f"pseudo_unseen_id_ungraded_{unseen}_{known.name}"
        allowed = {f"normal_{known.name}", f"pseudo_tone_medium_{known.name}"}
        assert r.clip.name in ({claimed} if known.id == unseen else allowed)


def test_every_family_and_grade_gets_the_same_clips_spread_over_the_block() -> None:
    made = split(proxy(train("fan", "00", 48), per_family=4, **ALL_GRADES), "test")
    faulty = [r for r in made if r.clip.anomalous]
    counts = Counter(faults_of(faulty).values())
    assert set(counts.values()) == {4}
    used = {r.source.recording.clip.name for r in faulty}
    normal = [r.source.recording.clip.name for r in made if not r.clip.anomalous]
    assert len(normal) == 12
    assert used == set(normal[::3])


def test_one_id_of_three_is_unseen_in_training_and_claimed_to_be_the_others() -> None:
    made = proxy(*(train("fan", i, 8) for i in "abc"), *(train("pump", i, 8) for i in "ab"))
    for machine, known in (("fan", 2), ("pump", 2)):
        mine = [r for r in made if r.clip.machine == machine]
        seen = {r.clip.id for r in split(mine, "train")}
        assert len(seen) == known
        assert {r.clip.id for r in split(mine, "test")} == seen
    faults = faults_of(made)
    unseen = [r for r in made if faults.get(key(r)) == (UNSEEN_ID, UNGRADED)]
    assert Counter(r.clip.id for r in unseen).most_common() == [
        (id, 2) for id in sorted({r.clip.id for r in unseen})
    ]
    [stranger] = set("abc") - {r.clip.id for r in unseen}
    for r in unseen:
        assert r.clip.machine == "fan"
        assert r.clip.anomalous
        assert r.source.recording.clip.id == stranger
    strangers = {
        next(family.clip.id for family in proxy(*(train("fan", i, 4) for i in "abc"), seed=seed))
        for seed in range(20)
    }
    assert len(strangers) > 1, "the seed chooses"


def test_without_the_family_every_id_is_trained_on() -> None:
    made = proxy(*(train("fan", i, 8) for i in "abc"), families=("tone",))
    assert {r.clip.id for r in split(made, "train")} == set("abc")


def test_neither_order_nor_company_nor_grades_change_a_clip() -> None:
    fans, valves = train("fan", "00", 8), train("valve", "00", 8)
    alone = sounds(proxy(fans))
    together = sounds(proxy(valves, fans[::-1], **ALL_GRADES))
    assert alone.items() <= together.items()


def test_machine_types_that_only_evaluation_has_choose_nothing() -> None:
    fans, blowers = train("fan", "00", 6), train("Blower", "00", 6)
    judged = [r._replace(clip=replace(r.clip, subset="evaluation")) for r in blowers]
    assert sounds(proxy(fans, judged)) == sounds(proxy(fans))
    assert {r.clip.machine for r in proxy(judged)} == {"Blower"}  # there is nothing else
    fans_of_both = [r._replace(clip=replace(r.clip, subset="evaluation", id="01")) for r in fans]
    assert {r.clip.id for r in proxy(fans, fans_of_both)} == {"00", "01"}
