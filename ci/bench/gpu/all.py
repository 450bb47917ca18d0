"""All parts of the GPU benchmark, one after the other: python ci/bench/gpu/all.py --to FOLDER

Each part is a process of its own with its own time, and writes its lines as they come: a part that
is cut off leaves those that it has. Then gpu.json and gpu.md are made of all that is there, with
what the full table of DCASE 2020 would take at the speeds that were found. Exit code 1 where a part
or a line failed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tabulate import tabulate

# Seconds of each on one H100; 12 minutes in all, with what processes take to start.
PARTS = {
    "limit": 15,
    "passes": 200,
    "autoencoder": 40,
    "placement": 90,
    "steps": 65,
    "equal": 130,
    "whole": 110,
}
SLACK = 1.25  # a line that has begun may end
# Millions of clip passes of ten repeats: epochs, views, 36,283 clips (docs/scale.md).
PASSES = {"id_classifier": 109, "simclr": 182, "id_contrastive": 145}
MODE = "fit, bfloat16, channels last"  # what a cell does on a GPU unless it is told otherwise


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--to", type=Path, default=Path("gpu"), help="folder for what is found")
    parser.add_argument("--only", help=f"some of them: {','.join(PARTS)}")
    asked = parser.parse_args()
    chosen = asked.only.split(",") if asked.only else [*PARTS]
    if unknown := {*chosen} - {*PARTS}:
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    asked.to.mkdir(parents=True, exist_ok=True)
    failed, began = [], time.monotonic()
    for name in chosen:
        if not _ran(name, asked.device, asked.to):
            failed.append(name)
    found = {name: json.loads(path.read_text()) for name, path in _files(asked.to).items()}
    lost = [
        f"{name}: {row['what']}"
        for name, part in found.items()
        for row in part["rows"]
        if "failed" in row
    ]
    text = page(found, [*failed, *lost], tried=asked.device == "cpu")
    (asked.to / "gpu.json").write_text(json.dumps(found, indent=1) + "\n")
    (asked.to / "gpu.md").write_text(text)
    print(f"{text}\n{(time.monotonic() - began) / 60:.1f} minutes; in {asked.to}")
    return int(bool(failed or lost))


def _ran(name: str, device: str, folder: Path) -> bool:
    """Whether a part came to its end within its time; what it wrote stays in any case."""
    seconds = PARTS[name]
    words = ["--device", device, "--seconds", str(seconds), "--json", str(folder / f"{name}.json")]
    script = Path(__file__).with_name(f"{name}.py")
    print(f"== {name}, about {seconds} s", file=sys.stderr, flush=True)
    try:
        done = subprocess.run(
            [sys.executable, script, *words], check=False, timeout=SLACK * seconds + 30
        )
    except subprocess.TimeoutExpired:
        print(f"{name} was cut off", file=sys.stderr)
        return False
    return not done.returncode


def _files(folder: Path) -> Mapping[str, Path]:
    """What parts have written, in this run or in one before."""
    return {name: path for name in PARTS if (path := folder / f"{name}.json").exists()}


def page(found: Mapping[str, Any], failed: list[str], *, tried: bool) -> str:
    """All tables as Markdown, and, where it wasn't tiny sizes that were tried, the estimate."""
    parts = ["# asdbench on a GPU"]
    for part in found.values():
        rows = [{name: _shown(value) for name, value in row.items()} for row in part["rows"]]
        parts.append(f"## {part['title']}")
        parts.append(tabulate(rows, headers="keys", tablefmt="pipe", disable_numparse=True))
        if part["notes"]:
            parts.append("\n".join(f"- {note}" for note in part["notes"]))
    if estimate := "" if tried else _estimate(found):
        parts += ["## DCASE 2020, ten repeats of the three, at these speeds", estimate]
    if failed:
        parts.append("Failed: " + "; ".join(failed))
    return "\n\n".join(parts) + "\n"


def _estimate(found: Mapping[str, Any]) -> str:
    """Hours of training, one card, from passes a second as a cell runs by default."""
    speeds = {row["what"]: row.get("passes/s") for row in found.get("passes", {"rows": []})["rows"]}
    rows = []
    for method, millions in PASSES.items():
        if speed := speeds.get(f"{method}: {MODE}"):
            hours = millions * 1e6 / speed / 3600
            rows.append(
                {"method": method, "million passes": millions, "passes/s": speed, "hours": hours}
            )
    if len(rows) < len(PASSES):
        return ""
    rows.append({"method": "all three", "hours": sum(row["hours"] for row in rows)})
    shown = [{name: _shown(value) for name, value in row.items()} for row in rows]
    return tabulate(shown, headers="keys", tablefmt="pipe", disable_numparse=True)


def _shown(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
