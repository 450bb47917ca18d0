"""Every bad method that we know in one run beside good ones: python ci/torture/bad_plugins.py

Each must end as it should and be named, and the good ones' scores be the bytes of a run without
them. ``--isolated`` shuts them in as well; ``--short`` takes the tests' choice of them, in half a
minute. Leaves with 1 where something isn't so.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import asdbench

sys.path.append(str(Path(__file__).parents[2] / "tests" / "support"))
from bad_methods import BAD, QUICK, write_bad, wrong

GOOD = ["knn", "autoencoder", "twfr_gmm"]


def scores_of(out: Path) -> dict[str, bytes]:
    found = [path for name in GOOD for path in (out / "cells").glob(f"{name}-*/scores.csv")]
    return {path.parent.name: path.read_bytes() for path in found}


def is_in(output: Path, folder: Path) -> bool:
    """Whether a process writes what it prints into a folder."""
    try:
        return output.resolve().is_relative_to(folder.resolve())
    except OSError:
        return False  # it has ended


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--isolated", action="store_true")
    asked = parser.parse_args()
    names = QUICK if asked.short else tuple(BAD)
    os.environ["MLFLOW_TRACKING_URI"] = "http://127.0.0.1:9"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = write_bad(folder / "methods", names)
        asdbench.run("smoke", methods=GOOD, repeats=1, device="cpu", out=folder / "alone")
        done = asdbench.run(
            "smoke",
            methods=[*files, *GOOD],
            repeats=1,
            device="cpu",
            out=folder / "out",
            limits={"seconds": 8, "gigabytes": 2, "isolated": asked.isolated},
        )
        reasons = {one.cell.method: one.reason for one in done.failed}
        for name in names:
            print(f"{name:20} {reasons.get(name, 'done')[:100]}")
        unlike = wrong(reasons, names)
        left = [path for path in Path("/proc").glob("[0-9]*/fd/1") if is_in(path, folder)]
        same = scores_of(folder / "alone") == scores_of(folder / "out")
    print(
        f"{len(names)} bad methods: {len(reasons)} failed and are named, of {done.ran} cells done"
    )
    print(f"ended otherwise than they should: {unlike or 'none'}")
    print(f"scores of {', '.join(GOOD)}: {'the same bytes' if same else 'OTHERS'}")
    print(f"processes that are left: {[path.parts[2] for path in left] or 'none'}")
    return int(bool(unlike or left) or not same)


if __name__ == "__main__":
    raise SystemExit(main())
