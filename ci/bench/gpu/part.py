"""What the parts of the GPU benchmark share: their flags, their time, lines kept as they come.

A part is a generator of lines. Each line is printed and written as soon as it is there, so that
what was measured is kept however the part ends.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

sys.path.append(str(Path(__file__).parents[1]))
from measuring import Report, Row, facts


@dataclass(frozen=True)
class Setting:
    """Where a part computes, and for how long. On a CPU it is tried: its sizes are tiny."""

    device: str
    seconds: float

    @property
    def tiny(self) -> bool:
        """Whether the figures mean nothing, and only the way to them is tried."""
        return self.device == "cpu"

    def size(self, full: int, tiny: int) -> int:
        """A size that fits the device."""
        return tiny if self.tiny else full


Lines = Callable[[Setting], Iterator[Row]]


def main(title: str, lines: Lines, *, seconds: float, notes: Sequence[str] = ()) -> None:
    """Run a part from the command line; ``seconds`` is what it takes on an H100."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--seconds", type=float, default=seconds, help="begin no line after these")
    parser.add_argument("--json", type=Path, help="write the lines into this file, as they come")
    asked = parser.parse_args()
    if asked.device == "cuda" and not torch.cuda.is_available():
        parser.error("PyTorch sees no GPU; --device cpu tries the script with tiny sizes")
    if asked.device == "cpu":
        torch.set_num_threads(1)  # as a cell has
    setting = Setting(asked.device, asked.seconds)
    known = facts() | {"device": name_of(asked.device)}
    began, rows, left_out = time.monotonic(), list[Row](), list[str]()

    def report() -> Report:
        tried = ["tiny sizes, to try the script: no figure means anything"] if setting.tiny else []
        return Report(f"{title}; {known['device']}", 1, rows, [*notes, *tried, *left_out])

    def keep() -> None:
        if asked.json:
            about = {"facts": known, "seconds": round(time.monotonic() - began, 1)}
            asked.json.write_text(json.dumps(asdict(report()) | about, indent=1) + "\n")

    for row in lines(setting):
        rows.append(row)
        print({name: shown(value) for name, value in row.items()}, file=sys.stderr, flush=True)
        keep()
        if time.monotonic() - began > setting.seconds:
            left_out.append(f"{setting.seconds:g} s were over: lines after this one are left out")
            break
    keep()
    print(report().text(known))


def name_of(device: str) -> str:
    """The device, in words."""
    if device == "cpu":
        return "CPU"
    found = torch.cuda.get_device_properties(0)
    return f"{found.name}, {found.total_memory / 2**30:.0f} GiB"


def shown(value: Any) -> str:
    """A value in few digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def wait(device: str) -> None:
    """Until the device has done all that it was given."""
    if device == "cuda":
        torch.cuda.synchronize()


def tried(what: str, measure: Callable[[], Row]) -> Row:
    """A line; where it can't be measured, one that says why. The lines after it go on."""
    try:
        return {"what": what} | measure()
    except Exception as error:  # noqa: BLE001 - a card's lack of memory, a compiler's refusal
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        return {
            "what": what,
            "failed": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}",
        }


def timed(work: Callable[[], object], device: str, *, rounds: int = 3, warm: int = 1) -> float:
    """The best seconds of some rounds, after others that aren't counted."""
    took = []
    for _ in range(warm + rounds):
        wait(device)
        began = time.perf_counter()
        work()
        wait(device)
        took.append(time.perf_counter() - began)
    return min(took[warm:])
