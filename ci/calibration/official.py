"""How often the official score's statistics are wrong: python ci/calibration/official.py

Boards in the manner of DCASE 2023: seven machine types with one section, 50 test clips of each
domain and label, target clips that score higher, two equally good rows with three repeats. Every
difference that is told is an error; the true score is that of a million clips.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hmean
from sklearn.metrics import roc_auc_score
from worlds import FIT, OWN, SHARED

from asdbench.evaluation.entries import Entry, MachineId, Scored
from asdbench.evaluation.figures import ALPHA
from asdbench.evaluation.ranking import compared

EACH, REPEATS, SEED = 50, 3, 0.1
TYPES = [MachineId(f"type {number}", "00") for number in range(7)]
FAULTS, SHIFTS = np.linspace(0.6, 1.8, 7), np.linspace(0.0, 1.2, 7)  # in deviations of a score

Floats = NDArray[np.float64]


def clips(each: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of them are anomalous, and which of the target domain."""
    return np.repeat([False, True, False, True], each), np.repeat([False, False, True, True], each)


def entries(rng: np.random.Generator) -> list[Entry]:
    """Two rows that are equally good; clips are as hard for both."""
    anomalous, target = clips(EACH)
    domains = tuple("target" if one else "source" for one in target)
    shared = np.sqrt(SHARED) * rng.standard_normal((len(TYPES), len(anomalous)))
    made = []
    for label in ("one", "other"):
        ids = {}
        seeds = SEED * rng.standard_normal(REPEATS)
        for place, of_id in enumerate(TYPES):
            scores = shared[place] + np.sqrt(OWN) * rng.standard_normal(len(anomalous))
            scores = scores + np.sqrt(FIT) * rng.standard_normal((REPEATS, len(anomalous)))
            scores += (FAULTS[place] + seeds)[:, None] * anomalous + SHIFTS[place] * target
            ids[of_id] = Scored(anomalous, scores, (), domains)
        record = {"label": label, "method": label, "summary": "", "origin": {"kind": "run"}}
        record["repeats"] = [[]] * REPEATS
        made.append(Entry(record, range(REPEATS), None, ids))
    return made


def truth() -> float:
    """The official score of endless clips, and of the mean seed."""
    rng = np.random.default_rng(0)
    anomalous, target = clips(250_000)
    values = []
    for fault, shift in zip(FAULTS, SHIFTS, strict=True):
        scores = rng.standard_normal(len(anomalous)) + fault * anomalous + shift * target
        for domain in (~target, target):
            among = domain | anomalous
            values.append(roc_auc_score(anomalous[among], scores[among]))
        values.append(roc_auc_score(anomalous, scores, max_fpr=0.1))
    return float(hmean(values))


def one_board(number: int, true: float) -> tuple[bool, float]:
    """Whether two equal rows are told apart, and the share of intervals that hold the truth."""
    rows, pairs = compared("development", entries(np.random.default_rng(number)), "2022")
    [pair] = [pair for pair in pairs if pair.figure == "official"]
    ends = [row.more["official"].here for row in rows]
    assert pair.here
    held = float(np.mean([end.low <= true <= end.high for end in ends if end]))
    return pair.here.corrected < ALPHA, held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--boards", type=int, default=400)
    boards = parser.parse_args().boards
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    true = truth()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        told, held = zip(*pool.map(one_board, range(boards), [true] * boards), strict=True)
    print(
        f"official score {100 * true:.1f}, {boards} boards: equal rows told apart in "
        f"{100 * np.mean(told):.1f} %, {100 * np.mean(held):.1f} % of intervals hold the truth"
    )


if __name__ == "__main__":
    main()
