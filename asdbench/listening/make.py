"""Make the page of clips of an output folder: whole or not at all, and link the board to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from asdbench.config import files
from asdbench.config.defaults import DEMO, RUNS
from asdbench.config.keys import canonical, key
from asdbench.data.encoded import encoded
from asdbench.evaluation import Board
from asdbench.listening.chosen import EACH, ChosenClip, choose
from asdbench.listening.image import image, levels
from asdbench.listening.page import PageClip, page
from asdbench.listening.sounds import Rendition, Sounds, sounds_of
from asdbench.results import beside
from asdbench.results.build import made_from, read_rows
from asdbench.results.files import current, write_boards
from asdbench.results.store import Store

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ClipsPage:
    """A page of clips.

    Attributes:
        page: Its file, ``<out>/clips/index.html``.
        clips: How many clips are on it.
        silent: How many of them have neither sound nor picture, since they can't be read.
        why_not: Why none can be read; empty where some can.
        size: Bytes of its folder.
        broken: Leaderboard formats that can't be used, and why.
    """

    page: Path
    clips: int
    silent: int
    why_not: str
    size: int
    broken: tuple[str, ...]

    @property
    def megabytes(self) -> float:
        """The size in MB."""
        return self.size / 1e6


def make_clips(
    out: str | Path = RUNS / DEMO,
    *,
    each: int = EACH,
    data: str | Path | None = None,
    progress: Progress = lambda *_: None,
) -> ClipsPage:
    """Make the page where the clips are seen and heard that rows get most wrong.

    It is a folder beside the board, ``<out>/clips``, which opens offline; one that is there is
    replaced. The board links to it. Where recordings are gone, their clips have no sound.

    Args:
        out: The output folder.
        each: How many clips of each row, machine ID and label, at most.
        data: Where the recordings are, if they were moved, or all rows were imported.
        progress: Is told how many of how many clips are written.

    Returns:
        Where the page is, how many clips it has, and its size.

    Raises:
        ValueError: where there are no results, another run holds the folder, ``data`` can't be
            read, or the disk is full.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> made = asdbench.make_clips("runs/smoke", each=1)
        >>> made.page.name, made.silent
        ('index.html', 0)
        >>> list(asdbench.load_board("runs/smoke").clips)
        ['knn']
    """
    if isinstance(each, bool) or not isinstance(each, int) or each < 1:
        raise ValueError(f"each = {each!r}: give a whole number, 1 or more")
    store = Store.existing(out)
    with store.claimed() as ours:
        if not ours:
            raise ValueError(f"another run is writing to {store.folder}; wait for it")
        return _make(store, each, Path(data) if data else None, progress)


def _make(store: Store, each: int, data: Path | None, progress: Progress) -> ClipsPage:
    board, records = current(store), store.rows()
    entries = read_rows(records, store, [])[1]
    chosen = [clip for subset in board.subsets for clip in choose(subset, entries[subset], each)]
    sounds = sounds_of(records, data)
    with store.room(), files.making(store.folder / beside.FOLDER) as folder:
        for name in ("sounds", "pictures"):
            (folder / name).mkdir()
        shown = list(_written(chosen, sounds, folder, progress))
        text = page(
            board,
            shown,
            store.tags(),
            each=each,
            rate=sounds.frontend.sample_rate,
            size=_size(folder),
            why_not=sounds.why_not,
        )
        (folder / "index.html").write_text(text, encoding="utf-8")
        made_of = {"rows": [*board.systems], "scores": beside.scores_hash(store)}
        (folder / Path(beside.MADE_OF).name).write_text(canonical(made_of), encoding="utf-8")
    return ClipsPage(
        page=store.folder / beside.PAGE,
        clips=len(shown),
        silent=sum(one.file is None for one in shown),
        why_not=sounds.why_not,
        size=_size(store.folder / beside.FOLDER),
        broken=tuple(_linked(store, board)),
    )


def _linked(store: Store, board: Board) -> list[str]:
    """Write the board anew, with links to the clips; what is broken."""
    notes = [note for note in board.notes if note != beside.OLD]
    links = beside.links(store)
    return write_boards(store, replace(board, clips=links, notes=notes, made_from=made_from(store)))


def _written(
    clips: Sequence[ChosenClip], sounds: Sounds, folder: Path, progress: Progress
) -> Iterator[PageClip]:
    """Write sounds and pictures, those of a machine ID in one scale of dB."""
    done = 0
    for _, group in groupby(clips, attrgetter("subset", "machine", "id")):
        of_id = list(group)
        heard = sounds.heard([_name(clip) for clip in of_id])
        scale = levels([one.logmel for one in heard.values()]) if heard else (0.0, 1.0)
        for clip in of_id:
            yield _one(clip, heard, scale, sounds.frontend.sample_rate, folder)
        done += len(of_id)
        progress(done, len(clips))


def _one(
    clip: ChosenClip,
    heard: Mapping[tuple[str, str, str, str], Rendition],
    scale: tuple[float, float],
    rate: int,
    folder: Path,
) -> PageClip:
    found = heard.get(_name(clip))
    if found is None:
        return PageClip(clip, None, None)
    file = key(list(_name(clip)))
    (folder / "sounds" / f"{file}.flac").write_bytes(encoded(found.samples, rate, "FLAC"))
    (folder / "pictures" / f"{file}.webp").write_bytes(image(found.logmel, scale))
    return PageClip(clip, file, round(len(found.samples) / rate, 3))


def _name(clip: ChosenClip) -> tuple[str, str, str, str]:
    return clip.subset, clip.machine, clip.id, clip.name


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
