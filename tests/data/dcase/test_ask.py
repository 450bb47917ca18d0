"""Asking a server: busy ones are waited for, and not for ever."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

import pytest
from zenodo import DEVELOPMENT, Server

from asdbench.data.dcase.ask import ask, check_status


def asked(server: Server) -> tuple[int, list[float]]:
    """The status that is come to, and the pauses that were told."""
    told: list[float] = []
    with ask(server.url + DEVELOPMENT, pause=told.append) as response:
        return response.status_code, told


def test_retry_after_in_seconds_is_really_waited(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.busy = [(429, "1")]
    before = monotonic()
    with caplog.at_level(logging.INFO, "asdbench"):
        assert asked(server) == (200, [1])
    assert monotonic() - before >= 1
    assert f"{DEVELOPMENT} is busy; asking again in 1 s" in caplog.text


def test_retry_after_as_a_date(server: Server, waits: list[float]) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    server.busy = [(503, date)]
    status, told = asked(server)
    assert status == 200
    assert 80 < told[0] <= 90
    assert waits == told


def test_without_retry_after_the_pauses_grow(server: Server, waits: list[float]) -> None:
    server.busy = [(429, None), (429, "soon"), (429, None)]
    assert asked(server) == (200, [5, 10, 20])
    assert waits == [5, 10, 20]


def test_a_pause_of_nothing_is_no_busy_loop(server: Server, waits: list[float]) -> None:
    server.busy = [(429, "0")]
    assert asked(server) == (200, [1])


@pytest.mark.parametrize("busy", [[(429, "601")], [(429, "300"), (429, "300"), (429, "1")]])
def test_patience_ends(
    server: Server, waits: list[float], busy: list[tuple[int, str | None]]
) -> None:
    server.busy = busy
    with pytest.raises(OSError, match=r"asks to wait .* of the 600 s.*run the same command again"):
        asked(server)
    assert sum(waits) <= 600


def test_a_broken_server_that_names_no_time_is_not_waited_for(
    server: Server, waits: list[float]
) -> None:
    server.busy = [(503, None)]
    with (
        ask(server.url + DEVELOPMENT, pause=waits.append) as response,
        pytest.raises(OSError, match=r"answered 503 .* busy or broken"),
    ):
        check_status(server.url, response)
    assert waits == []


def test_other_answers_are_for_the_caller(server: Server) -> None:
    with (
        ask(f"{server.url}/gone", pause=lambda _: None) as response,
        pytest.raises(ValueError, match=r"answered 404 .* no such file"),
    ):
        check_status(server.url, response)


def test_what_can_not_be_asked() -> None:
    for wrong in ("zenodo.org", "ftp://zenodo.org", "http://"):
        with pytest.raises(ValueError, match="URL"):
            ask(wrong, pause=lambda _: None)
