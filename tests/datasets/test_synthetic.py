"""The synthetic dataset: what it declares, that its sounds never change, and how hard they are."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from asdbench.datasets import machine_sounds
from asdbench.datasets.machine_sounds import SEVERITIES, Take, physics
from asdbench.datasets.synthetic import Synthetic

SMALL = Synthetic(seconds=2.0, train=2, test_normal=3, test_anomalous=12)

# --- what it declares


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


@pytest.mark.parametrize("machine", machine_sounds.MACHINES)
@pytest.mark.parametrize("count", [3, 5, 9, 12, 15, 36])
def test_any_number_of_anomalies_is_balanced(machine, count):
    kinds = [machine_sounds.fault_of(machine, index) for index in range(count)]
    every = [(f, s) for f in machine_sounds.faults(machine) for s in SEVERITIES]
    counts = Counter(kinds)
    assert set(kinds) <= set(every)
    assert max(counts[k] for k in every) - min(counts[k] for k in every) <= 1
    by_severity = Counter(s for _, s in kinds)
    assert max(by_severity.values()) - min(by_severity[s] for s in SEVERITIES) <= 2


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


# --- the same samples, always and everywhere


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


def test_identity_tells_every_clip_from_every_other():
    identities = [
        recording.source.identity
        for dataset in (SMALL, replace(SMALL, seconds=3.0), replace(SMALL, seed=1))
        for recording in dataset.recordings()
    ]
    assert len(set(identities)) == len(identities)


def test_the_seed_changes_the_sound():
    take = Take("fan", "00", "train", 0, seconds=2.0)
    assert not np.array_equal(take.record(), replace(take, seed=1).record())


def _digest(machine):
    takes = [Take(machine, "00", "train", 0, seconds=10.0)]
    takes += [
        Take(machine, "01", "test", i, *machine_sounds.fault_of(machine, i), seconds=2.0)
        for i in range(2 * len(machine_sounds.faults(machine)))
    ]
    sound = hashlib.sha256()
    for take in takes:
        sound.update(take.record().astype("<i2").tobytes())
    return sound.hexdigest()[:16]


HASHES = {
    "fan": "470bfd8e118b9fec",
    "pump": "81ac7f6b2a629bc0",
    "slider": "b9707730ee502a62",
    "valve": "99c619eb03338c93",
}


_CHILD = """
import sys
import numpy
from numpy._core._multiarray_umath import __cpu_features__ as features
assert not [name for name in sys.argv[2].split() if features[name]]
sys.path.insert(0, sys.argv[1])
from test_synthetic import HASHES, _digest
print(*map(_digest, HASHES))
"""


def test_samples_are_pinned():
    """If this fails with a new NumPy, its random stream has changed: raise VERSION."""
    assert {machine: _digest(machine) for machine in HASHES} == HASHES


def test_samples_are_the_same_on_a_lesser_cpu():
    """Without any of the vector instructions that NumPy or the C library would choose."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    extra = " ".join(name for name in __cpu_dispatch__ if __cpu_features__[name])
    environment = os.environ | {
        "NPY_DISABLE_CPU_FEATURES": extra,
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-FMA,-FMA4",
    }
    child = [sys.executable, "-W", "error::ImportWarning", "-W", "error::RuntimeWarning"]
    child += ["-c", _CHILD, os.path.dirname(__file__), extra]
    done = subprocess.run(child, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == list(HASHES.values())


# --- the physics


def _alone(machine, fault=None, severity=1.0, seconds=8.0):
    """A machine without its factory."""
    unit = machine_sounds._UNITS[machine]["00"]
    return unit, unit.sound(np.random.default_rng(5), int(seconds * 16_000), fault, severity)


def _line(sound, hertz):
    """How far the envelope's line at (about) these Hz stands out of its surroundings, in dB."""
    envelope = np.square(sound)
    power = np.abs(np.fft.rfft((envelope - envelope.mean()) * np.hanning(len(sound)))) ** 2
    at = np.fft.rfftfreq(len(sound), 1 / 16_000)
    line = power[np.abs(at / hertz - 1) < 0.04].max()
    return 10 * np.log10(line / np.median(power[np.abs(at / hertz - 1) < 0.3]))


@pytest.mark.parametrize("fault", ["imbalance", "bearing"])
def test_a_fan_fault_modulates_the_sound_at_its_rate(fault):
    fan, sick = _alone("fan", fault)
    rate = fan.speed if fault == "imbalance" else fan.speed * fan.balls
    if fault == "bearing":  # listen where only the housing rings
        sick = np.diff(sick, 3)
    _, healthy = _alone("fan")
    healthy = np.diff(healthy, 3) if fault == "bearing" else healthy
    assert _line(sick, rate) > _line(healthy, rate) + 6


def test_a_bearing_is_hit_so_many_times_a_turn():
    turns = physics.rotation(np.random.default_rng(0), 160_000, 25.0)
    assert len(physics.passes(3.1 * turns)) == pytest.approx(3.1 * 25.0 * 10.0, rel=0.04)


def test_a_valve_misses_strokes_but_never_all():
    def openings(severity, seconds):
        valve, sound = _alone("valve", "missed" if severity else None, severity, seconds)
        peaks = np.abs(sound).reshape(-1, 800).max(axis=1)  # of 50 ms each
        return np.sum((peaks[1:] > 0.9) & (peaks[:-1] < 0.9)), seconds / valve.period

    found, expected = openings(0.0, 10.0)
    assert found == pytest.approx(expected, abs=1)
    assert openings(1.0, 10.0)[0] == pytest.approx(0.3 * expected, abs=2)
    assert openings(1.0, 2.0)[0] >= 1


def test_noise_has_the_level_it_says():
    rng = np.random.default_rng(1)
    for response in (physics.band(300.0, 2000.0), physics.slope(1.0)):
        assert physics.rms(physics.noise(rng, 80_000, response)) == pytest.approx(1.0, rel=0.1)
    assert physics.noise(rng, 31_999, physics.slope(1.0)).shape == (31_999,)


def test_a_struck_mode_rings_at_its_frequency_and_dies_away():
    struck = physics.strikes(16_000, np.array([100]))
    sound = physics.ringing(struck, 1500.0, 0.01)
    assert np.argmax(np.abs(np.fft.rfft(sound))) == pytest.approx(1500, abs=3)
    assert np.abs(sound[:100]).max() == 0
    assert 0.95 < np.abs(sound).max() <= 1
    assert np.abs(sound[-1000:]).max() < 1e-9


# --- how hard the faults are to hear
#
# For nearest neighbours on simple features: the mean and the standard deviation of the log-mel
# over time, z-scored by the training clips of the ID. Graded: no fault is free, none is hopeless.


def _features(samples):
    frames = np.lib.stride_tricks.sliding_window_view(samples / 32768.0, 1024)[::512]
    power = np.abs(np.fft.rfft(frames * np.hanning(1024))) ** 2
    decibels = 10 * np.log10(power @ MEL + 1e-10)
    return np.concatenate([decibels.mean(axis=0), decibels.std(axis=0)])


def _mel(bands=64):
    hertz = np.arange(513) * 15.625
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8000 / 700), bands + 2) / 2595) - 1)
    rise = (hertz[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - hertz[:, None]) / np.diff(edges)[1:]
    return np.maximum(0, np.minimum(rise, fall))


MEL = _mel()


def _auc(normal, anomalous):
    difference = np.subtract.outer(anomalous, normal)
    return np.mean(difference > 0) + 0.5 * np.mean(difference == 0)


def _distances(train, test):
    scale = train.std(axis=0)
    return np.sqrt(np.square((test[:, None] - train) / scale).sum(axis=2))


def probe(machine, ids, *, seconds, train, normal, anomalous):
    """AUCs of 2-NN and of the RMS by (fault, severity), 1-NN accuracy on the ID, highest sample."""
    peak = 0

    def hear(id, split, count, *fault):
        nonlocal peak
        sounds = [
            Take(machine, id, split, i, *fault, seconds=seconds).record() for i in range(count)
        ]
        peak = max(peak, *(int(np.abs(s.astype(int)).max()) for s in sounds))
        loud = np.array([s.astype(float).std() for s in sounds])
        return np.array([_features(s) for s in sounds]), loud

    auc, loudness, learnt, held_out = {}, {}, [], []
    for id in ids:
        known, _ = hear(id, "train", train)
        healthy, healthy_loud = hear(id, "test", normal)
        learnt.append(known)
        held_out.append(healthy)
        usual = np.sort(_distances(known, healthy))[:, :2].mean(axis=1)
        for fault in machine_sounds.faults(machine):
            for severity in SEVERITIES:
                sick, sick_loud = hear(id, "test", anomalous, fault, severity)
                unusual = np.sort(_distances(known, sick))[:, :2].mean(axis=1)
                auc.setdefault((fault, severity), []).append(_auc(usual, unusual))
                loudness.setdefault((fault, severity), []).append(_auc(healthy_loud, sick_loud))
    nearest = _distances(np.concatenate(learnt), np.concatenate(held_out)).argmin(axis=1)
    right = np.mean(nearest // train == np.repeat(np.arange(len(ids)), normal))
    return (
        {kind: float(np.mean(of_ids)) for kind, of_ids in auc.items()},
        {kind: float(np.mean(of_ids)) for kind, of_ids in loudness.items()},
        float(right),
        peak,
    )


# AUC at severity 0.33, 0.66 and 1, then that of the RMS over all three; 2 s, the development IDs.
TABLE = {
    ("fan", "imbalance"): (0.47, 0.78, 0.86, 0.51),
    ("fan", "bearing"): (0.46, 0.59, 0.88, 0.56),
    ("fan", "clogging"): (0.55, 0.77, 0.93, 0.58),
    ("pump", "leak"): (0.40, 0.53, 0.67, 0.43),
    ("pump", "cavitation"): (0.55, 0.68, 0.87, 0.48),
    ("pump", "clogging"): (0.52, 0.71, 0.76, 0.44),
    ("slider", "rail"): (0.52, 0.64, 0.72, 0.53),
    ("slider", "grease"): (0.53, 0.64, 0.83, 0.44),
    ("slider", "belt"): (0.51, 0.61, 0.81, 0.53),
    ("valve", "late"): (0.46, 0.70, 0.67, 0.42),
    ("valve", "missed"): (0.51, 0.76, 0.76, 0.48),
    ("valve", "leak"): (0.57, 0.55, 0.89, 0.48),
    ("valve", "chatter"): (0.52, 0.59, 0.67, 0.52),
}
PROBE = {"seconds": 2.0, "train": 20, "normal": 16, "anomalous": 8}


@pytest.fixture(scope="module")
def heard():
    return {m: probe(m, ("00", "02", "04"), **PROBE) for m in machine_sounds.MACHINES}


def test_the_table_is_frozen(heard):
    """Exact samples give exact figures; the band is for the features' last bits and ties."""
    for (machine, fault), (*pinned, loudness) in TABLE.items():
        auc, loud, _, _ = heard[machine]
        found = [auc[fault, severity] for severity in SEVERITIES]
        assert found == pytest.approx(pinned, abs=0.02), (machine, fault)
        found_loud = np.mean([loud[fault, severity] for severity in SEVERITIES])
        assert found_loud == pytest.approx(loudness, abs=0.02), (machine, fault)
        assert 0.38 < found_loud < 0.62, "loudness tells"
    assert set(TABLE) == {(m, f) for m in machine_sounds.MACHINES for f in machine_sounds.faults(m)}


def test_no_machine_is_free_or_hopeless(heard):
    for machine, (auc, _, id_accuracy, peak) in heard.items():
        assert 0.58 < np.mean(list(auc.values())) < 0.85, machine
        assert 0.6 < id_accuracy < 0.97, machine
        assert peak < 32_000, machine
        for fault in machine_sounds.faults(machine):
            mild, _, severe = (auc[fault, severity] for severity in SEVERITIES)
            assert mild < 0.72, (machine, fault)
            assert mild + 0.1 < severe < 0.99, (machine, fault)


@pytest.mark.slow
@pytest.mark.parametrize("ids", [("00", "02", "04"), ("01", "03", "05")])
@pytest.mark.parametrize("machine", machine_sounds.MACHINES)
def test_every_fault_grows_with_its_severity(machine, ids):
    """More and longer clips than above, so that chance doesn't hide the order."""
    auc, loud, id_accuracy, peak = probe(
        machine, ids, seconds=4.0, train=40, normal=30, anomalous=30
    )
    for fault in machine_sounds.faults(machine):
        mild, medium, severe = (auc[fault, severity] for severity in SEVERITIES)
        assert 0.4 < mild < medium < severe < 0.99, fault
        assert severe > 0.6, fault
        assert all(0.36 < loud[fault, s] < 0.64 for s in SEVERITIES), fault
    assert 0.6 < np.mean(list(auc.values())) < 0.85
    assert 0.7 < id_accuracy < 0.98
    assert peak < 32_000
