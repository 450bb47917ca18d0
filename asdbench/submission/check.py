"""Whether a submission has all that a board needs of it, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from asdbench.config.defaults import REPEATS_ASKED
from asdbench.results.store import TAGS
from asdbench.submission.about import ABOUT, SOURCE, About, about_of, is_link
from asdbench.submission.guard import RefusedError, named_plainly
from asdbench.submission.reading import (
    MARKS,
    Flaw,
    first_of,
    marks_of,
    methods_of,
    read_record,
    row_files,
    tags_of_folder,
)
from asdbench.submission.row_check import RowCheck
from asdbench.submission.strange import strange_files


def check_submission(folder: str | Path, *, repeats: int = REPEATS_ASKED) -> list[Flaw]:
    """What a submission lacks, all of it at once; nothing that it brings is run.

    Args:
        folder: The submission: an output folder, or what ``make_submission`` made of one, with a
            ``submission.toml``.
        repeats: How many repeats a row has at least, unless its method declares that seeds don't
            change it.

    Returns:
        A ``Flaw`` for each thing that is missing or wrong: ``where`` it is, ``what`` it is, and
        what ``todo`` about it. Empty where all is there.

    Raises:
        ValueError: where there is no such folder, or ``repeats`` is below 1.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> made = asdbench.make_submission(["knn"], out="runs/smoke", to="submission")
        >>> [str(fault).split(";")[0] for fault in asdbench.check_submission("submission")]
        ['submission.toml: title is empty', 'submission.toml: authors is empty']
    """
    path = Path(folder)
    if path.is_symlink():
        return [Flaw(str(folder), "is a link; links aren't followed", "submit a folder")]
    if not path.is_dir():
        raise ValueError(f"no folder {folder}; give the folder of a submission")
    if repeats < 1:
        raise ValueError(f"--repeats {repeats}: a row has one repeat or more")
    return [*_all(path, repeats)]


def _all(folder: Path, repeats: int) -> Iterator[Flaw]:
    about = About()
    try:
        about = about_of(folder) or about
        if not (folder / ABOUT).exists():
            raise RefusedError("there is none")
        yield from _said(about)
    except RefusedError as error:
        yield Flaw(ABOUT, str(error), "asdbench submission make writes one to be filled in")
    yield from strange_files(folder)
    marks, faults = _tried(MARKS, lambda: marks_of(folder), {})
    yield from faults
    yield from _tried(TAGS, lambda: tags_of_folder(folder), {})[1]
    labels, faults = _tried("rows/", lambda: row_files(folder), None)
    yield from faults
    if labels == []:
        yield Flaw("rows/", "there is no row", "asdbench submission make takes one of a run")
    test_sets = {subset: mark["hash"] for subset, mark in marks.items()}
    for label in labels or []:
        yield from RowCheck(folder, label, about, repeats, test_sets).faults()
    yield from _idle_sources(folder, labels or [])


def _idle_sources(folder: Path, labels: Sequence[str]) -> Iterator[Flaw]:
    """Sources of what is no row's method; nothing is said while a row is broken."""
    try:
        methods = {name for label in labels for name in methods_of(read_record(folder, label))}
    except RefusedError:
        return  # told already, and its method isn't known
    if (folder / SOURCE).is_symlink():
        return  # so is this
    there = sorted(path.name for path in (folder / SOURCE).glob("*.py"))
    idle = [name for name in filter(named_plainly, there) if name[:-3] not in methods]
    if idle:
        yield Flaw(f"{SOURCE}/", f"no row is of these methods: {first_of(idle)}", "delete them")


def _said(about: About) -> Iterator[Flaw]:
    """What the authors have left empty, or filled in so that it can't be used."""
    if not about.title.strip():
        yield Flaw(ABOUT, "title is empty", "say in a few words what the system is")
    if not any(author.strip() for author in about.authors):
        yield Flaw(ABOUT, "authors is empty", 'name them: authors = ["Ada Lovelace"]')
    for name, text in about.links.items():
        if not is_link(text):
            yield Flaw(ABOUT, f"{name} is no address", "write it whole: https://...")


def _tried(where: str, read: Callable[[], Any], otherwise: Any) -> tuple[Any, list[Flaw]]:
    try:
        return read(), []
    except RefusedError as error:
        return otherwise, [Flaw(where, str(error), "make the submission anew, or mend the file")]
