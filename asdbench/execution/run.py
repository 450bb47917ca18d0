"""A run from end to end: clips, plan, cells, boards, mirror."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Thread

from asdbench.config.experiment import Experiment, resolve
from asdbench.config.frontend import Frontend
from asdbench.config.keys import key
from asdbench.config.selection import Choice
from asdbench.config.system import cache_folder
from asdbench.data.clips import Clips, Recording
from asdbench.data.decode import Generated
from asdbench.data.loading import Dataset, Loaded, dataset_of, load, protocol_of, recordings_of
from asdbench.data.oddities import refuse
from asdbench.data.tags import Tags
from asdbench.engines import isolation
from asdbench.engines.engine import Engine
from asdbench.engines.events import CellEvent, Done, Failed
from asdbench.execution.driver import recipe_of, run
from asdbench.execution.plan import Plan, plan
from asdbench.execution.progress import (
    Reading,
    Running,
    Watch,
    Written,
    state_of_rows,
    warn_of_changed_code,
)
from asdbench.results.build import made_from
from asdbench.results.ensembles import check_parts, keep_ensemble_rows, make_ensembles
from asdbench.results.files import all_written, current, load_formats, write_boards
from asdbench.results.leaderboard import Leaderboard, load_board
from asdbench.results.records import Cell
from asdbench.results.redo import Redo
from asdbench.results.rows import keep_rows
from asdbench.results.store import Store
from asdbench.tracking.mirror import Mirror, up_to_date
from asdbench.tracking.place import without_password

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Run:
    """What a run did.

    Attributes:
        folder: The output folder.
        ran: How many cells were run.
        kept: How many were done before.
        failed: The cells that failed, each with ``cell``, ``reason`` and ``text``.
        broken: Plugins that can't be used, and why.
        board: The board of the output folder, as it is when it is first asked for.
    """

    folder: Path
    ran: int
    kept: int
    failed: tuple[Failed, ...]
    broken: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_place", self.folder.resolve())  # the caller may go elsewhere

    @cached_property
    def board(self) -> Leaderboard:
        """The board of the output folder, as it is when it is first asked for."""
        place: Path = vars(self)["_place"]
        return load_board(place)


def run_experiment(
    experiment: Experiment,
    benchmark: str,
    choice: Choice,
    engine: Engine,
    *,
    out: Path,
    force: bool,
    strict: bool = False,
    watch: Watch,
) -> Run:
    """Plan, run what is missing, render and mirror; ``strict`` stops first at what is a fault."""
    store = Store(out)
    dataset = dataset_of(experiment.dataset)
    recordings = recordings_of(dataset)
    if engine.limits.isolated:
        check_isolation(out, recordings)
    clips, frontend, oddities, tags = read_recordings(recordings, experiment.frontend, watch)
    if strict:
        refuse(oddities)
    recipe = resolve(experiment, benchmark, frontend=frontend, numerics=engine.numerics)
    planned = plan(recipe, choice, clips)
    for problem in planned.broken:
        _log.warning("left out: %s", problem)
    with store.opened(clips.test_sets, purpose(benchmark, clips), tags, protocol_of(dataset)):
        check_parts(store, planned.ensembles, [row.label for row in planned.rows])
        recipe_of_rows = recipe_of(planned, clips, oddities, engine.limits)
        keep_rows(store, planned.rows, benchmark, recipe_of_rows)
        keep_ensemble_rows(store, planned.ensembles, benchmark, recipe_of_rows)
        code = key({name: plugin.source for name, plugin in planned.plugins.items()})
        redo = Redo(store, planned.cells, force=force, code=code)
        missing = redo.missing(planned.cells)
        watch(state_of_rows(planned, missing, store, engine))
        if not force:
            warn_of_changed_code(planned, store)
        if engine.limits.isolated:
            _warn_of_open(planned.cells, missing, store)
        if not missing:
            make_ensembles(store, planned.ensembles)
        kept, now = len(planned.cells) - len(missing), made_from(store)
        if not missing and all_written(store, now) and up_to_date(store, now):
            return Run(store.folder, 0, kept, (), planned.broken)
        failed, broken = _run(planned, missing, clips, store, engine, redo, watch)
    ran = len(missing) - len(failed)
    return Run(store.folder, ran, kept, failed, (*planned.broken, *broken))


def _run(
    planned: Plan,
    missing: Sequence[Cell],
    clips: Clips,
    store: Store,
    engine: Engine,
    redo: Redo,
    watch: Watch,
) -> tuple[tuple[Failed, ...], list[str]]:
    """Run cells beside a mirror, then bring boards and mirror up to date.

    What boards are made with is loaded while cells run.
    """
    with contextlib.closing(Mirror(store)) as mirror:
        loading = Thread(target=load_formats)

        def on_cell(event: CellEvent) -> None:
            if loading.ident is None:  # not before: what the first cell waits for comes first
                loading.start()
            if isinstance(event, Done):
                redo.done(event.cell)
            mirror.watch(event)
            watch(event)

        watch(Running(missing, labels=planned.labels))
        failed = run(missing, planned.plugins, clips, store, engine=engine, watch=on_cell)
        if missing:  # else they were made before
            make_ensembles(store, planned.ensembles)
        made = current(store)
        written = all_written(store, made.made_from)
        broken = [] if written else write_boards(store, made)
        watch(Written(store.folder))
        mirror.finish(made)
    if mirror.problem:
        _log.warning(
            "MLflow at %s is behind (%s); the results are safe in %s: the next run, or "
            "`asdbench ui`, brings it up to date",
            without_password(mirror.uri),
            without_password(mirror.problem),
            store.folder,
        )
    return failed, broken


def check_isolation(out: Path, recordings: Sequence[Recording]) -> None:
    """Raise ``ValueError`` where results, recordings and cache can't be kept from methods."""
    paths = [getattr(recording.source, "path", out) for recording in recordings]
    isolation.check([out, cache_folder(), *sorted({Path(path).parent for path in paths})])


def _warn_of_open(cells: Sequence[Cell], missing: Sequence[Cell], store: Store) -> None:
    """Cells that were run before are kept, whatever they could see then."""
    kept = {cell.name for cell in cells} - {cell.name for cell in missing}
    facts = [(store.cell(name) or {}).get("facts", {}) for name in kept]
    if opened := sum("isolated" not in one for one in facts):
        _log.warning("%d kept cells were run without isolation; --force runs them again", opened)


def read_clips(dataset: Dataset, frontend: Frontend, watch: Watch) -> tuple[Clips, Frontend, Tags]:
    """A dataset's clips, the frontend with their length, and tags; what was adapted is logged."""
    found = read_recordings(recordings_of(dataset), frontend, watch)
    return found.clips, found.frontend, found.tags


def read_recordings(recordings: Sequence[Recording], frontend: Frontend, watch: Watch) -> Loaded:
    """The clips of recordings; what was adapted is logged."""
    made_up = all(isinstance(one.source, Generated) for one in recordings)

    if made_up:
        _log.info(
            "no folder of recordings was given: %s clips of synthetic sound",
            f"{len(recordings):,}",
        )

    def progress(done: int, total: int) -> None:
        watch(Reading("making clips" if made_up else "reading clips", done, total))

    found = load(recordings, frontend, progress)
    for one in found.oddities:
        _log.log(logging.WARNING if one.fault else logging.INFO, "%s", one)
    return found


def purpose(benchmark: str, clips: Clips) -> str:
    """What an output folder is for, in words."""
    return f"{benchmark}, {len(clips.where(split='test'))} test clips"
