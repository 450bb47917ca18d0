"""Simple detectors, and how well each hears the faults of the synthetic machines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from asdbench.data.synthetic.takes import SEVERITIES, Take, faults

DETECTORS = ("neighbour", "centroid", "level")


def _mel(bands: int = 64) -> np.ndarray:
    hertz = np.arange(513) * 15.625
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8000 / 700), bands + 2) / 2595) - 1)
    rise = (hertz[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    fall = (edges[2:] - hertz[:, None]) / np.diff(edges)[1:]
    return np.maximum(0, np.minimum(rise, fall))


MEL = _mel()


def features(samples: np.ndarray) -> np.ndarray:
    """Mean and deviation over time of 64 log-mel bands; then spectral centroid; then RMS."""
    frames = np.lib.stride_tricks.sliding_window_view(samples / 32768.0, 1024)[::512]
    power = np.abs(np.fft.rfft(frames * np.hanning(1024))) ** 2
    decibels = 10 * np.log10(power @ MEL + 1e-10)
    centroid = np.average(np.arange(513), weights=np.sqrt(power.mean(axis=0)))
    level = samples.astype(float).std()
    return np.concatenate([decibels.mean(axis=0), decibels.std(axis=0), [centroid, level]])


def auc(normal: np.ndarray, anomalous: np.ndarray) -> float:
    difference = np.subtract.outer(anomalous, normal)
    return float(np.mean(difference > 0) + 0.5 * np.mean(difference == 0))


def distances(train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Between the statistics of the log-mel, z-scored by the training clips."""
    train, test = train[:, :-2], test[:, :-2]
    return np.sqrt(np.square((test[:, None] - train) / train.std(axis=0)).sum(axis=2))


def _scores(train: np.ndarray, test: np.ndarray) -> dict[str, np.ndarray]:
    """By detector: nearest neighbour, how unusual the centroid is, and how loud it is."""
    usual = np.median(train[:, -2])
    return {
        "neighbour": distances(train, test).min(axis=1),
        "centroid": np.abs(test[:, -2] - usual),
        "level": test[:, -1],
    }


def hear(count: int, seconds: float, machine: str, id: str, split: str, *fault: object):
    takes = [Take(machine, id, split, index, *fault, seconds=seconds) for index in range(count)]
    return np.array([features(take.record()) for take in takes])


@threadpool_limits.wrap(limits=1)  # products so small take longest to share among threads
def probe(
    machine: str, ids: Sequence[str], *, seconds: float, train: int, normal: int, anomalous: int
) -> tuple[dict[tuple[str, str, float], float], float]:
    """AUCs by (detector, fault, severity), means over the IDs; and 1-NN accuracy on the ID."""
    found: dict[tuple[str, str, float], list[float]] = {}
    learnt, held_out = [], []
    for id in ids:
        known = hear(train, seconds, machine, id, "train")
        healthy = hear(normal, seconds, machine, id, "test")
        learnt.append(known)
        held_out.append(healthy)
        usual = _scores(known, healthy)
        for fault in faults(machine):
            for severity in SEVERITIES:
                sick = hear(anomalous, seconds, machine, id, "test", fault, severity)
                for name, unusual in _scores(known, sick).items():
                    found.setdefault((name, fault, severity), []).append(auc(usual[name], unusual))
    nearest = distances(np.concatenate(learnt), np.concatenate(held_out)).argmin(axis=1)
    right = np.mean(nearest // train == np.repeat(np.arange(len(ids)), normal))
    return {kind: float(np.mean(of_ids)) for kind, of_ids in found.items()}, float(right)
