"""Takes: the same samples always and everywhere, and faults that go round."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from asdbench.data.synthetic.takes import (
    MACHINES,
    SEVERITIES,
    Take,
    fault_of,
    faults,
    in_target,
)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("count", [3, 5, 9, 12, 15, 36])
def test_any_number_of_anomalies_is_balanced(machine, count):
    kinds = [fault_of(machine, index) for index in range(count)]
    every = [(f, s) for f in faults(machine) for s in SEVERITIES]
    counts = Counter(kinds)
    assert set(kinds) <= set(every)
    assert max(counts[k] for k in every) - min(counts[k] for k in every) <= 1
    by_severity = Counter(s for _, s in kinds)
    assert max(by_severity.values()) - min(by_severity[s] for s in SEVERITIES) <= 2


@pytest.mark.parametrize("machine", MACHINES)
def test_each_fault_and_severity_is_as_often_in_either_domain(machine):
    round_ = len(faults(machine)) * len(SEVERITIES)
    kinds = [(*fault_of(machine, i), in_target(machine, i)) for i in range(2 * round_)]
    assert len(set(kinds)) == 2 * round_
    assert sum(target for *_, target in kinds[:round_]) == pytest.approx(round_ / 2, abs=0.5)


def test_tags_say_what_is_known_of_a_clip():
    healthy = Take("fan", "00", "test", 3, seconds=2.0).tags
    assert set(healthy) == {"snr", "operating_point"}
    assert healthy["snr"] in {"0 dB", "3 dB", "6 dB"}
    assert healthy["operating_point"] in {"full", "part"}
    faulty = Take("fan", "00", "test", 3, "bearing", 0.7, domain="target", seconds=2.0).tags
    assert faulty.keys() - healthy.keys() == {"fault", "severity", "domain"}
    assert (faulty["fault"], faulty["severity"], faulty["domain"]) == (
        "bearing",
        "medium",
        "target",
    )


def test_the_domain_changes_the_sound():
    take = Take("fan", "00", "train", 0, seconds=2.0)
    sounds = {replace(take, domain=d).record().tobytes() for d in (None, "source", "target")}
    assert len(sounds) == 3


def test_the_seed_changes_the_sound():
    take = Take("fan", "00", "train", 0, seconds=2.0)
    assert not np.array_equal(take.record(), replace(take, seed=1).record())


def _digest(machine):
    takes = [Take(machine, "00", "train", 0, seconds=10.0)]
    takes += [
        Take(machine, "01", "test", i, *fault_of(machine, i), seconds=2.0)
        for i in range(2 * len(faults(machine)))
    ]
    takes += [Take(machine, "02", "test", 0, domain="target", seconds=2.0)]
    sound = hashlib.sha256()
    for take in takes:
        sound.update(take.record().astype("<i2").tobytes())
    return sound.hexdigest()[:16]


HASHES = {
    "fan": "f7e037fda38dbdfc",
    "pump": "d15d8ae46d58fc1e",
    "slider": "f0b83fbb7eb3e3c2",
    "valve": "e2be87a6a2f87da0",
}


_CHILD = """
import sys
import numpy
from numpy._core._multiarray_umath import __cpu_features__ as features
assert not [name for name in sys.argv[2].split() if features[name]]
sys.path.insert(0, sys.argv[1])
from test_takes import HASHES, _digest
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
