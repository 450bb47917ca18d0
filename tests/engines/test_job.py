"""What a worker may take: what it starts ends with it, and time and memory have limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from processes import alive, wait_for
from small_jobs import do, jobs, light

from asdbench.config.limits import Limits
from asdbench.engines.child import Child
from asdbench.engines.job import Job
from asdbench.engines.server import LAST, Message, with_output


@pytest.fixture(scope="module")
def server() -> Iterator[Child]:
    with closing(light("", {})) as started:
        yield started


def done(server: Child, folder: Path, *what: Any, limits: Limits) -> dict[int, Message]:
    every = [job._replace(limits=limits) for job in jobs(folder, *what)]
    server.connection.send((every, do, 2))
    found: dict[int, Message] = {}
    while (message := server.connection.recv()) is not LAST:
        if message.kind not in {"started", "said"}:
            assert message.place not in found
            found[message.place] = message
    return found


def started_in(folder: Path) -> Sequence[int]:
    return [int(path.name) for path in folder.iterdir()]


@pytest.mark.parametrize("end", ["is done", "dies"])
def test_what_a_job_has_started_ends_with_it_and_keeps_nobody(
    server: Child, tmp_path: Path, end: str
) -> None:
    (tmp_path / "begun").mkdir()
    what = ("leave_children", str(tmp_path / "begun"), end)
    found = done(server, tmp_path, what, ("double", 1), limits=Limits())
    assert found[0].kind == ("done" if end == "is done" else "died")
    assert found[1].content == 2
    assert len(started_in(tmp_path / "begun")) >= 2
    wait_for(lambda: not any(map(alive, started_in(tmp_path / "begun"))), 10)


def test_a_job_that_goes_on_in_two_processes_is_done_once(server: Child, tmp_path: Path) -> None:
    found = done(server, tmp_path, "go_on_twice", ("double", 1), limits=Limits())
    assert (found[0].content, found[1].content) == (2, 2)


@pytest.mark.parametrize("how", ["hang", "hang_deaf"])
def test_a_job_that_hangs_is_stopped_says_where_and_stops_no_other(
    server: Child, tmp_path: Path, how: str
) -> None:
    found = done(server, tmp_path, how, ("double", 1), limits=Limits(seconds=0.3))
    assert found[1].content == 2
    kind, (reason, said) = found[0].kind, found[0].content
    assert (kind, reason) == ("died", "it was stopped after 0.3 s, its limit")
    assert f"in {how}" in said
    assert ("before it hung" in said) == (how == "hang")


def test_a_job_within_its_limits_is_done(server: Child, tmp_path: Path) -> None:
    limits = Limits(seconds=60, gigabytes=0.3)
    assert done(server, tmp_path, ("eat", 100), limits=limits)[0].content == 100_000_000


def test_a_job_that_wants_too_much_memory_is_told_its_limit(server: Child, tmp_path: Path) -> None:
    limits = Limits(gigabytes=0.3)
    found = done(server, tmp_path, ("eat", 400), ("double", 1), limits=limits)
    assert found[0].kind == "failed"
    assert found[0].content[0] == "it wanted more than 0.3 GB, its limit (MemoryError)"
    assert found[1].content == 2


@pytest.mark.parametrize("place", ["a file", "nothing"])
def test_one_whose_folder_is_gone_is_done(server: Child, tmp_path: Path, place: str) -> None:
    if place == "a file":
        (tmp_path / "folder").touch()
    job = Job(("fail_after", "the last words"), tmp_path / "folder")
    server.connection.send(([job], do, 1))
    *_, (_, kind, content) = iter(server.connection.recv, LAST)
    assert kind == "failed"
    assert content[1].endswith("The last that it printed:\n\nthe last words\n")


def test_limits_of_months_are_kept_too(server: Child, tmp_path: Path) -> None:
    found = done(server, tmp_path, ("double", 1), limits=Limits(seconds=3e7))
    assert found[0].content == 2


def test_what_was_printed_stands_below_a_traceback() -> None:
    assert with_output("Traceback\n", b" \n") == "Traceback\n"
    assert with_output("Traceback\n", b"loss: nan\n").endswith("that it printed:\n\nloss: nan\n")
