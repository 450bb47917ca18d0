"""A method that looks for labels in all that it is given.

Each clip gets a score by each thing that it can tell of it beside its sound.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

MARK = rb"zq[0-9]{6}zq"  # in the name of every test clip; the pattern isn't one itself
CLIPS = 60  # of each label

LISTENER = '''\
"""Scores by whatever isn't sound."""

import gc
import pickle
import re
import sys
import time
import traceback
import os
from dataclasses import astuple, dataclass
from hashlib import sha256
from typing import ClassVar

import numpy as np


def number(thing):
    return float(int(sha256(repr(thing).encode()).hexdigest()[:8], 16))


def timed(test, place):
    began = time.perf_counter()
    test.waves([place])
    return time.perf_counter() - began


def of_bank(test, what):
    return [getattr(test.bank, what)[row] for row in test._rows]


PROBES = {
    "place": lambda test: range(len(test)),
    "place_backwards": lambda test: range(len(test), 0, -1),
    "row_in_the_bank": lambda test: test._rows,
    "hash_of_the_sound": lambda test: [int(c[:8], 16) for c in of_bank(test, "content")],
    "notes": lambda test: map(number, of_bank(test, "notes")),
    "fields": lambda test: map(number, map(astuple, test)),
    "fields_and_place": lambda test: map(number, enumerate(map(astuple, test))),
    "size": lambda test: map(sys.getsizeof, test),
    "size_when_pickled": lambda test: [len(pickle.dumps(clip)) for clip in test],
    "address": lambda test: map(id, test),
    "address_of_the_id": lambda test: [id(clip.id) for clip in test],
    "references": lambda test: map(sys.getrefcount, test),
    "seconds_to_read": lambda test: [timed(test, place) for place in range(len(test))],
    "order_of_birth": lambda test: map({id(o): n for n, o in enumerate(gc.get_objects())}
                                       .__getitem__, map(id, test)),
}


def seen():
    """How many marks, labels and names are here: objects, words, open files, all of the memory."""
    mark = re.compile(rb"zq[0-9]{6}zq")
    clips = [one for one in gc.get_objects() if type(one).__name__ == "Clip"]
    told = sum(not (clip.anomalous is None and clip.name is None) for clip in clips)
    told += sum(clip.split == "test" and bool(clip.domain or clip.attributes) for clip in clips)
    words = [*os.environ.values(), *sys.argv, "".join(traceback.format_stack())]
    links = [f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd")]
    words += [os.readlink(link) for link in links if os.path.lexists(link)]
    told += sum(len(mark.findall(word.encode("utf-8", "replace"))) for word in words)
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps.read().splitlines():
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            if line.split()[1][0] == "r" and not line.endswith(("[vvar]", "[vsyscall]", ".so")):
                try:
                    memory.seek(begin)
                    told += len(mark.findall(memory.read(end - begin)))
                except (OSError, OverflowError, ValueError):
                    continue
    return told


@dataclass
class Listener:
    """Looks, doesn't listen, and writes down what each clip would score by each thing."""

    scope: ClassVar[str] = "machine"

    def fit(self, train, context):
        self.log = context.log

    def score(self, test):
        if len(test) > 1:  # one is scored again, for what it costs
            for name, probe in PROBES.items():
                self.log(name, 1, 1.0, **{f"clip{n}": s for n, s in enumerate(probe(test))})
            self.log("seen", 1, 1.0, found=seen())
        return np.arange(len(test))

    def train_scores(self, train):
        return np.zeros(len(train))
'''


def noise(root: Path) -> Path:
    """Recordings of one noise, normal or not, source or target: only names and folders tell."""
    draw = np.random.default_rng(0)
    for split, label, count in (
        ("train", "normal", 8),
        ("test", "normal", CLIPS),
        ("test", "anomaly", CLIPS),
    ):
        for place in range(count):
            domain = ("source", "target")[place % 2]
            mark = f"zq{draw.integers(10**5, 10**6)}zq" if split == "test" else "x"
            name = f"section_00_{domain}_{split}_{label}_{place:04d}_m_{mark}.wav"
            path = root / "dev_data" / "fan" / split / name
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, draw.normal(0, 0.1, 3200), 16000, subtype="PCM_16")
    return root
