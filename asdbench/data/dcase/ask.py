"""One request to a server, asked again as long as it says that it is busy."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from time import sleep
from typing import Any

import requests
from urllib3.exceptions import InvalidHeader, ReadTimeoutError
from urllib3.util import Retry

Pause = Callable[[float], None]  # told how many seconds are waited

AGAIN = "run the same command again to continue"
CONNECT_SECONDS = 15.0
STALL_SECONDS = 60.0  # without a byte
PATIENCE_SECONDS = 600.0  # in all, for one answer
FIRST_PAUSE_SECONDS = 5.0  # doubled each time, where the server doesn't say how long
_SHORTEST_PAUSE_SECONDS = 1.0  # "Retry-After: 0" must not become a busy loop
_log = logging.getLogger(__name__)


def ask(
    url: str, *, pause: Pause, headers: Mapping[str, str] | None = None, kept: int = 0
) -> requests.Response:
    """The server's answer, whose body isn't read yet; ``check_status`` says if it is a good one.

    429, and 503 with a Retry-After, are waited out: as long as it says, else a little longer each
    time. ``pause`` is told before each wait. Raises ``ValueError`` where ``url`` is none that can
    be asked, ``OSError`` where there is no connection, or the wait would be too long; it tells
    that ``kept`` bytes are kept.
    """
    left, growing = PATIENCE_SECONDS, FIRST_PAUSE_SECONDS
    while True:
        response = _get(url, headers, kept)
        seconds = _asked_to_wait(response, growing)
        if seconds is None:
            return response
        response.close()
        if seconds > left:
            raise OSError(
                f"{url} answered {_status(response)} and asks to wait {seconds:,.0f} s, but only "
                f"{left:,.0f} s are left of the {PATIENCE_SECONDS:,.0f} s for it; later, {AGAIN}"
            )
        _log.info("%s is busy; asking again in %.0f s", url, seconds)
        pause(seconds)
        sleep(seconds)
        left, growing = left - seconds, 2 * growing


def check_status(url: str, response: requests.Response) -> None:
    """Raise ``OSError`` for an answer that may be another later, ``ValueError`` for a bad one."""
    if response.ok:
        return
    answer = _status(response)
    if response.status_code in {408, 425, 429} or response.status_code >= 500:
        raise OSError(f"{url} answered {answer}: the server is busy or broken; later, {AGAIN}")
    raise ValueError(f"{url} answered {answer}: no such file there; check the address")


def broken(url: str, error: requests.exceptions.RequestException, kept: int) -> OSError:
    """What to raise for a connection that failed, with ``kept`` bytes kept."""
    cause: Any = error.args[0] if error.args else error
    if isinstance(error, requests.exceptions.ConnectTimeout):
        what = f"no connection within {CONNECT_SECONDS:g} s"
    elif isinstance(error, requests.exceptions.Timeout) or isinstance(cause, ReadTimeoutError):
        what = f"nothing came for {STALL_SECONDS:g} s"
    elif isinstance(error, requests.exceptions.ChunkedEncodingError):
        what = "the connection broke off"
    else:
        reason = str(getattr(cause, "reason", cause)).rpartition(": ")[2]
        what = re.sub(r"^\[Errno -?\d+\] ", "", reason)
    return OSError(f"{url}: {what}; {f'{kept:,} bytes are kept; ' if kept else ''}{AGAIN}")


def _get(url: str, headers: Mapping[str, str] | None, kept: int) -> requests.Response:
    try:
        return requests.get(
            url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, STALL_SECONDS)
        )
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema) as error:
        raise ValueError(f"not a URL: {url!r}; give one like https://host/folder") from error
    except requests.exceptions.InvalidSchema as error:
        raise ValueError(f"cannot download from {url}: not an http or https URL") from error
    except requests.exceptions.RequestException as error:
        raise broken(url, error, kept) from error


def _asked_to_wait(response: requests.Response, growing: float) -> float | None:
    """How many seconds to wait before asking again; None where the answer asks for no wait."""
    if response.status_code not in {429, 503}:
        return None
    try:
        asked = Retry().parse_retry_after(response.headers["Retry-After"])
    except (KeyError, InvalidHeader):
        return growing if response.status_code == requests.codes.too_many_requests else None
    return max(asked, _SHORTEST_PAUSE_SECONDS)


def _status(response: requests.Response) -> str:
    return f"{response.status_code} {response.reason}"
