"""The proxy task: what it is made of, what it never touches, and what a detector makes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from asdbench import Context, plugins
from asdbench.audio import Generated
from asdbench.clips import Clip, Recording
from asdbench.datasets import load
from asdbench.datasets.proxy import UNGRADED, UNSEEN_ID, Proxy, family_of
from asdbench.datasets.pseudo_anomalies import (
    GRADES,
    families_of,
)
from asdbench.datasets.pseudo_anomalies.altered import Altered, Fault
from asdbench.datasets.synthetic import Synthetic
from asdbench.frontend import Frontend
from asdbench.metrics import auc
from asdbench.seeds import derive

RATE = 16_000
ALL_GRADES = {"grades": GRADES}

# --- small datasets


@dataclass(frozen=True)
class Listed:
    """A dataset of just these recordings."""

    items: Sequence[Any]

    def recordings(self) -> list[Any]:
        return list(self.items)


def noise(seed: int, seconds: float = 4.0, level: float = 0.05) -> np.ndarray:
    return level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def source(name: str, wave: np.ndarray, rate: int = RATE) -> Generated:
    samples = np.rint(wave * 32768).astype(np.int16)
    return Generated(name, lambda: samples, len(samples), rate)


def train(machine: str, id: str, count: int) -> list[Recording]:
    """Half a second each, no two alike."""
    return [
        Recording(
            Clip(machine, id, "development", "train", False, f"normal_id_{id}_{i}.wav"),
            source(f"{machine} {id} {i}", noise(derive(i, machine, id), 0.5)),
        )
        for i in range(count)
    ]


def proxy(*groups: list[Recording], **fields: Any) -> list[Recording]:
    return Proxy(Listed([r for group in groups for r in group]), **fields).recordings()


def split(recordings: list[Recording], which: str) -> list[Recording]:
    return [r for r in recordings if r.clip.split == which]


def number(recording: Recording) -> int:
    return int(str(recording.clip.name).rpartition("_")[2].removesuffix(".wav"))


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
    clips, _, _ = load(made, Frontend())
    assert len(clips) == len(made)
    assert sounds(made) == sounds(proxy(normal))


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


def test_a_name_tells_family_and_grade_and_agrees_with_the_label() -> None:
    groups = [train(machine, id, 9) for machine in ("fan", "valve") for id in "abc"]
    made = split(proxy(*groups, **ALL_GRADES), "test")
    for r in made:
        assert (family_of(str(r.clip.name)) is not None) == r.clip.anomalous
    graded = {f for f in (family_of(str(r.clip.name)) for r in made) if f and f.family != UNSEEN_ID}
    assert graded == {(f, g) for f in {*families_of("fan"), *families_of("valve")} for g in GRADES}
    assert len({(r.clip.machine, r.clip.id, r.clip.name) for r in made}) == len(made)
    assert family_of("normal_pseudo_tone_mild_1.wav") is None


def test_every_family_and_grade_gets_the_same_clips_spread_over_the_block() -> None:
    made = split(proxy(train("fan", "00", 48), per_family=4, **ALL_GRADES), "test")
    faulty = [r for r in made if r.clip.anomalous]
    counts = Counter(family_of(str(r.clip.name)) for r in faulty)
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
    unseen = [r for r in made if family_of(str(r.clip.name)) == (UNSEEN_ID, UNGRADED)]
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


# --- the same samples, always and everywhere


def test_neither_order_nor_company_nor_grades_change_a_clip() -> None:
    fans, valves = train("fan", "00", 8), train("valve", "00", 8)
    alone = sounds(proxy(fans))
    together = sounds(proxy(valves, fans[::-1], **ALL_GRADES))
    assert alone.items() <= together.items()


def test_another_process_makes_the_same_samples() -> None:
    script = (
        "import hashlib\n"
        "from asdbench.datasets.proxy import Proxy\n"
        "from asdbench.datasets.synthetic import Synthetic\n"
        "wrapped = Synthetic(machines=('slider',), subsets=('development',), seconds=1, train=3)\n"
        "sounds = [r.source.read()[0].tobytes() for r in Proxy(wrapped).recordings()]\n"
        "digest = hashlib.sha256(b''.join(sounds)).hexdigest()\n"
    )
    here: dict[str, Any] = {}
    exec(script, here)
    environment = {**os.environ, "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "2"}
    command = [sys.executable, "-c", script + "print(digest)"]
    there = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert there.stdout.strip() == here["digest"]


def test_identity_tells_every_sound_from_every_other_and_nothing_else() -> None:
    group = train("slider", "00", 6)
    made = [*proxy(group, **ALL_GRADES), *proxy(group, seed=1, **ALL_GRADES)]
    test = split(made, "test")
    assert len({r.source.identity for r in test}) == len(test)
    moved = Altered(Recording(group[0].clip, replace(group[0].source, identity="moved")), 0)
    assert moved.identity != Altered(group[0], 0).identity
    assert Altered(group[0], 0).identity == Altered(group[0], 0).identity


def test_clips_of_one_sound_get_nuisances_and_faults_of_their_own() -> None:
    group = [Recording(r.clip, source("same", noise(0, 0.5))) for r in train("fan", "00", 24)]
    made = split(proxy(group, train("fan", "02", 3), families=("tone",)), "test")
    mine = [r.source for r in made if r.clip.id == "00"]
    assert len({s.identity for s in mine}) == 12
    assert len({s.read()[0].tobytes() for s in mine}) == 12


def test_nothing_is_read_before_it_is_asked_for() -> None:
    unread = [Recording(r.clip, SealedSource()) for r in train("fan", "00", 5)]
    assert len(proxy(unread)) == 3 + 2 + 2 * len(families_of("fan"))


def test_a_clip_is_mono_and_keeps_its_length_and_rate() -> None:
    @dataclass(frozen=True)
    class Stereo:
        identity: str = "stereo"

        def header(self) -> Any:
            return Generated("", lambda: None, 11_025, 22_050).header()._replace(channels=2)

        def read(self) -> Any:
            return np.stack([noise(1, 1.0), -0.5 * noise(1, 1.0)], axis=1)[:11_025], 22_050

    [r, *_] = train("fan", "00", 1)
    altered = Altered(Recording(r.clip, Stereo()), 0)
    samples, rate = altered.read()
    assert (samples.dtype, samples.shape, rate) == (np.int16, (11_025,), 22_050)
    assert altered.header() == (11_025, 22_050, 1)
    # Channels of opposite sign average to a quarter; the gain is within 2 dB.
    assert 0.79 < samples.std() / 32768 / (0.25 * 0.05) < 1.27


def test_a_pseudo_anomaly_has_the_nuisances_of_its_normal_clip() -> None:
    made = split(proxy(train("pump", "00", 3), families=("modulation",)), "test")
    normal, faulty = (r.source.read()[0].astype(float) for r in made)
    swell = faulty[np.abs(normal) > 100] / normal[np.abs(normal) > 100]
    assert swell.max() / swell.min() == pytest.approx(1.3 / 0.7, rel=0.05)


def test_a_loud_clip_is_turned_down_and_not_clipped() -> None:
    square = np.sign(np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE))
    loud = 0.99 * square + noise(0, 1.0, 0.001)
    clip = Clip("fan", "00", "development", "train", False, "a.wav")
    for seed in range(8):
        for fault in (None, Fault("resonance", "strong"), Fault("tone", "strong")):
            altered = Altered(Recording(clip, source("loud", loud)), seed, fault)
            samples = np.abs(altered.read()[0].astype(int))
            assert (samples >= 32767).sum() <= 2
    assert samples.max() > 20_000


# --- what a detector makes of it


def proxy_aucs(context: Context, wrapped: Any, **fields: Any) -> dict[str, float]:
    """Of `knn`, by grade, the mean over machine types, IDs and families."""
    clips, _, _ = load(Proxy(wrapped, **fields).recordings(), Frontend())
    found: dict[str, list[float]] = {}
    for machine in {clip.machine for clip in clips}:
        here = clips.where(machine=machine)
        method = plugins.load(plugins.METHODS, "knn")()
        method.fit(here.where(split="train").blind(), context)
        test = here.where(split="test")
        scores = method.score(test.blind())
        faults = [family_of(str(clip.name)) for clip in test]
        for id in {clip.id for clip in test}:
            mine = np.array([clip.id == id for clip in test])
            for fault in {f for f in faults if f}:
                chosen = mine & np.array([f in (None, fault) for f in faults])
                label = np.array([f is not None for f in faults])[chosen]
                if label.any():
                    found.setdefault(fault.grade, []).append(auc(label, scores[chosen]))
    return {grade: float(np.mean(values)) for grade, values in found.items()}


def test_a_detector_finds_stronger_faults_more_easily(context: Context) -> None:
    wrapped = Synthetic(machines=("fan",), subsets=("development",), seconds=1.0, train=24)
    fields = {"families": ("modulation", "band_flow")}
    found = proxy_aucs(context, wrapped, grades=("mild", "strong"), **fields)
    assert 0.4 < found["mild"] < found["strong"] - 0.1


@pytest.mark.slow
def test_the_middle_grade_of_every_machine_type_is_neither_free_nor_hopeless(
    context: Context,
) -> None:
    for machine in ("fan", "pump", "slider", "valve"):
        wrapped = Synthetic(machines=(machine,), subsets=("development",), seconds=2.0, train=60)
        found = proxy_aucs(context, wrapped, families=families_of(machine), **ALL_GRADES)
        assert 0.45 < found["mild"] < found["medium"] < found["strong"] < 0.99
        assert 0.55 < found["medium"] < 0.9
