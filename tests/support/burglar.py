"""A method that knows where data and results lie, and says which doors open."""

from __future__ import annotations

BURGLAR = '''\
"""Tries every door."""

import ctypes
import os
import re
import socket
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

MARK = re.compile(rb"zq[0-9]{6}zq")


def first(folder):
    return next(path for path in sorted(Path(folder).rglob("*")) if path.is_file())


def marks(path):
    return bool(MARK.search(Path(path).read_bytes()))


def other(pid, name):
    os.listdir(f"/proc/{pid}/{name}") if name == "fd" else open(f"/proc/{pid}/{name}", "rb").read(9)
    return True


def memory_of(pid):
    with open(f"/proc/{pid}/maps") as maps:
        begin = int(maps.readline().split("-")[0], 16)
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        memory.seek(begin)
        return bool(memory.read(16))


def seized(pid):
    libc = ctypes.CDLL(None)
    if libc.ptrace(0x4206, pid, 0, 0) != 0:
        raise PermissionError
    return libc.ptrace(17, pid, 0, 0) is not None


def in_a_thread(call):
    done = []

    def run():
        try:
            done.append(call())
        except OSError:
            pass

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return bool(done)


def by_another_program(path):
    return subprocess.run(["cat", path], capture_output=True).returncode == 0


def in_a_fork(call):
    pid = os.fork()
    if pid == 0:
        try:
            call()
            os._exit(7)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7


def linked(path, place, how):
    how(path, place)
    return open(place, "rb").read(4) is not None


def doors(data, scratch, clip, cache, port):
    out, up = scratch.parents[2], os.getppid()
    beside = str(scratch / "link")
    return {
        "list the data": lambda: bool(os.listdir(data)),
        "open a recording": lambda: bool(open(clip, "rb").read(4)),
        "open it through /proc": lambda: bool(open(f"/proc/self/root{clip}", "rb").read(4)),
        "open it in a thread": lambda: in_a_thread(lambda: open(clip, "rb").read(4)),
        "open it in a fork": lambda: in_a_fork(lambda: open(clip, "rb").read(4)),
        "open it by another program": lambda: by_another_program(clip),
        "open it by a hard link": lambda: linked(clip, beside + "1", os.link),
        "open it by a symbolic link": lambda: linked(clip, beside + "2", os.symlink),
        "list the results": lambda: bool(os.listdir(out / "cells")),
        "read scores": lambda: marks(first(out / "cells")) or True,
        "read rows": lambda: bool(first(out / "rows").read_bytes()),
        "read tags": lambda: bool((out / "test-sets.json").read_bytes()),
        "write into the results": lambda: (out / "cells" / "mine").mkdir() is None,
        "list what is temporary": lambda: bool(os.listdir("/tmp")),
        "list the cache": lambda: bool(os.listdir(cache)),
        "the server's environment": lambda: other(up, "environ"),
        "the server's command": lambda: other(up, "cmdline"),
        "the server's open files": lambda: other(up, "fd"),
        "the server's memory": lambda: memory_of(up),
        "trace the server": lambda: seized(up),
        "the command's memory": lambda: memory_of(port[1]),
        "signal the server": lambda: os.kill(up, 0) is None,
        "connect": lambda: socket.create_connection(("127.0.0.1", port[0]), 2).close() is None,
    }


@dataclass
class Burglar:
    """Says which doors opened."""

    scope: ClassVar[str] = "machine"
    data: str = ""
    clip: str = ""
    port: int = 0
    driver: int = 0
    cache: str = ""

    def fit(self, train, context):
        opened = {}
        port = self.port, self.driver
        for name, door in doors(self.data, context.scratch, self.clip, self.cache, port).items():
            try:
                opened[name] = float(bool(door()))
            except (OSError, StopIteration):
                opened[name] = 0.0
        context.log("doors", 1, 1.0, **opened)

    def score(self, test):
        return np.zeros(len(test))
'''
