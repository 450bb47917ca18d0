"""The server of workers, spoken to through its pipe: one job's end is no other's."""

from __future__ import annotations

import pickle
import signal
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from processes import alive, wait_for
from small_jobs import Unreadable, do, jobs, light

from asdbench.engines.child import Child
from asdbench.engines.server import LAST, Message, death


@pytest.fixture(scope="module")
def server() -> Iterator[Child]:
    with closing(light("", {"PYTHONUNBUFFERED": ""})) as started:  # as most users have it
        yield started


def answered(server: Child) -> Iterator[Message]:
    while (message := server.connection.recv()) is not LAST:
        yield message


def done(server: Child, folder: Path, *what: Any, at_once: int = 2) -> list[Message]:
    server.connection.send((jobs(folder, *what), do, at_once))
    return list(answered(server))


def ends(messages: Sequence[Message]) -> dict[int, tuple[str, Any]]:
    return {m.place: (m.kind, m.content) for m in messages if m.kind not in {"started", "said"}}


def test_a_job_starts_says_what_it_says_and_is_done(server: Child, tmp_path: Path) -> None:
    assert done(server, tmp_path, ("double", 3)) == [
        (0, "started", None),
        (0, "said", ("half", 3)),
        (0, "said", ("whole", 6)),
        (0, "done", 6),
    ]


@pytest.mark.parametrize(
    ("what", "kind", "reason", "text"),
    [
        ("fail", "failed", "KeyError: 'odd'", 'raise KeyError("odd")'),
        ("fail_as_a_user", "failed", "a line and another", "ValueError"),
        ("fail_without_a_text", "failed", "OddError (its text can't be had", "raise OddError"),
        ("leave", "failed", "SystemExit: 0", "SystemExit"),
        (
            ("leave_for_good", 3),
            "died",
            "its process ended with exit code 3",
            "these were\nthe last words\n",
        ),
        (
            "be_killed",
            "died",
            "its process ended with SIGKILL; the system may have run out of memory",
            "",
        ),
        ("say_what_no_job_says", "died", "its process said nonsense", ""),
        ("say_half_a_message", "died", "its process ended with ", ""),
        ("give_what_nobody_can_read", "died", "its process ended with ", ""),
    ],
)
def test_whatever_ends_a_job_ends_no_other(
    server: Child, tmp_path: Path, what: Any, kind: str, reason: str, text: str
) -> None:
    found = ends(done(server, tmp_path, what, ("double", 1), at_once=1))
    assert found[0][0] == kind
    assert found[0][1][0].startswith(reason)
    assert text in found[0][1][1]
    assert found[1] == ("done", 2)


def test_what_a_job_prints_is_its_own_and_leaves_no_file(tmp_path: Path) -> None:
    server = light("", {})
    one, other = "print('chatter') or 1 / 0", "os.system('echo more') or 1 / 0"
    found = ends(done(server, tmp_path, ("tell", one), ("tell", other)))
    assert found[0][1][1].endswith("The last that it printed:\n\nchatter\n")
    assert found[1][1][1].endswith("The last that it printed:\n\nmore\n")
    assert [*tmp_path.glob("*/*")] == []
    server.close()
    assert server.said == b""


def test_one_that_is_killed_while_others_run_is_told_from_one_that_runs_alone(
    server: Child, tmp_path: Path
) -> None:
    (tmp_path / "met").mkdir()
    beside = ("be_killed_when", str(tmp_path / "met"), 2), ("outlast", str(tmp_path / "met"))
    assert ends(done(server, tmp_path, *beside))[0][0] == "killed"
    assert ends(done(server, tmp_path, "be_killed"))[0][0] == "died"


def test_a_thread_that_a_job_leaves_behind_keeps_nobody(server: Child, tmp_path: Path) -> None:
    assert ends(done(server, tmp_path, "leave_a_thread")) == {0: ("done", "done")}


def test_as_many_run_at_once_as_are_allowed(server: Child, tmp_path: Path) -> None:
    (tmp_path / "met").mkdir()
    what = ("meet", str(tmp_path / "met"), 2)
    found = ends(done(server, tmp_path, *[what] * 4, at_once=2))
    times = [content for _, content in found.values()]
    at_once = [sum(began <= one[0] < ended for began, ended in times) for one in times]
    assert max(at_once) == 2


def test_each_is_a_process_of_its_own(server: Child, tmp_path: Path) -> None:
    found = ends(done(server, tmp_path, *[("tell", "os.getpid()")] * 3))
    assert len({pid for _, pid in found.values()} | {server.process.pid}) == 4


def test_a_batch_that_cannot_be_read_here_is_refused_and_the_next_one_is_not(
    server: Child, tmp_path: Path
) -> None:
    server.connection.send_bytes(pickle.dumps((jobs(tmp_path, Unreadable()), do, 1)))
    [(_, kind, (reason, text))] = answered(server)
    assert (kind, reason) == ("refused", "invalid literal for int() with base 10: 'no number'")
    assert "Traceback" in text
    assert ends(done(server, tmp_path, ("double", 1))) == {0: ("done", 2)}


@pytest.mark.parametrize("how", ["the driver hangs up", "it is killed"])
def test_workers_end_with_their_server(tmp_path: Path, how: str) -> None:
    server, begun = light("", {}), tmp_path / "begun"
    begun.mkdir()
    what = ("begin_and_wait", str(begun)), ("leave_children", str(begun), "waits")
    server.connection.send((jobs(tmp_path, *what), do, 2))
    wait_for(lambda: len(list(begun.iterdir())) == 5)
    workers = [int(path.name) for path in begun.iterdir()]
    assert all(map(alive, workers))
    if how == "it is killed":
        server.process.kill()
    server.close()
    assert server.process.returncode == (-signal.SIGKILL if how == "it is killed" else 0)
    wait_for(lambda: not any(map(alive, workers)), 10)


def test_it_ends_without_a_word_where_nothing_runs() -> None:
    server = light("", {})
    server.close()
    assert (server.process.returncode, server.said) == (0, b"")


def test_a_death_says_how_and_the_last_that_was_printed() -> None:
    assert death("it", 7, b"x" * 5000 + "ü".encode()) == (
        "it ended with exit code 7",
        "x" * 3999 + "ü",
    )
    assert death("it", -15, b"\xff")[0] == "it ended with SIGTERM"
    assert death("it", -9, b"")[0] == "it ended with SIGKILL; the system may have run out of memory"
