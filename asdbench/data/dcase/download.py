"""``asdbench data download dcase2023``: a year's archives from Zenodo, checked and unpacked."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pooch

from asdbench.data.choices import check_choice, check_known
from asdbench.data.dcase import facts
from asdbench.data.dcase.ask import Pause
from asdbench.data.dcase.expected import Expected, ask_records, expect
from asdbench.data.dcase.facts import SUBSETS, YEARS, Archive
from asdbench.data.dcase.fetch import fetch
from asdbench.data.dcase.layout import WORK_FOLDER
from asdbench.data.dcase.licence import licence_of
from asdbench.data.dcase.room import Load, room_for
from asdbench.data.dcase.unpack import unpack
from asdbench.data.dcase.work import FOLDERS, DoneList, alone_in, claim, disk_errors
from asdbench.data.dcase.zenodo import ZENODO, archive_url

BytesProgress = Callable[[str, int, int | None], None]  # what, bytes so far, in all if known

URL_VARIABLE = "ASDBENCH_ZENODO_URL"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Downloaded:
    """What a download did: archives unpacked now, and those that had been before.

    ``licence`` is what is known of it, ``unverified`` which of the archives had no checksum.
    """

    to: Path
    unpacked: tuple[str, ...]
    already: tuple[str, ...]
    licence: str
    unverified: tuple[str, ...] = ()

    def __str__(self) -> str:
        before = f" ({len(self.already)} were there already)" if self.already else ""
        unchecked = ", ".join(self.unverified)
        return (
            f"archives unpacked: {len(self.unpacked)}{before}; the recordings are in {self.to}; "
            + (f"not verified, for want of a checksum: {unchecked}; " if unchecked else "")
            + self.licence
        )


def download(
    dataset: str,
    to: str | Path,
    *,
    subsets: Sequence[str] = SUBSETS,
    machines: Sequence[str] = (),
    verify: bool = True,
    base_url: str | None = None,
    progress: BytesProgress | None = None,
    keep_archives: bool = False,
) -> Downloaded:
    """Fetch and unpack a year of DCASE Task 2, "dcase2020" or later, or a part of it.

    Development goes to ``<to>/dev_data``, evaluation to ``<to>/eval_data``. Archives are deleted
    once unpacked unless ``keep_archives``; one that lies in ``<to>`` and has the right checksum is
    used as it is, and stays. ``verify=False`` goes on where a checksum can't be had. ``base_url``
    is Zenodo's, or what the environment variable ASDBENCH_ZENODO_URL says. ``progress`` is told
    what is under way, and its bytes. Raises ``ValueError`` or ``OSError`` in one line; after most,
    the same call again continues.
    """
    year, to = _year(dataset), Path(to).expanduser()
    chosen = _chosen(year, subsets, machines)
    base = (base_url or os.environ.get(URL_VARIABLE) or ZENODO).rstrip("/")
    tell = progress or (lambda *_: None)
    work = to / WORK_FOLDER
    with disk_errors(to), alone_in(work):
        done = claim(work, dataset, [archive.name for archive in facts.archives(year)])
        missing = [archive for archive in chosen if not done.holds(archive)]
        answers = ask_records(base, missing, pause=_waiting(tell, dataset))
        jobs = [_Job(expect(one, answers, verify=verify), to, keep_archives) for one in missing]
        if jobs:
            room = room_for([job.load() for job in jobs], to)
            _log.info("%s", room)
            room.require()
        for number, job in enumerate(jobs, start=1):
            job.do(base, done, tell, f"{job.name} ({number} of {len(jobs)})")
    return Downloaded(
        to,
        tuple(job.name for job in jobs),
        tuple(archive.name for archive in chosen if archive not in missing),
        licence_of(year, chosen, answers),
        tuple(job.name for job in jobs if not job.expected.checksum),
    )


def _year(dataset: str) -> int:
    years = {year.dataset: number for number, year in YEARS.items()}
    check_known("dataset", [dataset], years, "to download")
    return years[dataset]


def _chosen(year: int, subsets: Sequence[str], machines: Sequence[str]) -> list[Archive]:
    check_choice("subsets", subsets, SUBSETS)
    chosen = [archive for archive in facts.archives(year) if archive.subset in subsets]
    where = f"in {YEARS[year].name}'s {' and '.join(subsets)} data"
    check_known("machine type", machines, {archive.machine for archive in chosen}, where)
    return [archive for archive in chosen if not machines or archive.machine in machines]


class _Job:
    """One archive to fetch and unpack, unless it lies in the target folder already."""

    def __init__(self, expected: Expected, to: Path, keep: bool) -> None:
        self.expected, self.name, self._to = expected, expected.archive.name, to
        self._own = to / self.name
        self._work = to / WORK_FOLDER
        self._found = _is(expected, self._own)
        self._stays = keep or self._found

    def load(self) -> Load:
        """What it asks of the disk."""
        size = self.expected.size
        if self._found:
            there = size = self._own.stat().st_size
        else:
            parts = (self._work / self.name, self._work / f"{self.name}.part")
            there = max(part.stat().st_size if part.exists() else 0 for part in parts)
        return Load(size, there, self._stays)

    def do(self, base: str, done: DoneList, tell: BytesProgress, title: str) -> None:
        """Fetch what is missing, check it, unpack it, and note that it is done."""
        archive, file = self.expected.archive, self._own
        if not self._found:
            file = self._work / self.name
            url = archive_url(base, archive.record, archive.name)
            checksum, pause = self.expected.checksum, _waiting(tell, title)
            fetch(url, file, checksum=checksum, report=partial(tell, title), pause=pause)
        report, into = partial(tell, f"{title}, unpacking"), self._to / FOLDERS[archive.subset]
        done.add(archive, unpack(file, archive.machine, into, work=self._work, report=report))
        if not self._found and self._stays:
            os.replace(file, self._own)
        elif not self._found:
            file.unlink()


def _is(expected: Expected, file: Path) -> bool:
    """Whether a file is the archive; without a checksum, it is one by its name and known size."""
    if not file.is_file() or expected.size not in {None, file.stat().st_size}:
        return False
    algorithm, _, value = expected.checksum.partition(":")
    return not value or pooch.file_hash(str(file), alg=algorithm) == value


def _waiting(tell: BytesProgress, title: str) -> Pause:
    return lambda seconds: tell(f"{title}, waiting {seconds:.0f} s as the server asks", 0, None)
