"""Shut a worker in: it reads the system, its own code and what it is given, and no other file.

By Landlock, which Linux has since 5.13: a process gives up rights, for itself and for all that it
starts, without being root, and can't have them back. What isn't opened to it can't be opened or
listed, whoever owns it; nor can other processes' memory, environment and open files. Where the
kernel knows how, TCP (6.7) and signals to others (6.12) are shut off too.

Rights are a thread's. So this comes first in a worker, while it has one thread.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from asdbench.config.plugins import Plugin
from asdbench.engines.events import Task

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, the same on all machines
_ABI = 1  # flag of the first: say the version
_BENEATH = 1  # kind of rule: all below a path
_NO_NEW_PRIVILEGES = 38  # of prctl
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE, _IOCTL = 1, 2, 4, 8, 1 << 14, 1 << 15
_DISKS = 1 << 6 | 1 << 11  # to make devices: root would have the whole disk
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL  # the others are of folders
_SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/etc", "/sys", "/nix/store"),
    *("/opt/rocm", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat"),
    *("/proc/sys", "/proc/driver", "/proc/devices", "/proc/version"),
)
_DEVICES = ("null", "zero", "full", "random", "urandom", "nvidia*", "kfd", "dri")
_WHOLE = ("site-packages", "dist-packages")
_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("access", ctypes.c_uint64), ("folder", ctypes.c_int32))


def check(closed: Iterable[Path]) -> None:
    """Raise ``ValueError`` where these folders can't be kept from a shut-in worker."""
    if not version():
        raise ValueError(
            "limits.isolated = true needs Linux 5.13 or later with Landlock switched on, which "
            "isn't here; leave it out, or use another computer"
        )
    opened = [path.resolve() for path in _always_open()]
    for folder in closed:
        for root in opened:
            if folder.resolve().is_relative_to(root):
                raise ValueError(
                    f"limits.isolated = true can't keep {folder} from methods: it lies in {root}, "
                    "where code is; move it"
                )


def version() -> int:
    """Which version of Landlock the kernel has; 0 for none."""
    try:
        return _call(_CREATE, None, 0, _ABI)
    except OSError:
        return 0


def shut_in_cell(task: Task) -> Task:
    """Shut in the worker that is to run a cell; the cell, with what can't be seen from inside.

    Its stages are its method's own: others' could be spoilt.
    """
    source = task.plugin.source
    stages = task.stages / f"of-{source}"
    stages.mkdir(parents=True, exist_ok=True)
    _shut_in([*_code_of(task.plugin), task.train.bank.path], [task.scratch, stages])
    return replace(task, source=source, stages=stages)


def shut_in_question(asked: tuple[Any, ...]) -> tuple[Any, ...]:
    """Shut in the worker that is to ask a method for its fields.

    The method comes first in the question, the folder for what is temporary last.
    """
    _shut_in(_code_of(asked[0]), [asked[-1]])
    return asked


def read(sent: bytes) -> Any:
    """What a shut-in worker said: plain values and outcomes, and nothing that could do something.

    Raises ``UnpicklingError`` for anything else.
    """
    return _Plain(BytesIO(sent)).load()


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) != ("asdbench.results.records", "Outcome"):
            raise pickle.UnpicklingError(f"a shut-in worker sent {module}.{name}")
        return super().find_class(module, name)


def _shut_in(reads: Sequence[Path], writes: Sequence[Path]) -> None:
    """Give up all files but these and the system's; what is temporary goes to the first."""
    place = writes[0].absolute()
    os.environ.update({"TMPDIR": str(place), "ASDBENCH_CACHE": str(place)})
    tempfile.tempdir = None
    for finder in filter(None, map(sys.path_importer_cache.get, sys.path)):
        finder.find_spec("_")  # lists a folder whose code stays open, though not its list
    every, net, scoped = _rights(version())
    ruleset = _call(_CREATE, ctypes.byref(_Ruleset(every, net, scoped)), 24, 0)
    for path in (*_always_open(), *reads):
        _allow(ruleset, path, _READ | _LIST | _EXECUTE)
    for device in _DEVICES:
        for path in Path("/dev").glob(device):
            _allow(ruleset, path, every & (_READ | _LIST | _WRITE | _IOCTL))
    for path in writes:
        _allow(ruleset, path, every & ~_DISKS)
    _called(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _call(_RESTRICT, ruleset, 0)
    os.close(ruleset)


def _rights(abi: int) -> tuple[int, int, int]:
    """All rights that this version can take away: of files, of TCP, of reaching others."""
    files = (1 << 13) - 1
    for since, right in ((2, 1 << 13), (3, _TRUNCATE), (5, _IOCTL)):
        files |= right if abi >= since else 0
    return files, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0


def _allow(ruleset: int, path: Path, access: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)  # stays open: /proc would be another one
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(folder).st_mode):
        access &= _OF_FILES
    _call(_ADD, ruleset, _BENEATH, ctypes.byref(_Beneath(access, folder)), 0)


def _always_open() -> Iterator[Path]:
    """The system, Python, and whatever can be imported."""
    roots = [one for one in (*_SYSTEM, sys.prefix, sys.base_prefix) if os.path.exists(one)]
    yield from map(Path, roots)
    for entry in (Path(one) for one in sys.path if one and os.access(one, os.R_OK)):
        if entry.name in _WHOLE or entry.is_file():
            yield entry
        elif not any(entry.is_relative_to(root) for root in roots):
            yield from filter(_is_code, entry.iterdir())
    yield from _package("asdbench")


def _is_code(path: Path) -> bool:
    return path.suffix in {".py", ".so", ".dist-info", ".egg-info"} or os.path.isfile(
        path / "__init__.py"
    )


def _code_of(plugin: Plugin) -> list[Path]:
    """A method's own file, or the package that it is in."""
    if plugin.own_file is not None:
        return [plugin.own_file]
    return list(_package(plugin.module.partition(".")[0]))


def _package(name: str) -> Iterator[Path]:
    spec = importlib.util.find_spec(name)
    if spec is not None:
        places = spec.submodule_search_locations
        yield from map(Path, places if places is not None else filter(None, [spec.origin]))


def _call(number: int, *arguments: Any) -> int:
    return _called(_libc.syscall(number, *arguments))


def _called(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
