"""Work for workers, importable by their server, and a server of them that is there at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asdbench.engines.child import Child
from asdbench.engines.events import Emit, Task
from asdbench.engines.isolation import _shut_in
from asdbench.engines.job import Job
from asdbench.results.records import Outcome

Say = Callable[..., None]


def light(_: str, variables: dict[str, str]) -> Child:
    """Stands for ``Child`` where a server of workers is started: one that doesn't load torch."""
    return Child("light_server", variables)


def jobs(folder: Path, *arguments: Any) -> list[Job]:
    """A job for each argument, with a folder of its own."""
    found = [Job(argument, folder / f"job{place}") for place, argument in enumerate(arguments)]
    for job in found:
        job.scratch.mkdir(exist_ok=True)
    return found


def do(what: Any, say: Say) -> Any:
    """Does as it is told: a name of a function here, or one and its argument."""
    name, *arguments = [what] if isinstance(what, str) else what
    return globals()[name](*arguments, say)


def double(number: int, say: Say) -> int:
    say("half", number)
    say("whole", 2 * number)
    return 2 * number


def fail(say: Say) -> None:
    raise KeyError("odd")


class OddError(ValueError):
    def __str__(self) -> str:
        raise RuntimeError("no text")


def fail_without_a_text(say: Say) -> None:
    raise OddError


def fail_as_a_user(say: Say) -> None:
    raise ValueError("a line\n and another")


def leave(say: Say) -> None:
    raise SystemExit(0)


def leave_for_good(code: int, say: Say) -> None:
    print("these were")
    os.write(2, b"the last words\n")
    os._exit(code)


def kill_its_server(folder: str, others: int, say: Say) -> None:
    """Does so once as many jobs have left their process's ID."""
    meet(folder, others, say)
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(100)


def be_killed(say: Say) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def be_killed_when(folder: str, others: int, say: Say) -> None:
    """Is killed once as many jobs have left their process's ID."""
    meet(folder, others, say)
    be_killed(say)


def outlast(folder: str, say: Say) -> None:
    """Ends once the other job that has left its process's ID is gone."""
    meet(folder, 2, say)
    others = [pid for pid in os.listdir(folder) if pid != str(os.getpid())]
    while os.path.exists(f"/proc/{others[0]}"):
        time.sleep(0.01)


def fail_after(words: str, say: Say) -> None:
    print(words)
    raise ValueError


def kill_the_others(folder: str, others: int, say: Say) -> None:
    """Kills them once they have all left their process's ID, and as long as they are there."""
    meet(folder, others, say)
    for pid in set(os.listdir(folder)) - {str(os.getpid())}:
        os.kill(int(pid), signal.SIGKILL)
        while os.path.exists(f"/proc/{pid}"):
            time.sleep(0.01)


def stop_its_server(say: Say) -> str:
    os.kill(os.getppid(), signal.SIGSTOP)
    return "done"


def say_half_a_message(say: Say) -> None:
    connection = say.__closure__[0].cell_contents  # type: ignore[attr-defined]
    os.write(connection.fileno(), b"\x00\x00\x10\x00abc")
    os._exit(0)


def say_what_no_job_says(say: Say) -> None:
    connection = say.__closure__[0].cell_contents  # type: ignore[attr-defined]
    connection.send(("started", None))
    time.sleep(100)


class Unreadable:
    """Can be pickled, and not unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return int, ("no number",)


def give_what_nobody_can_read(say: Say) -> Unreadable:
    return Unreadable()


def leave_a_thread(say: Say) -> str:
    threading.Thread(target=time.sleep, args=(100,)).start()
    return "done"


def begin_and_wait(folder: str, say: Say) -> None:
    """Leaves its process's ID in a folder, and doesn't end."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(100)


def meet(folder: str, others: int, say: Say) -> tuple[float, float]:
    """When it began and ended; it doesn't end before others have begun."""
    began = time.monotonic()
    (Path(folder) / str(os.getpid())).touch()
    while len(os.listdir(folder)) < others and time.monotonic() < began + 20:
        time.sleep(0.01)
    time.sleep(0.05)
    return began, time.monotonic()


def tell(what: str, say: Say) -> Any:
    """What an expression is in a worker."""
    known = {"os": os, "sys": sys, "signal": signal, "threading": threading, "open": open}
    return eval(what, known)


def run_odd_cell(task: Task, emit: Emit) -> Outcome:
    """Fails in repeat 1, dies in repeat 2."""
    emit("fit", 1, 0.5, {"loss": 0.5})
    if task.cell.repeat == 1:
        raise KeyError("odd")
    if task.cell.repeat == 2:
        print("the last words")
        os._exit(3)
    return Outcome([float(task.cell.repeat)], [], b"", 1.0, {"pid": os.getpid()})


def leave_children(folder: str, end: str, say: Say) -> str:
    """Starts processes that don't end: by fork, by exec, and a daemon; then ends, or waits."""
    if (fork := os.fork()) == 0:
        time.sleep(100)
    child = subprocess.Popen(["sleep", "100"])
    if (middle := os.fork()) == 0:
        os.setsid()
        if (daemon := os.fork()) == 0:
            time.sleep(100)
        (Path(folder) / str(daemon)).touch()
        os._exit(0)
    os.waitpid(middle, 0)
    for pid in (os.getpid(), fork, child.pid):
        (Path(folder) / str(pid)).touch()
    if end == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if end == "waits":
        time.sleep(100)
    return end


def go_on_twice(say: Say) -> int:
    """Forks and goes on in both, as a method that has lost count of its processes."""
    os.fork()
    say("both", 1)
    return 2


def hang(say: Say) -> None:
    print("before it hung")
    while True:
        time.sleep(0.01)


def hang_deaf(say: Say) -> None:
    """Hangs, and has blocked every signal that can be."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        time.sleep(1)


def eat(megabytes: int, say: Say) -> int:
    return len(bytes(megabytes * 10**6))


def shut(argument: Any) -> Any:
    """Shut in, with a folder that it may write to, and one more that it may read."""
    where, *reads = argument[2:]
    _shut_in([Path(one) for one in reads], [Path(where)])
    return argument


def tried(what: str, *places: Any) -> Any:
    """What an expression is, or which error it gives."""
    *_, say = places
    try:
        return tell(what, say)
    except OSError as error:
        return type(error).__name__


def send_more_than_values(say: Say) -> Any:
    return Path("/")
