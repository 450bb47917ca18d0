"""Scored clips of sections with two domains, drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from asdbench.evaluation.entries import Entry, MachineId, Scored


def scored(rng: np.random.Generator, quality: float, repeats: int = 2, n: int = 50) -> Scored:
    """Clips of one section, ``n`` of each label and domain; the target domain scores higher."""
    labels = np.repeat([False, True, False, True], n)
    target = np.repeat([False, False, True, True], n)
    scores = rng.normal(size=(repeats, 4 * n)) + quality * labels + 0.7 * target
    domains = tuple("target" if one else "source" for one in target)
    clips = tuple(f"{place}.wav" for place in range(4 * n))
    return Scored(labels, scores, clips, domains)


def entry(label: str, ids: Mapping[MachineId, Scored], **record: Any) -> Entry:
    whole = {"label": label, "method": label, "summary": "", "origin": {"kind": "run"}, **record}
    count = len(next(iter(ids.values())).scores)
    return Entry({"repeats": [[]] * count, **whole}, list(range(count)), 1.0, ids)


def sections(quality: float, seed: int = 0, **how: Any) -> dict[MachineId, Scored]:
    rng = np.random.default_rng(seed)
    names = product(("fan", "ToyCar", "valve"), ("00", "01"))
    return {
        MachineId(*of_id): scored(rng, quality + 0.3 * place, **how)
        for place, of_id in enumerate(names)
    }
