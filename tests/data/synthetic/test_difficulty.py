"""How hard the faults are to hear: graded, none is free, none is hopeless, and level doesn't tell.

Pinned for simple detectors (tests/support/detectors.py), so that a change of the sounds shows.
"""

import numpy as np
import pytest
from detectors import DETECTORS, probe

from asdbench.data.synthetic.takes import MACHINES, SEVERITIES, faults

# AUC at the three severities: of the nearest neighbour in log-mel statistics, of the spectral
# centroid, of the level. 2 s, the development IDs.
TABLE = {
    ("fan", "imbalance"): ((0.72, 0.91, 0.99), (0.44, 0.53, 0.49), (0.41, 0.49, 0.58)),
    ("fan", "bearing"): ((0.6, 0.88, 0.96), (0.43, 0.46, 0.59), (0.48, 0.48, 0.59)),
    ("fan", "clogging"): ((0.73, 0.94, 1.0), (0.48, 0.51, 0.43), (0.53, 0.33, 0.55)),
    ("pump", "leak"): ((0.52, 0.72, 0.96), (0.6, 0.98, 1.0), (0.52, 0.38, 0.48)),
    ("pump", "cavitation"): ((0.8, 0.98, 1.0), (0.5, 0.55, 0.94), (0.39, 0.35, 0.53)),
    ("pump", "clogging"): ((0.7, 0.91, 0.98), (0.58, 0.67, 0.64), (0.51, 0.5, 0.51)),
    ("slider", "rail"): ((0.58, 0.81, 0.98), (0.54, 0.52, 0.52), (0.59, 0.53, 0.53)),
    ("slider", "grease"): ((0.64, 0.69, 0.9), (0.61, 0.57, 0.69), (0.52, 0.55, 0.53)),
    ("slider", "belt"): ((0.57, 0.76, 0.98), (0.49, 0.62, 0.79), (0.56, 0.53, 0.53)),
    ("valve", "late"): ((0.51, 0.56, 0.57), (0.53, 0.45, 0.55), (0.57, 0.5, 0.63)),
    ("valve", "missed"): ((0.56, 0.68, 0.66), (0.51, 0.43, 0.52), (0.47, 0.61, 0.6)),
    ("valve", "leak"): ((0.64, 0.72, 0.88), (0.64, 0.4, 0.52), (0.65, 0.56, 0.55)),
    ("valve", "chatter"): ((0.59, 0.71, 0.81), (0.53, 0.65, 0.74), (0.68, 0.65, 0.57)),
}

PROBE = {"seconds": 2.0, "train": 20, "normal": 24, "anomalous": 10}


@pytest.fixture(scope="module")
def heard():
    return {m: probe(m, ("00", "02", "04"), **PROBE) for m in MACHINES}


def test_the_table_is_frozen(heard):
    """Exact samples give exact figures; the band is for the features' last bits and ties."""
    for (machine, fault), pinned in TABLE.items():
        auc, _ = heard[machine]
        for detector, figures in zip(DETECTORS, pinned, strict=True):
            found = [auc[detector, fault, severity] for severity in SEVERITIES]
            assert found == pytest.approx(figures, abs=0.02), (machine, fault, detector)
    assert set(TABLE) == {(m, f) for m in MACHINES for f in faults(m)}


def overall(auc, detector, *severities):
    """The mean AUC of a detector over faults and these severities."""
    return np.mean([v for (d, _, s), v in auc.items() if d == detector and s in severities])


def test_level_alone_tells_nothing_and_brightness_little(heard):
    levels = [overall(auc, "level", *SEVERITIES) for auc, _ in heard.values()]
    assert 0.45 < np.mean(levels) < 0.55
    assert all(0.4 < level < 0.6 for level in levels)
    for machine, (auc, _) in heard.items():
        assert overall(auc, "centroid", *SEVERITIES) < 0.75, machine  # a leak does whistle


def test_no_machine_is_free_or_hopeless(heard):
    for machine, (auc, id_accuracy) in heard.items():
        mild, medium, strong = (overall(auc, "neighbour", s) for s in SEVERITIES)
        assert 0.5 < mild < 0.78, machine
        assert mild + 0.08 < medium < strong - 0.03, machine
        assert 0.6 < (mild + medium + strong) / 3 < 0.88, machine
        assert 0.6 < id_accuracy < 0.97, machine


@pytest.mark.slow
@pytest.mark.parametrize("ids", [("00", "02", "04"), ("01", "03", "05")])
@pytest.mark.parametrize("machine", MACHINES)
def test_every_fault_grows_with_its_severity(machine, ids):
    """More and longer clips than above, so that chance doesn't hide the order."""
    auc, id_accuracy = probe(machine, ids, seconds=4.0, train=40, normal=40, anomalous=30)
    for fault in faults(machine):
        mild, medium, strong = (auc["neighbour", fault, severity] for severity in SEVERITIES)
        assert 0.4 < mild < 0.9, fault
        assert mild < medium < strong + 0.03, fault  # averages hardly tell how late a valve is
        assert strong > 0.55, fault
    assert 0.4 < overall(auc, "level", *SEVERITIES) < 0.6
    assert 0.55 < id_accuracy < 1.0
