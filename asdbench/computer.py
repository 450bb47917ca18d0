"""What this process may use of the computer, in a container or a batch job too."""

from __future__ import annotations

import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def cores() -> int:
    """How many cores this process may run on."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def memory(own: Path = Path("/proc/self/cgroup"), cgroups: Path = CGROUPS) -> int:
    """Bytes: the computer's memory, or the least that a control group (version 2) leaves of it."""
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    lines = own.read_text().splitlines() if own.exists() else []
    for path in [line.removeprefix("0::/") for line in lines if line.startswith("0::/")]:
        group = cgroups / path
        for folder in (group, *group.parents):
            limit = folder / "memory.max"
            if limit.exists() and limit.read_text().strip().isdecimal():
                found.append(int(limit.read_text()))
    return min(found)
