"""What each archive must be when it has come: its size and checksum, by Zenodo's records.

The MD5 sums of 2020 are built in, and outrank what cannot be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asdbench.data.dcase.ask import Pause
from asdbench.data.dcase.facts import Archive
from asdbench.data.dcase.zenodo import Record, page_of, read_record

ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
Answers = Mapping[str, Record | OSError | ValueError]  # by record; why it can't be had


@dataclass(frozen=True)
class Expected:
    """One archive's size in bytes, None if unknown, and checksum, empty if it can't be had."""

    archive: Archive
    size: int | None
    checksum: str


def ask_records(base: str, archives: Iterable[Archive], *, pause: Pause) -> Answers:
    """Each archive's record, asked for once, or what went wrong."""
    answers: dict[str, Record | OSError | ValueError] = {}
    for number in dict.fromkeys(archive.record for archive in archives):
        try:
            answers[number] = read_record(base, number, pause=pause)
        except (OSError, ValueError) as error:
            answers[number] = error
    return answers


def expect(archive: Archive, answers: Answers, *, verify: bool) -> Expected:
    """What the archive must be.

    Raises ``ValueError`` where a checksum can't be had, unless it may be done without
    (``verify=False``), and where the record contradicts the sum that is built in.
    """
    answer = answers[archive.record]
    file = answer.files.get(archive.name) if isinstance(answer, Record) else None
    size = file.size if file else None
    algorithm, _, value = file.checksum.lower().partition(":") if file else ("", "", "")
    if archive.md5:
        if algorithm == "md5" and value != archive.md5:
            raise ValueError(
                f"{archive.name}: the record {archive.record} says that its MD5 sum is {value}, "
                f"but {archive.md5} is what was published in 2020; look at "
                f"{page_of(archive.record)}, or take another mirror"
            )
        return Expected(archive, size, f"md5:{archive.md5}")
    if value and algorithm in ALGORITHMS:
        return Expected(archive, size, f"{algorithm}:{value}")
    if not verify:
        return Expected(archive, size, "")
    if not isinstance(answer, Record):
        problem = str(answer)
    elif file is None:
        problem = f"the record {archive.record} has no such file"
    else:
        problem = f"the record {archive.record} has {file.checksum!r}, of an unknown kind"
    raise ValueError(f"no checksum for {archive.name}: {problem}; --no-verify goes on without it")
