"""The site as files: made beside what is there, and nothing of another one left over."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from asdbench.config import files, plugins
from asdbench.config.defaults import SITE
from asdbench.config.said import with_kind
from asdbench.evaluation import Board
from asdbench.site.boards import BoardsMade, boards
from asdbench.site.clip_sets import clip_sets
from asdbench.site.collected import collected
from asdbench.site.pages import Pages
from asdbench.site.shown import Section, profiles
from asdbench.site.words import counted
from asdbench.submission.guard import named_plainly

MANIFEST = "site.json"  # which files are ours
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SiteWritten:
    """What was written.

    Attributes:
        folder: The site; ``index.html`` in it is its first page.
        test_sets: How many test sets it has.
        methods: How many methods.
        rows: How many rows, older versions among them.
        twice: Rows that another folder has too, a line each; they are counted once.
        faults: Folders, rows and formats that are broken, a line each; the rest is there.
    """

    folder: Path
    test_sets: int
    methods: int
    rows: int
    twice: Sequence[str]
    faults: Sequence[str]


def write_site(results: Sequence[str | Path], *, to: str | Path = SITE) -> SiteWritten:
    """Write a static site of many output folders and submissions.

    It has a page a test set, with all rows ever submitted and the history of each figure, and a
    page a method. It opens from a file and from any web server. Rows are comparable where they
    scored the same clips, whichever folder they are in, and are compared all together. Nothing
    that a folder brings is run. The same results make the same bytes.

    Args:
        results: Output folders, with runs or imports in them, and submissions.
        to: The folder of the site, new or of before.

    Returns:
        What was written, and what is broken.

    Raises:
        ValueError: where no row can be shown, or ``to`` has something that is no site.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1, out="runs/one")
        >>> site = asdbench.write_site(["runs/one"], to="site")
        >>> site.test_sets, site.methods, site.faults
        (1, 1, [])
    """
    folder = Path(to)
    before = _ours(folder)
    _log.info("reading %s", counted(len(results), "folder"))
    found = collected([Path(one) for one in results])
    sections, faults = [], [*found.faults]
    for of in clip_sets(found.rows):
        _log.info("comparing %s: %s, %s", counted(len(of.versions), "row"), of.name, of.subset)
        try:
            made = boards(of)
        except ValueError as error:
            faults.append(str(error))
            continue
        faults += made.faults
        sections.append(Section(of, made))
    if not sections:
        raise ValueError("; ".join(["no row can be shown", *faults[:3]]))
    pages = Pages(sections, profiles(sections))
    content = dict(_content(pages, faults))
    content[MANIFEST] = _manifest(content)  # at the end; until then, of what was before as well
    with files.room_in(folder, if_full="; free some space", if_denied="; give another --to"):
        files.write(folder / MANIFEST, _manifest({*before, *content}))
        for name in before - {*content}:
            (folder / name).unlink(missing_ok=True)
        for name, text in content.items():
            files.write(folder / name, text)
    rows = {id(line.submitted) for section in sections for line in section.lines}
    return SiteWritten(folder, len(sections), len(pages.profiles), len(rows), found.twice, faults)


def _content(pages: Pages, faults: list[str]) -> Iterator[tuple[str, str]]:
    """Every file of the site by its path; what is broken goes to the faults."""
    for section in pages.sections:
        place = f"data/{section.of.slug}"
        formats = []
        for form, text in _rendered(section.made, faults):
            formats.append(form)
            yield f"{place}/board.{form}", text
        if section.older:
            for form, text in _formats(section.made.every, ["html"], faults):
                yield f"{place}/all-versions.{form}", text
        yield f"{place}/index.html", pages.data(section, formats)
    for profile in pages.profiles.values():
        yield f"methods/{profile.slug}.html", pages.method(profile)
    yield "index.html", pages.index()


def _rendered(made: BoardsMade, faults: list[str]) -> Iterator[tuple[str, str]]:
    forms = sorted(plugins.available(plugins.LEADERBOARDS), key=lambda name: name != "html")
    return _formats(made.newest, forms, faults)


def _formats(board: Board, forms: Sequence[str], faults: list[str]) -> Iterator[tuple[str, str]]:
    for form in forms:
        try:
            render = plugins.installed(plugins.LEADERBOARDS, form).load()
            yield form, render(board)
        except Exception as error:  # noqa: BLE001 - a plugin's code; the other pages are whole
            faults.append(f"{board.benchmark}: no {form} board: {with_kind(error)}")


def _manifest(names: Iterable[str]) -> str:
    said = {"asdbench": version("asdbench"), "files": sorted({*names, MANIFEST})}
    return json.dumps(said, indent=1) + "\n"


def _ours(folder: Path) -> set[str]:
    """The files of the site that is there; ``ValueError`` where the folder has something else."""
    if not folder.exists() or (folder.is_dir() and not files.has_files(folder)):
        return set()
    try:
        names = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError(f"{folder} isn't empty and is no site; give another --to") from None
    return {n for n in names if isinstance(n, str) and all(map(named_plainly, n.split("/")))}
