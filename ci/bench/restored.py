"""Every row of an output folder restored from what its cells keep: are its scores the same bytes?

python ci/bench/restored.py runs/demo: a line a row, with the size of what is kept of a repeat and
the time to restore it. Exit code 1 where a score differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from tabulate import tabulate

from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.data.clips import Clips
from asdbench.data.loading import dataset_of, load
from asdbench.data.threads import threads
from asdbench.detector.members import lent
from asdbench.results.store import WEIGHTS, Store
from asdbench.training.restored import restore
from asdbench.training.saved import read_fitted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    store = Store.existing(parser.parse_args().out)
    lines = []
    for record in store.rows():
        if record["origin"]["kind"] in {"run", "tuned"}:
            recipe = record["recipe"]
            recordings = dataset_of(recipe["dataset"]).recordings()
            clips = load(recordings, Frontend(**recipe["frontend"])).clips
            lines.append(checked(store, record, clips))
    print(tabulate(lines, headers="keys", floatfmt=".2f"))
    return int(any(line["scores"] != line["the same bytes"] for line in lines))


def checked(store: Store, record: dict[str, Any], clips: Clips) -> dict[str, Any]:
    """One row: how many scores, how many of them are the same."""
    count = same = size = 0
    took = 0.0
    for name in (name for names in record["repeats"] for name in names):
        cell = store.cell(name)
        assert cell is not None
        about = cell["cell"]
        machine = about["machine"]
        test = clips.where(split="test", **({"machine": machine} if machine else {}))
        file = store.cell_folder(name) / WEIGHTS
        began = time.perf_counter()
        method = restore(
            plugins.load(plugins.METHODS, about["method"]),
            read_fitted(file),
            lent(store.folder, Numerics(**about["numerics"])),
        )
        took += time.perf_counter() - began
        with threads(about["numerics"]["threads"]):
            found = np.asarray(method.score(test.blind()), dtype=np.float64)
        kept = {(s.machine, s.id, s.subset, s.clip): s.score for s in store.scores(name)}
        wanted = [kept[c.machine, c.id, c.subset, str(c.name)] for c in test]
        count += len(wanted)
        same += sum(a == b for a, b in zip(found.tolist(), wanted, strict=True))
        size += file.stat().st_size
    repeats = len(record["repeats"])
    return {
        "row": record["label"],
        "scores": count,
        "the same bytes": same,
        "MB a repeat": size / repeats / 1e6,
        "restored in, s": took / repeats,
    }


if __name__ == "__main__":
    sys.exit(main())
