"""Download one file over HTTP so that an interrupted download continues where it stopped.

pooch checks the MD5 sum and puts the file in place; resuming, which it lacks, is its downloader
here. Bytes gather in ``<name>.part``; ``<name>.json`` beside it says what they belong to.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pooch
import requests
from urllib3.exceptions import ReadTimeoutError

from asdbench.config.files import write

Report = Callable[[int, int | None], None]  # bytes so far, bytes in all where known

AGAIN = "run the same command again to continue"
CONNECT_SECONDS = 15.0
STALL_SECONDS = 60.0  # without a byte
_CHUNK = 1 << 18


@dataclass(frozen=True)
class _Note:
    """What a partial file is part of; ``validator`` is the server's ETag or date for it."""

    url: str = ""
    validator: str = ""
    total: int | None = None


def fetch(url: str, to: Path, *, md5: str, report: Report) -> None:
    """Download ``url`` to ``to`` and check its MD5 sum; continue a part that lies there.

    Raises ``ValueError`` for what running again won't cure (no such file, wrong sum), ``OSError``
    for what it may (connection, server, disk).
    """
    part, note = to.with_name(f"{to.name}.part"), to.with_name(f"{to.name}.json")
    complete = False

    def downloader(url: str, output_file: str, _: object, check_only: bool = False) -> None:
        nonlocal complete
        while not _continue(url, part, note, report):
            part.unlink()
        _stand_in(part, Path(output_file))
        complete = True

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("WARNING")
    try:
        pooch.retrieve(url, f"md5:{md5}", fname=to.name, path=to.parent, downloader=downloader)
    except ValueError as error:
        if not complete:
            raise
        part.unlink(missing_ok=True)
        note.unlink(missing_ok=True)
        raise ValueError(
            f"wrong checksum: what {url} sent is not the file whose MD5 sum is {md5}; it was "
            "removed; run the same command again to download it anew, or try another mirror"
        ) from error
    finally:
        logger.setLevel(level)
    part.unlink(missing_ok=True)
    note.unlink(missing_ok=True)


def _continue(url: str, part: Path, note: Path, report: Report) -> bool:
    """Bring ``part`` to its end; False if what is there can't be continued and must go."""
    have = part.stat().st_size if part.exists() else 0
    known = _read(note)
    if have and have == known.total:
        return True
    headers = {"Accept-Encoding": "identity"}  # so that sizes are those of the file
    if have:
        headers["Range"] = f"bytes={have}-"
        if known.url == url and known.validator:
            headers["If-Range"] = known.validator
    try:
        with requests.get(
            url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, STALL_SECONDS)
        ) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable and have:
                return False
            _check_status(url, response)
            start, total = _extent(response)
            if start not in {0, have} or (start and known.total not in {None, total}):
                if not have:
                    raise OSError(f"{url} sent a part of the file unasked; later, {AGAIN}")
                return False
            write(note, json.dumps(asdict(_Note(url, _validator(response), total))))
            have = start
            report(have, total)
            with part.open("ab" if start else "wb") as file:
                for chunk in response.iter_content(_CHUNK):
                    file.write(chunk)
                    have += len(chunk)
                    report(have, total)
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema) as error:
        raise ValueError(f"not a URL: {url!r}; give one like https://host/folder") from error
    except requests.exceptions.InvalidSchema as error:
        raise ValueError(f"cannot download from {url}: not an http or https URL") from error
    except requests.exceptions.RequestException as error:
        raise OSError(_broken(url, error, have)) from error
    if total is not None and have != total:
        raise OSError(f"{url} ended after {have:,} of {total:,} bytes; {AGAIN}")
    return True


def _check_status(url: str, response: requests.Response) -> None:
    if response.ok:
        return
    answer = f"{response.status_code} {response.reason}"
    if response.status_code in {408, 425, 429} or response.status_code >= 500:
        raise OSError(f"{url} answered {answer}: the server is busy or broken; later, {AGAIN}")
    raise ValueError(f"{url} answered {answer}: no such file there; check the address")


def _extent(response: requests.Response) -> tuple[int, int | None]:
    """Where in the file the answer starts, and the file's size where the server tells it."""
    if response.status_code == requests.codes.partial_content:
        span = re.fullmatch(
            r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", "").strip()
        )
        if span is None:
            return -1, None
        return int(span[1]), None if span[2] == "*" else int(span[2])
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _validator(response: requests.Response) -> str:
    """What ``If-Range`` may carry: a strong ETag, or the date of the last change."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified", "")


def _broken(url: str, error: requests.exceptions.RequestException, have: int) -> str:
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
    kept = f"{have:,} bytes are kept; " if have else ""
    return f"{url}: {what}; {kept}{AGAIN}"


def _stand_in(part: Path, output: Path) -> None:
    """Give pooch the bytes under its own name, and keep them until it has checked them."""
    output.unlink(missing_ok=True)
    try:
        os.link(part, output)
    except OSError:  # a file system without hard links
        shutil.move(part, output)


def _read(note: Path) -> _Note:
    try:
        return _Note(**json.loads(note.read_text()))
    except (OSError, ValueError, TypeError):
        return _Note()
