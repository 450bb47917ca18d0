"""What this process may use of the computer: cores, memory, a cache folder."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_cache_path

OWN = Path("/proc/self/cgroup")
CGROUPS = Path("/sys/fs/cgroup")
CPUINFO = Path("/proc/cpuinfo")  # on Linux


def cores(own: Path = OWN, cgroups: Path = CGROUPS) -> int:
    """Cores this process may run on, or the least whose time a control group (version 2) leaves."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    found = [len(affinity(0)) if affinity else os.cpu_count() or 1]
    for limit in _limits("cpu.max", own, cgroups):  # microseconds of all cores, in how many
        quota, period = limit.split()
        found.append(int(quota) // int(period))
    return max(1, min(found))


def memory(own: Path = OWN, cgroups: Path = CGROUPS) -> int:
    """Bytes: the computer's memory, or the least that a control group (version 2) leaves of it."""
    everything = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([everything, *map(int, _limits("memory.max", own, cgroups))])


def _limits(name: str, own: Path, cgroups: Path) -> Iterator[str]:
    """What this process's control group, and each above it, says of a resource that it limits."""
    lines = own.read_text().splitlines() if own.exists() else []
    for path in [line.removeprefix("0::/") for line in lines if line.startswith("0::/")]:
        group = cgroups / path
        for folder in (group, *group.parents):
            limit = folder / name
            if limit.exists() and not (found := limit.read_text().strip()).startswith("max"):
                yield found


def cpu_flags() -> set[str]:
    """What this CPU can do, by Linux' names; nothing where there is no Linux to say."""
    return set(_cpuinfo("flags").split())


def cpu_model() -> str:
    """The CPU's name, as far as the system knows it."""
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _cpuinfo(name: str) -> str:
    """What Linux says of the first CPU by this name."""
    lines = CPUINFO.read_text().splitlines() if CPUINFO.exists() else []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(name))
    return next(found, "")


def cache_folder() -> Path:
    """``ASDBENCH_CACHE``, or the user's cache folder; all of it can be deleted at any time."""
    set_by_user = os.environ.get("ASDBENCH_CACHE")
    return Path(set_by_user).expanduser().absolute() if set_by_user else user_cache_path("asdbench")
