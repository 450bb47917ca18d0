"""Run and tune: what the command line calls, and anybody else.

Heavy modules are imported by the verb that needs them, so that asking for a name costs nothing. The
other verbs stand where their work is done; ``asdbench`` has them all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asdbench.config.defaults import ALL, DEMO, RUNS, Settings

if TYPE_CHECKING:
    from asdbench.config.experiment import Experiment
    from asdbench.execution.outlook import Outlook
    from asdbench.execution.progress import Event
    from asdbench.execution.run import Run
    from asdbench.tuning.tune import Tuned

PathLike = str | Path


def run(
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
    force: bool = False,
    on_event: Callable[[Event], None] | None = None,
) -> Run:
    """Run what is missing of an experiment, and make its leaderboard.

    Args:
        experiment: A name ("demo", "smoke", "small", "paper"), or a TOML file.
        methods: "all", or names of methods, labels of variants, and files ("./mine.py").
        data: A folder of recordings to run on instead of the experiment's own dataset.
        repeats: Repeats of each method; by default the experiment's.
        seed: The base seed of all repeats; by default the experiment's.
        jobs: Cells at once; by default all that there is room for.
        engine: "local", this machine, or "ray", a Ray cluster.
        device: "auto", "cpu" or "cuda"; by default the experiment's.
        out: The output folder; by default ``runs/<experiment>[-<data folder's name>]``.
        settings: Fields of methods, over the experiment's: ``{"knn": {"k": 3}}``.
        force: Run cells that are done again.
        on_event: Is told what happens (``asdbench.execution.progress.Event``).

    Returns:
        What was run and what failed, and the ``board``. A cell that fails raises nothing: it is in
        ``failed``, and the others go on.

    Raises:
        ValueError: for what the caller can mend: an unknown name or field, clips that can't be
            read, a folder that another run holds or that is for other test clips, a full disk.

    Example:
        >>> import asdbench
        >>> done = asdbench.run("smoke", methods=["knn"], repeats=1)
        >>> done.ran, done.kept, done.failed
        (2, 0, ())
        >>> [row.label for row in done.board.rows]
        ['knn']
        >>> asdbench.run("smoke", methods=["knn"], repeats=1).ran
        0
    """
    from asdbench.config.imports import undisturbed

    with undisturbed():
        from asdbench.config.selection import check_settings, choose
        from asdbench.execution.run import run_experiment

    names, watch = _names(methods), on_event or _ignore
    flags = {"repeats": repeats, "seed": seed}
    _, benchmark, read = _read(experiment, data, device, settings, flags)
    choice = choose(read, names)  # a typing error should not cost the decoding
    check_settings(settings, choice.names, everything=ALL in names)
    place = RUNS / benchmark if out is None else _path("out", out)
    with contextlib.closing(_engine(engine, jobs, read)) as found:
        return run_experiment(read, benchmark, choice, found, out=place, force=force, watch=watch)


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

    _, benchmark, read = _read(experiment, data, None, settings, {"repeats": repeats})
    choice = choose(read, _names(methods))
    place = RUNS / benchmark if out is None else Store.existing(_path("out", out)).folder
    return outlooks(read, choice, place)


def tune(
    method: PathLike,
    experiment: PathLike = DEMO,
    *,
    trials: int = 30,
    objective: str = "proxy",
    data: PathLike | None = None,
    repeats: int = 1,
    jobs: int | None = None,
    engine: str = "local",
    device: str | None = None,
    out: PathLike | None = None,
    settings: Settings | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Tuned:
    """Tune a method without anomalies, and say how far to trust it.

    Args:
        method: A method's name, or its file.
        experiment: A name, or a TOML file; its ``tune`` table may narrow what is searched.
        trials: Trials in all, those that were done before included.
        objective: "proxy", pseudo-anomalies made of normal training clips, or "oracle", the labels
            of the development subset.
        data, jobs, engine, device, out, settings, on_event: As in ``run``.
        repeats: Repeats of each trial.

    Returns:
        The fields to use, whether they beat the default, the recipe's path, and the report.

    Raises:
        ValueError: as ``run``, and where no trial ran to its end.

    Example:
        >>> import asdbench
        >>> best = asdbench.tune("knn", "smoke", trials=2)
        >>> sorted(best.fields), best.recipe.name
        (['k'], 'knn.toml')
    """
    from asdbench.config.imports import undisturbed

    with undisturbed():
        from asdbench.config.experiment import OBJECTIVES
        from asdbench.config.selection import check_settings
        from asdbench.tuning.tune import Asked
        from asdbench.tuning.tune import tune as tune_method

    if objective not in OBJECTIVES:
        raise ValueError(f"no objective {objective!r}; there are {' and '.join(OBJECTIVES)}")
    method = _text("method", method)
    _check_whole(trials=trials, repeats=repeats)
    if trials < 1 or repeats < 1:
        raise ValueError(f"trials = {trials}, repeats = {repeats}: at least one is needed of each")
    base, benchmark, read = _read(experiment, data, device, settings, {})
    check_settings(settings, {Path(method).stem if method.endswith(".py") else method})
    place = RUNS / benchmark if out is None else _path("out", out)
    asked = Asked(method, base, benchmark, read, objective, trials, repeats, place)
    with contextlib.closing(_engine(engine, jobs, read)) as found:
        return tune_method(asked, found, on_event or _ignore)


def _read(
    experiment: PathLike,
    data: PathLike | None,
    device: str | None,
    settings: Settings | None,
    flags: Mapping[str, Any],
) -> tuple[str, str, Experiment]:
    """The experiment's name, the benchmark's, and the recipe with everything laid over it."""
    from asdbench.config.experiment import read, with_data
    from asdbench.config.selection import by_method

    experiment = _text("experiment", experiment)
    folder = None if data is None else _path("data", data)
    given = {name: value for name, value in flags.items() if value is not None}
    given |= {"numerics": {"device": device}} if device is not None else {}
    name, recipe = read(experiment, [{"methods": by_method(settings)}, given])
    return name, *with_data(name, recipe, folder)


def _engine(name: str, jobs: int | None, experiment: Experiment) -> Any:
    from asdbench.engines.engine import engine_for

    _check_whole(jobs=jobs)
    if jobs is not None and jobs < 1:
        raise ValueError(f"--jobs {jobs}: at least one is needed")
    return engine_for(name, jobs, experiment.numerics, cells_per_gpu=experiment.cells_per_gpu)


def _names(methods: PathLike | Sequence[PathLike]) -> list[str]:
    given = methods.split(",") if isinstance(methods, str) else methods
    if isinstance(given, Path):
        given = [given]
    if not isinstance(given, Sequence) or isinstance(given, bytes):
        raise ValueError(f"methods = {methods!r}: give names of methods, or files")
    return [_text("methods", name).strip() for name in given if str(name).strip()]


def _text(name: str, value: PathLike) -> str:
    """A name or a path as text; ``ValueError`` for another type, or for none at all."""
    if not isinstance(value, str | Path) or not str(value):
        raise ValueError(f"{name} = {value!r}: give a name or a path")
    return str(value)


def _path(name: str, value: PathLike) -> Path:
    return Path(_text(name, value))


def _check_whole(**values: int | None) -> None:
    for name, value in values.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise ValueError(f"{name} = {value!r}: give a whole number")


def _ignore(_: Event) -> None:
    """Nobody asked to be told."""
