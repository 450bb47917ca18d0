"""Workers as the driver sees them: started once, and again when they are gone; never in vain."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from processes import alive, children, wait_for
from small_jobs import Unreadable, do, jobs, light

from asdbench.engines import workers
from asdbench.engines.child import Child
from asdbench.engines.server import Message
from asdbench.engines.workers import MALLOC, Workers


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """The servers that were started; they don't load torch."""
    servers: list[Child] = []

    def start(module: str, variables: dict[str, str]) -> Child:
        servers.append(light(module, variables))
        return servers[-1]

    monkeypatch.setattr(workers, "Child", start)
    return servers


@pytest.fixture
def crew(started: list[Child]) -> Iterator[Workers]:
    with closing(Workers()) as crew:
        yield crew


def done(crew: Workers, folder: Path, *what: Any) -> list[tuple[str, Any]]:
    return ends(crew.run(jobs(folder, *what), do, at_once=2))


def ends(messages: Iterator[Message] | Sequence[Message]) -> list[tuple[str, Any]]:
    """How each job ended, in order of place."""
    last = [m for m in messages if m.kind not in {"started", "said"}]
    return [(m.kind, m.content) for m in sorted(last, key=lambda m: m.place)]


def test_one_server_does_batch_after_batch(
    crew: Workers, started: list[Child], tmp_path: Path
) -> None:
    crew.warm_up()
    crew.warm_up()
    assert done(crew, tmp_path, ("double", 1), ("double", 2)) == [("done", 2), ("done", 4)]
    assert done(crew, tmp_path, ("double", 3)) == [("done", 6)]
    assert len(started) == 1
    crew.close()
    assert not alive(started[0].process.pid)


def test_it_starts_once_though_two_threads_want_it(crew: Workers, started: list[Child]) -> None:
    threads = [threading.Thread(target=crew.warm_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 1


def test_memory_is_reused_there_and_a_users_choice_stays(
    crew: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dict(os.environ)
    monkeypatch.setenv("MALLOC_TOP_PAD_", "7")
    asked = [("tell", f"os.environ['{name}']") for name in MALLOC]
    found = [content for _, content in done(crew, tmp_path, *asked)]
    assert found == ["0", "8000000000", "7"]
    monkeypatch.undo()
    assert dict(os.environ) == before


def test_closing_the_iterator_kills_what_runs_and_the_next_run_starts_anew(
    crew: Workers, started: list[Child], tmp_path: Path
) -> None:
    (tmp_path / "begun").mkdir()
    what = ("begin_and_wait", str(tmp_path / "begun"))
    messages = crew.run(jobs(tmp_path, what, what), do, at_once=2)
    assert [next(messages).kind, next(messages).kind] == ["started", "started"]
    wait_for(lambda: len(os.listdir(tmp_path / "begun")) == 2)
    running = [started[0].process.pid, *children(started[0].process.pid)]
    assert len(running) == 3
    messages.close()
    assert not any(map(alive, running))
    assert done(crew, tmp_path, ("double", 1)) == [("done", 2)]
    assert len(started) == 2


WHY = "the server of workers ended with SIGKILL; the system may have run out of memory"
ALONE = f"{WHY}; it ran alone then, so it may have done that"


def test_a_job_whose_server_is_killed_while_it_runs_alone_dies_and_the_others_go_on(
    crew: Workers, started: list[Child], tmp_path: Path
) -> None:
    (tmp_path / "begun").mkdir()
    wait = ("begin_and_wait", str(tmp_path / "begun"))
    found = []
    for message in crew.run(jobs(tmp_path, ("double", 1), wait, ("double", 2)), do, at_once=1):
        found.append(message)
        if message == (1, "started", None):
            wait_for(lambda: list((tmp_path / "begun").iterdir()))
            started[0].process.kill()
    assert ends(found) == [("done", 2), ("died", (ALONE, "")), ("done", 4)]
    [worker] = [int(path.name) for path in (tmp_path / "begun").iterdir()]
    wait_for(lambda: not alive(worker), 10)
    assert len(started) == 2


def beside(crew: Workers, folder: Path, harm: str) -> list[Message]:
    """What happens to a job that does harm in place 1, to two that run beside it, and to a last."""
    begun = str(folder / "begun")
    os.mkdir(begun)
    others = "meet", begun, 4  # which can't end before one of them has begun again
    what = [others, (harm, begun, 3), others, ("double", 1)]
    return list(crew.run(jobs(folder, *what), do, at_once=3))


def test_a_job_that_kills_its_server_is_found_among_those_that_ran(
    crew: Workers, started: list[Child], tmp_path: Path
) -> None:
    found = beside(crew, tmp_path, "kill_its_server")
    lost = [(m.place, m.content) for m in found if m.kind == "lost"]
    assert lost == [(place, (WHY, "")) for place in range(3)]
    over = ends([message for message in found if message.kind != "lost"])
    assert [kind for kind, _ in over] == ["done", "died", "done", "done"]
    assert over[1] == ("died", (ALONE, ""))
    assert len(started) == 3


def test_jobs_that_another_has_killed_are_done_after_it(
    crew: Workers, started: list[Child], tmp_path: Path
) -> None:
    found = beside(crew, tmp_path, "kill_the_others")
    lost = [m.place for m in found if m.kind == "lost"]
    assert sorted(lost) == [0, 2]
    over = ends([message for message in found if message.kind != "lost"])
    assert [kind for kind, _ in over] == ["done"] * 4
    assert len(started) == 1


def test_a_server_that_a_job_has_stopped_goes_on(crew: Workers, tmp_path: Path) -> None:
    assert done(crew, tmp_path, "stop_its_server", ("double", 1)) == [("done", "done"), ("done", 2)]


def test_a_server_that_is_stopped_ends_when_it_is_closed(
    crew: Workers, started: list[Child]
) -> None:
    crew.warm_up()
    started[0].process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    crew.close()
    assert time.monotonic() - began < 5
    assert not alive(started[0].process.pid)


def test_a_server_that_died_while_nothing_ran_is_started_again(
    crew: Workers, started: list[Child], tmp_path: Path
) -> None:
    crew.warm_up()
    started[0].process.send_signal(signal.SIGKILL)
    started[0].process.wait()
    assert done(crew, tmp_path, ("double", 1)) == [("done", 2)]


def test_one_that_cannot_start_says_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_server.py").write_text("raise ImportError('no libcudart')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(workers, "Child", lambda _, variables: Child("broken_server", variables))
    with closing(Workers()) as crew:
        [(kind, (reason, text))] = done(crew, tmp_path, ("double", 1))
    assert (kind, reason) == ("died", "the server of workers ended with exit code 1")
    assert text.endswith("ImportError: no libcudart\n")


def test_what_cannot_be_sent_raises_here_and_what_cannot_be_read_there_fails(
    crew: Workers, tmp_path: Path
) -> None:
    with pytest.raises((AttributeError, TypeError), match=r"pickle"):
        done(crew, tmp_path, threading.Lock())
    found = done(crew, tmp_path, Unreadable(), ("double", 1))
    assert [kind for kind, _ in found] == ["failed", "failed"]
    assert "no number" in found[0][1][0]
    assert done(crew, tmp_path, ("double", 1)) == [("done", 2)]
