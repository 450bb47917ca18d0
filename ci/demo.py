"""Run the demo, and check what docs/demo.md says of it: python ci/demo.py [--seed N] [--out DIR]

Three groups of rows must be told apart. On two kinds of fault an ID method must be ahead of knn,
and on two knn ahead of all of them, with intervals that exclude zero. It takes about PROMISED
seconds on two quiet cores; with ``--within SECONDS`` it fails beyond these. Of an ``--out`` that
has the demo already, the board is checked. For another kind of CPU, run it with
ONEDNN_MAX_CPU_ISA=AVX2 and ATEN_CPU_CAPABILITY=avx2.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence

import asdbench
from asdbench.evaluation import ALPHA, Board, Slice

PROMISED = 180
GROUPS = (("knn",), ("id_classifier", "id_contrastive", "simclr"), ("autoencoder",))


def told(board: Board, better: str, other: str) -> bool:
    """Whether one row is told to be better than another."""
    return any(
        pair.here is not None and pair.here.corrected < ALPHA
        for pair in board.pairs
        if (pair.figure, pair.first, pair.second) == ("mean_auc_pauc", better, other)
    )


def ahead(kind: Slice, better: Sequence[str], others: Sequence[str]) -> bool:
    """Whether one of these hears a kind best, and the others less, by intervals without zero."""
    behind = [gap.here for label, gap in kind.behind.items() if label in others]
    return kind.best in better and all(one is not None and one.low > 0 for one in behind)


def problems(board: Board) -> list[str]:
    """What isn't as docs/demo.md says."""
    found = [
        f"{better} isn't told from {other}"
        for place, group in enumerate(GROUPS)
        for lower in GROUPS[place + 1 :]
        for better in group
        for other in lower
        if not told(board, better, other)
    ]
    faults = [one for one in board.slices if one.tag == "fault"]
    knn, by_id, _ = GROUPS
    for said, better, others in (
        ("an ID method is ahead of knn", by_id, knn),
        ("knn is ahead of the ID methods", knn, by_id),
    ):
        kinds = [kind.value for kind in faults if ahead(kind, better, others)]
        print(f"{said} on {', '.join(kinds) or 'no fault'}")
        if len(kinds) < 2:
            found.append(f"{said} on fewer than two kinds of fault")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--out")
    parser.add_argument("--within", type=float, metavar="SECONDS")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        done = asdbench.run("demo", seed=given.seed, out=given.out or folder)
        seconds = time.perf_counter() - began
        for row in done.board.rows:
            print(f"{row.label:15} {100 * row.mean_auc_pauc.mean:.1f} {row.letters['here']}")
        wrong = problems(done.board)
    if done.ran:
        print(f"{done.ran} cells in {seconds:.0f} s; {PROMISED} s are promised")
    if given.within and seconds > given.within:
        wrong.append(f"it took more than {given.within:g} s")
    sys.exit("; ".join(wrong) or None)
