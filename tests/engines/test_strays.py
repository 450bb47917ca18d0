"""What has lost its parent below a process is that process's, and ends when it says so."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from processes import alive, wait_for

from asdbench.engines import strays

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone gives strays away")

PROGRAM = (
    f"from {strays.__name__} import adopt, end_children"
    + """
import os, subprocess, sys, time

if sys.argv[1] == "adopts":
    adopt()
kept = subprocess.Popen(["sleep", "100"])
ends, begins = os.pipe()
if (middle := os.fork()) == 0:
    os.setsid()
    if os.fork() == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        below = subprocess.Popen(["sleep", "100"], start_new_session=True)
        os.write(begins, f"{os.getpid()} {below.pid}".encode())
        time.sleep(100)
    os._exit(0)
os.waitpid(middle, 0)
daemons = os.read(ends, 100).decode()
end_children(but=[kept.pid])
print(kept.pid, kept.poll(), daemons, flush=True)
kept.kill()
"""
)


@pytest.mark.parametrize("how", ["adopts", "doesn't"])
def test_a_daemon_and_what_it_has_started_end_where_strays_are_adopted(how: str) -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True)
    kept, ended, *daemons = ran.stdout.split()
    assert ended == "None"  # when the strays had ended
    wait_for(lambda: not alive(int(kept)), 10)
    assert [alive(int(pid)) for pid in daemons] == [how != "adopts"] * 2
    for pid in map(int, daemons):
        if how != "adopts":
            os.kill(pid, 9)
