"""Every benchmark of speed and memory, one after the other: python ci/bench/all.py

Each is a process of its own and can be run alone: python ci/bench/epoch.py. With --json, all
figures go into one file, with the facts of the computer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BENCHMARKS = ("startup", "decode", "epoch", "scoring", "bootstrap", "board", "overhead", "growth")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", help=f"some of them: {','.join(BENCHMARKS)}")
    parser.add_argument("--json", type=Path, help="write the figures into this file")
    asked = parser.parse_args()
    chosen = asked.only.split(",") if asked.only else BENCHMARKS
    for name in chosen:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark {name!r}; there are {', '.join(BENCHMARKS)}")
    found, failed, began = {}, [], time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            script, path = Path(__file__).with_name(f"{name}.py"), Path(folder) / f"{name}.json"
            if subprocess.run([sys.executable, script, "--json", path], check=False).returncode:
                failed.append(name)
            else:
                found[name] = json.loads(path.read_text())
            print(flush=True)
    missed = [
        f"{name}: {row['what']}"
        for name, report in found.items()
        for row in report["rows"]
        if "NO" in row.values()
    ]
    print(f"{len(found)} benchmarks in {(time.perf_counter() - began) / 60:.1f} minutes")
    print("\n".join(["targets missed:", *missed]) if missed else "all targets are met")
    if failed:
        print(f"failed: {', '.join(failed)}")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
