"""What is said of a run before it is run: what it would do and take, and what it could tell."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asdbench import inputs
from asdbench.config.defaults import ALL, DEMO, RUNS, Settings
from asdbench.inputs import PathLike

if TYPE_CHECKING:
    from asdbench.execution.dry_run import DryRun
    from asdbench.execution.outlook import Outlook


def dry_run(
    experiment: PathLike = DEMO,
    *,
    methods: PathLike | Sequence[PathLike] = ALL,
    data: PathLike | None = None,
    repeats: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    engine: str = "local",
    device: str | None = None,
    out: PathLike | None = None,
    settings: Settings | None = None,
    limits: Mapping[str, Any] | None = None,
    force: bool = False,
    strict: bool = False,
) -> DryRun:
    """Say what ``run`` would do with the same arguments, and what time and disk it would take.

    Args:
        experiment, methods, data, repeats, seed, jobs, engine, device, out, settings: As in
            ``run``.
        limits, force: As in ``run``.
        strict: As in ``run``; clips are decoded into the cache for it.

    Returns:
        Rows and cells, what is done of them, and about what the rest would take: time by cells of
        the same method that were run in the output folder, or in one beside it. Nothing is run,
        decoded, or written into the output folder.

    Raises:
        ValueError: as ``run``, but for what only decoding shows.

    Example:
        >>> import asdbench
        >>> ahead = asdbench.dry_run("smoke", methods=["knn"], repeats=1)
        >>> [(row.label, row.cells, row.done) for row in ahead.planned.rows]
        [('knn', 2, 0)]
        >>> ahead.folder.exists()
        False
    """
    from asdbench.config.imports import undisturbed

    with undisturbed():
        from asdbench.config.selection import check_settings, choose
        from asdbench.execution.dry_run import look_ahead

    names = inputs.names_of(methods)
    flags = {"repeats": repeats, "seed": seed, "limits": limits}
    _, benchmark, read = inputs.read_experiment(experiment, data, device, settings, flags)
    place = RUNS / benchmark if out is None else inputs.path_of("out", out)
    with contextlib.closing(inputs.engine_of(engine, jobs, read)) as found:
        choice = choose(read, names, found.ask)
        check_settings(settings, choice.names, everything=ALL in names)
        return look_ahead(read, benchmark, choice, found, out=place, force=force, strict=strict)


def plan(
    experiment: PathLike = DEMO,
    *,
    methods: PathLike | Sequence[PathLike] = ALL,
    data: PathLike | None = None,
    repeats: int | None = None,
    out: PathLike | None = None,
    settings: Settings | None = None,
) -> list[Outlook]:
    """Say which differences a run could tell, without running it.

    Args:
        experiment, methods, data, repeats, settings: As in ``run``.
        out: An output folder whose results say what seeds and machine IDs do; by default that of
            the run. Without results, what is usual is taken.

    Returns:
        For each subset of the test clips, the smallest differences that four boards in five would
        tell, by repeats.

    Raises:
        ValueError: as ``run``, and where no machine ID has both normal and anomalous test clips.

    Example:
        >>> import asdbench
        >>> [outlook] = asdbench.plan("smoke", methods=["knn", "autoencoder"])
        >>> outlook.rows, outlook.repeats, sum(map(len, outlook.counts.values()))
        (2, 2, 6)
        >>> outlook.one_pair[1].here is None  # one repeat tells nothing of other seeds
        True
    """
    from asdbench.config.imports import undisturbed

    with undisturbed():
        from asdbench.config.selection import choose
        from asdbench.execution.outlook import outlooks
        from asdbench.results.store import Store

    _, benchmark, read = inputs.read_experiment(
        experiment, data, None, settings, {"repeats": repeats}
    )
    inputs.refuse_isolated(read)
    choice = choose(read, inputs.names_of(methods))
    place = RUNS / benchmark if out is None else Store.existing(inputs.path_of("out", out)).folder
    return outlooks(read, choice, place)
