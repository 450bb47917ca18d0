"""``asdbench data download dcase2020``: the 18 archives from Zenodo, checked and unpacked.

``<to>/.asdbench-download/`` holds what is under way and ``done.json``, the list of what is done.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import filelock
import pooch

from asdbench.config.files import FULL, write
from asdbench.data.choices import check_known
from asdbench.data.dcase import facts
from asdbench.data.dcase.facts import PARTS, Archive
from asdbench.data.dcase.fetch import AGAIN, fetch
from asdbench.data.dcase.layout import WORK_FOLDER
from asdbench.data.dcase.unpack import unpack

BytesProgress = Callable[[str, int, int | None], None]  # what, bytes so far, in all if known

BASE_URL = "https://zenodo.org/records"
BASE_URL_VARIABLE = "ASDBENCH_DCASE2020_URL"
LICENCE = "CC BY-NC-SA 4.0"
_FOLDER = {"development": "dev_data", "additional training": "eval_data", "evaluation": "eval_data"}


@dataclass(frozen=True)
class Downloaded:
    """What a download did: archives unpacked now, and those that had been before."""

    to: Path
    unpacked: tuple[str, ...]
    already: tuple[str, ...]

    def __str__(self) -> str:
        before = f" ({len(self.already)} were there already)" if self.already else ""
        return (
            f"archives unpacked: {len(self.unpacked)}{before}; the recordings are in {self.to}; "
            f"their licence is {LICENCE}: not for commercial use, and to be credited"
        )


def download(
    to: str | Path,
    *,
    parts: Sequence[str] = PARTS,
    machines: Sequence[str] = (),
    base_url: str | None = None,
    progress: BytesProgress | None = None,
    keep_archives: bool = False,
) -> Downloaded:
    """Fetch and unpack parts of DCASE 2020 Task 2 for some machine types, by default everything.

    Development goes to ``<to>/dev_data``, the other two parts to ``<to>/eval_data``. Archives are
    deleted once unpacked unless ``keep_archives``; one that lies in ``<to>`` and has the right MD5
    sum is used as it is, and stays. ``base_url`` is Zenodo's, or what the environment variable
    ASDBENCH_DCASE2020_URL says; below it a mirror has ``<record>/files/<archive>``. ``progress`` is
    told what is under way, and its bytes. Raises ``ValueError`` or ``OSError`` in one line; after
    most, the same call again continues.
    """
    to = Path(to).expanduser()
    base = (base_url or os.environ.get(BASE_URL_VARIABLE) or BASE_URL).rstrip("/")
    chosen = _chosen(parts, machines)
    tell = progress or (lambda *_: None)
    unpacked, already = [], []
    work = to / WORK_FOLDER
    with _disk_errors(to), _alone_in(work):
        _sweep(work)
        done = _Done(work / "done.json")
        for number, archive in enumerate(chosen, start=1):
            if done.holds(archive, to):
                already.append(archive.name)
                continue
            title = f"{archive.name} ({number} of {len(chosen)})"
            own = to / archive.name
            file = own if _is(archive, own) else work / archive.name
            if file != own:
                url = f"{base}/{archive.record}/files/{archive.name}"
                fetch(url, file, md5=archive.md5, report=partial(tell, title))
            report, into = partial(tell, f"{title}, unpacking"), to / _FOLDER[archive.part]
            done.add(archive, unpack(file, archive.machine, into, work=work, report=report))
            unpacked.append(archive.name)
            if file != own and keep_archives:
                os.replace(file, own)
            elif file != own:
                file.unlink()
    return Downloaded(to, tuple(unpacked), tuple(already))


def _chosen(parts: Sequence[str], machines: Sequence[str]) -> list[Archive]:
    check_known("part", parts, PARTS, "of DCASE 2020")
    known_machines = {archive.machine for archive in facts.archives()}
    check_known("machine type", machines, known_machines, "in DCASE 2020")
    return [
        archive
        for archive in facts.archives()
        if archive.part in parts and (not machines or archive.machine in machines)
    ]


class _Done:
    """Which archives are unpacked, with the number of files that each put into which folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: dict[str, dict[str, int]] = {}
        if path.exists():
            self.files = json.loads(path.read_text())

    def holds(self, archive: Archive, to: Path) -> bool:
        """Whether it's noted and its files are still there: people delete folders."""
        noted = self.files.get(archive.name, {})
        base = to / _FOLDER[archive.part]
        return bool(noted) and all(_count(base / name) >= n for name, n in noted.items())

    def add(self, archive: Archive, files: Mapping[str, int]) -> None:
        self.files[archive.name] = dict(files)
        write(self.path, json.dumps(self.files, indent=1))


def _count(folder: Path) -> int:
    return len(os.listdir(folder)) if folder.is_dir() else 0


def _is(archive: Archive, file: Path) -> bool:
    return file.is_file() and pooch.file_hash(str(file), alg="md5") == archive.md5


def _sweep(work: Path) -> None:
    """Remove what a killed download left and no later one can use."""
    names = {archive.name for archive in facts.archives()}
    keep = {f"{name}{end}" for name in names for end in ("", ".part", ".json")}
    for path in work.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in keep | {"done.json", "lock"}:
            path.unlink()


@contextmanager
def _alone_in(work: Path) -> Iterator[None]:
    work.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(work / "lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise OSError(f"another download into {work.parent} is running; wait for it") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _disk_errors(to: Path) -> Iterator[None]:
    """Say in one line what the operating system refused; our own errors carry no number."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        if error.errno in FULL:
            raise OSError(f"the disk of {to} is full; free some space, then {AGAIN}") from error
        place = error.filename or to
        raise OSError(f"cannot write {place}: {error.strerror}; choose another folder") from error
