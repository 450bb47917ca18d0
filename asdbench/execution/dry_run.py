"""What a run would do, and what time and disk it would take, without running any of it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asdbench.config.experiment import Experiment, Resolved, resolve
from asdbench.config.frontend import Frontend
from asdbench.config.selection import Choice
from asdbench.config.system import cache_folder
from asdbench.data.clips import Clip, Recording
from asdbench.data.loading import bytes_to_decode, dataset_of, load, recordings_of
from asdbench.data.oddities import refuse
from asdbench.engines.engine import Engine
from asdbench.execution.before import Before, Took
from asdbench.execution.plan import Ground, Plan, plan, plan_on
from asdbench.execution.progress import Planned, RowState
from asdbench.results.records import PlannedRow
from asdbench.results.store import Store

LINE = 70  # bytes of a clip's score, as text
# Stages, boards and MLflow's copies beside cells: the demo's folder has 100 MB, 38 of them cells.
BESIDE = 2.6


@dataclass(frozen=True)
class DryRun:
    """What a run would do. Nothing was run, decoded or written for it.

    Attributes:
        folder: The output folder.
        planned: Its rows, with their cells, how many of them are done, and the seconds that the
            rest may take (None where no cell like them was ever run, here or beside); ``repeats``,
            ``jobs`` at once, and ``seconds`` in all.
        elsewhere: Labels of rows whose seconds are those of another output folder, by how much
            sound there is.
        clips: How many clips there are.
        decoded: Whether they lie in the cache; if not, it isn't known which cells are done.
        size: About how many bytes the output folder would grow by; without rows of which nothing
            is known, but for their scores.
        whole: Whether ``size`` has all rows in it.
        free: Bytes that the output folder's disk has left.
        cache: The folder of decoded clips.
        cache_size: Bytes that it would grow by.
        cache_free: Bytes that its disk has left.
        broken: Plugins that can't be used, and why.
    """

    folder: Path
    planned: Planned
    elsewhere: tuple[str, ...]
    clips: int
    decoded: bool
    size: int
    whole: bool
    free: int
    cache: Path
    cache_size: int
    cache_free: int
    broken: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether both disks have room for it."""
        return self.size <= self.free and self.cache_size <= self.cache_free


def look_ahead(
    experiment: Experiment,
    benchmark: str,
    choice: Choice,
    engine: Engine,
    *,
    out: Path,
    force: bool = False,
    strict: bool = False,
) -> DryRun:
    """What ``run_experiment`` would do. Raises ``ValueError`` as it does, but for what only
    decoding shows; ``strict`` decodes for that.
    """
    store = Store(out)
    recordings = recordings_of(dataset_of(experiment.dataset))
    if strict:
        refuse(load(recordings, experiment.frontend).oddities)
    to_decode = bytes_to_decode(recordings, experiment.frontend)
    clips = [recording.clip for recording in recordings]
    if to_decode:
        rate = experiment.frontend.sample_rate
        frontend = _with_length(experiment.frontend, to_decode / 2 / rate / _sources(recordings))
        recipe = resolve(experiment, benchmark, frontend=frontend, numerics=engine.numerics)
        planned = plan_on(Ground.unheard(recipe, clips), choice)
    else:
        found = load(recordings, experiment.frontend)
        _check_test_sets(store, found.clips.test_sets)
        recipe = resolve(experiment, benchmark, frontend=found.frontend, numerics=engine.numerics)
        planned = plan(recipe, choice, found.clips)
    rows = _rows(planned, store, clips, force=force)
    unknown = [row.label for row in rows if row.missing and row.took is None]
    return DryRun(
        folder=out,
        planned=_state(recipe, rows, engine),
        elsewhere=tuple(row.label for row in rows if row.took and not row.took.here),
        clips=len(clips),
        decoded=not to_decode,
        size=round(BESIDE * sum(row.size for row in rows)),
        whole=not unknown,
        free=_free(out),
        cache=cache_folder(),
        cache_size=to_decode,
        cache_free=_free(cache_folder()),
        broken=planned.broken,
    )


@dataclass(frozen=True)
class _Ahead:
    """A row: its cells, how many of them are to be run, and what one of them may take."""

    label: str
    cells: int
    missing: int
    took: Took | None
    scores: int  # bytes of a cell's scores

    @property
    def size(self) -> float:
        return self.missing * (self.took.bytes if self.took else self.scores)


def _rows(planned: Plan, store: Store, clips: Sequence[Clip], *, force: bool) -> list[_Ahead]:
    before, found = Before(store), []
    tested = Counter(clip.machine for clip in clips if clip.split == "test")
    every = Counter(clip.machine for clip in clips)
    for row in planned.rows:
        names = [cell.name for repeat in row.cells for cell in repeat]
        missing = sum(force or not store.intact(name) for name in names)
        took = before.took(row.cells[0], round(_of_a_cell(row, tested))) if missing else None
        scores = round(LINE * _of_a_cell(row, every))
        found.append(_Ahead(row.label, len(names), missing, took, scores))
    return found


def _of_a_cell(row: PlannedRow, clips: Counter[str]) -> float:
    """How many clips one of a row's cells has, on average."""
    if row.cells[0][0].machine is None:
        return clips.total()
    return sum(clips[str(cell.machine)] for cell in row.cells[0]) / len(row.cells[0])


def _state(recipe: Resolved, rows: Sequence[_Ahead], engine: Engine) -> Planned:
    states = []
    for row in rows:
        known = row.took.seconds * row.missing if row.took else None
        seconds = known if row.missing else 0.0
        states.append(RowState(row.label, row.cells, row.cells - row.missing, seconds))
    return Planned(recipe.benchmark, recipe.repeats, states, engine.jobs, engine.place)


def _with_length(frontend: Frontend, samples_seconds: float) -> Frontend:
    told = frontend.clip_seconds
    return replace(frontend, clip_seconds=samples_seconds if told == "auto" else told)


def _sources(recordings: Sequence[Recording]) -> int:
    return sum(1 + len(recording.more) for recording in recordings)


def _check_test_sets(store: Store, now: dict[str, str]) -> None:
    there = store.test_sets()
    for subset, found in now.items():
        if there.get(subset, found) != found:
            raise ValueError(
                f"{store.folder} holds results on other {subset} test clips; use another --out"
            )


def _free(folder: Path) -> int:
    """Bytes that are left on the disk that a folder lies on, or will lie on."""
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    return shutil.disk_usage(there).free
