"""A method that would profit from labels, if it could get at them."""

from __future__ import annotations

SPY = '''\
"""Looks for labels and names wherever it can, takes notes, and uses what it finds."""

import json
import os
import pickle
import sys
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import numpy as np

from asdbench import tunable


@dataclass
class Spy:
    """The label itself, where there is one; else how far some mel bands are from the usual."""

    scope: ClassVar[str] = "machine"

    peek: bool = tunable(False, choices=(False, True))
    first: int = tunable(40, low=0, high=100)

    def fit(self, train, context):
        self.where_ = str(context.scratch)
        self.note("fit", train, context)
        self.mean_ = train.logmel().mean(dim=(0, 2)).numpy()

    def score(self, test):
        self.note("score", test, None)
        far = np.abs(test.logmel().mean(dim=2).numpy() - self.mean_)
        scores = far[:, self.first : self.first + 28].mean(axis=1)
        if self.peek:
            scores = np.where([leak(clip) for clip in test], 1e6 + scores, scores)
        return scores

    def note(self, when, clips, context):
        seen = {
            "when": when,
            "scratch": self.where_,
            "labels": sorted({repr(clip.anomalous) for clip in clips}),
            "names": sorted({repr(clip.name) for clip in clips}),
            "splits": sorted({clip.split for clip in clips}),
            "sounds": [sha256(wave.tobytes()).hexdigest() for wave in clips.waves().numpy()],
            "around": [
                repr(sys.argv),
                repr(dict(os.environ)),
                os.getcwd(),
                *sorted(os.listdir()),
                repr(context),
                repr([asdict(clip) for clip in clips]),
                pickle.dumps(clips).decode("latin-1"),
            ],
        }
        with open(Path(__file__).with_name("seen.jsonl"), "a") as file:
            file.write(json.dumps(seen) + "\\n")


def leak(clip):
    """What gives an anomaly away: its label, or its name."""
    return bool(clip.anomalous) or "anomaly" in (clip.name or "") or "pseudo" in (clip.name or "")
'''
