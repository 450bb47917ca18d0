"""Error rates, coverage and power of a board's statistics, where the truth is known.

    python ci/calibration/run.py                  # an hour or two: the tables of docs/statistics.md
    python ci/calibration/run.py --short --check  # a minute, in CI: fails where a rate is far off

All rows of a simulated board are equally good, so every difference that is told is false.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, fields, replace
from itertools import combinations
from multiprocessing import get_context

import numpy as np
from tabulate import tabulate
from worlds import World, grid, simulate

from asdbench.evaluation.figures import ALPHA, QUESTIONS, RANKS
from asdbench.evaluation.inference import difference, interval
from asdbench.evaluation.measure import measured
from asdbench.evaluation.significance import holm
from asdbench.evaluation.variation import estimate

POWER = 0.8
TOLERATED = 3.3  # standard errors of a rate from so many boards, before --check calls it off


def one_board(world: World, number: int) -> dict[str, dict[str, float]]:
    """What a board says that isn't so, by question."""
    board = simulate(world, number)
    found = measured("development", board.entries)
    sampled, repeats = found.figures[RANKS], found.repeats
    rows = [estimate(sampled, repeats, {row: 1.0}) for row in range(world.rows)]
    pairs = {
        (a, b): one
        for a, b in combinations(range(world.rows), 2)
        if (one := estimate(sampled, repeats, {a: 1.0, b: -1.0}))
    }
    told: dict[str, dict[str, float]] = {}
    for question in QUESTIONS:
        truth = board.truths[question]
        errors = {
            both: replace(one, value=one.value - (truth[both[0]] - truth[both[1]]))
            for both, one in pairs.items()
        }
        tests = [t for one in errors.values() if (t := difference(one, getattr(one, question)))]
        ends = [interval(one, getattr(one, question)) for one in rows if one]
        within = [e.low <= t <= e.high for e, t in zip(ends, truth, strict=True) if e]
        if tests:
            p = [test.p for test in tests]
            told[question] = {
                "pair": float(np.mean([one < ALPHA for one in p])),
                "family": float(min(holm(p)) < ALPHA),
                "told": float(np.mean([-test.low for test in tests])),
                "covered": float(np.mean(within)),
                "width": float(np.mean([e.high - e.low for e in ends if e])),
            }
    return told


def of_world(world: World, boards: int, pool: ProcessPoolExecutor) -> dict[str, dict[str, float]]:
    """Means over boards; ``told`` is the difference that would be told on 80 % of them."""
    every = list(pool.map(one_board, [world] * boards, range(boards), chunksize=4))
    means: dict[str, dict[str, float]] = {}
    for question in QUESTIONS:
        told = [board[question] for board in every if question in board]
        if told:
            means[question] = {
                name: float(np.mean([one[name] for one in told])) for name in told[0]
            }
            means[question]["told"] = float(np.quantile([one["told"] for one in told], POWER))
            means[question]["boards"] = len(told)
    return means


def line(world: World, means: dict[str, dict[str, float]]) -> list[str]:
    """Of a table: what differs from the usual world, then percentages for each question."""
    usual = asdict(World())
    changed = ", ".join(f"{k} {v}" for k, v in asdict(world).items() if v != usual[k]) or "as usual"
    cells = [changed]
    for question in reversed(QUESTIONS):
        one = means.get(question)
        names = ["pair", "family", "covered", "told"]
        cells += [f"{100 * one[name]:.1f}" for name in names] if one else ["-"] * len(names)
    return cells


def off(world: World, means: dict[str, dict[str, float]]) -> list[str]:
    """Rates that chance can't explain."""
    found = []
    for question, one in means.items():
        for name, limit in (("family", 0.06), ("covered", 0.93)):
            rate = one[name] if name == "family" else 1 - one[name]
            most = limit if name == "family" else 1 - limit
            if rate > most + TOLERATED * math.sqrt(most * (1 - most) / one["boards"]):
                found.append(f"{world}, {question}: {name} {one[name]:.3f}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--boards", type=int, help="simulated boards of each kind")
    parser.add_argument("--short", action="store_true", help="two kinds of boards only")
    parser.add_argument("--check", action="store_true", help="fail where a rate is far off")
    parser.add_argument("--only", help="fields that a kind has, as JSON")
    args = parser.parse_args()
    boards = args.boards or (60 if args.short else 400)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    wanted = json.loads(args.only) if args.only else {}
    assert set(wanted) <= {field.name for field in fields(World)}, args.only
    lines, wrong = [], []
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for world in grid(args.short):
            if all(getattr(world, name) == value for name, value in wanted.items()):
                means = of_world(world, boards if world.rows < 24 else max(1, boards // 4), pool)
                lines.append(line(world, means))
                wrong += off(world, means)
                print(json.dumps({"world": asdict(world), **means}), file=sys.stderr, flush=True)
    of_question = ["pair", "family", "covered", "told"]
    heads = ["board", *(f"{q}: {name}" for q in reversed(QUESTIONS) for name in of_question)]
    print(tabulate(lines, heads, tablefmt="github", disable_numparse=True))
    print("\n".join(wrong))
    if args.check and wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
