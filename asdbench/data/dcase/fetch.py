"""Download one file over HTTP so that an interrupted download continues where it stopped.

pooch verifies the file and puts it in place; resuming, which it lacks, is its downloader here.
Bytes gather in ``<name>.part``; ``<name>.json`` beside it says what they belong to.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pooch
import requests

from asdbench.config.files import write
from asdbench.data.dcase.ask import AGAIN, Pause, ask, broken, check_status

Report = Callable[[int, int | None], None]  # bytes so far, bytes in all where known

_CHUNK = 1 << 18


@dataclass(frozen=True)
class _Note:
    """What a partial file is part of; ``validator`` is the server's ETag or date for it."""

    url: str = ""
    validator: str = ""
    total: int | None = None


def fetch(url: str, to: Path, *, checksum: str, report: Report, pause: Pause) -> None:
    """Download ``url`` to ``to`` and check it; continue a part that lies there.

    ``checksum`` is like "md5:649bdfc0..."; an empty one is not checked. ``pause`` is told of waits
    that a busy server asks for. Raises ``ValueError`` for what running again won't cure (no such
    file, wrong checksum), ``OSError`` for what it may (connection, server, disk).
    """
    part, note = to.with_name(f"{to.name}.part"), to.with_name(f"{to.name}.json")
    complete = False

    def downloader(url: str, output_file: str, _: object, check_only: bool = False) -> None:
        nonlocal complete
        while not _continue(url, part, note, report, pause):
            part.unlink()
        _stand_in(part, Path(output_file))
        complete = True

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("WARNING")
    try:
        pooch.retrieve(url, checksum or None, fname=to.name, path=to.parent, downloader=downloader)
    except ValueError as error:
        if not complete:
            raise
        part.unlink(missing_ok=True)
        note.unlink(missing_ok=True)
        raise ValueError(
            f"wrong checksum: what {url} sent is not the file that has {checksum}; it was "
            "removed; run the same command again to download it anew, or try another mirror"
        ) from error
    finally:
        logger.setLevel(level)
    part.unlink(missing_ok=True)
    note.unlink(missing_ok=True)


def _continue(url: str, part: Path, note: Path, report: Report, pause: Pause) -> bool:
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
        with ask(url, headers=headers, pause=pause, kept=have) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable and have:
                return False
            check_status(url, response)
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
    except requests.exceptions.RequestException as error:
        raise broken(url, error, have) from error
    if total is not None and have != total:
        raise OSError(f"{url} ended after {have:,} of {total:,} bytes; {AGAIN}")
    return True


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
