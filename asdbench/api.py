"""Run and tune: what the command line calls, and anybody else.

Heavy modules are imported by the verb that needs them, so that asking for a name costs nothing. The
other verbs stand where their work is done; ``asdbench`` has them all.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asdbench import inputs
from asdbench.config.defaults import ALL, DEMO, RUNS, Settings
from asdbench.inputs import PathLike

if TYPE_CHECKING:
    from asdbench.detector.detector import Detector
    from asdbench.execution.progress import Event
    from asdbench.execution.run import Run
    from asdbench.tuning.tune import Tuned


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
    limits: Mapping[str, Any] | None = None,
    force: bool = False,
    strict: bool = False,
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
        limits: What a cell may take and see, over the experiment's: ``{"seconds": 600,
            "gigabytes": 8, "isolated": True}``.
        force: Run cells that are done again.
        strict: Raise where the recordings have faults, before anything is run, and name them all;
            else they are warnings, and notes of the board.
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

    names, watch = inputs.names_of(methods), on_event or inputs.nobody
    flags = {"repeats": repeats, "seed": seed, "limits": limits}
    _, benchmark, read = inputs.read_experiment(experiment, data, device, settings, flags)
    place = RUNS / benchmark if out is None else inputs.path_of("out", out)
    with contextlib.closing(inputs.engine_of(engine, jobs, read)) as found:
        if not place.exists():
            found.warm_up()  # there will be something to run: let it load while this is planned
        with undisturbed():
            from asdbench.config.selection import check_settings, choose
            from asdbench.execution.run import run_experiment
        choice = choose(read, names, found.ask)  # a typing error should not cost the decoding
        check_settings(settings, choice.names, everything=ALL in names)
        return run_experiment(
            read, benchmark, choice, found, out=place, force=force, strict=strict, watch=watch
        )


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
    method = inputs.text_of("method", method)
    inputs.check_whole(trials=trials, repeats=repeats)
    if trials < 1 or repeats < 1:
        raise ValueError(f"trials = {trials}, repeats = {repeats}: at least one is needed of each")
    base, benchmark, read = inputs.read_experiment(experiment, data, device, settings, {})
    inputs.refuse_isolated(read)
    check_settings(settings, {Path(method).stem if method.endswith(".py") else method})
    place = RUNS / benchmark if out is None else inputs.path_of("out", out)
    asked = Asked(method, base, benchmark, read, objective, trials, repeats, place)
    with contextlib.closing(inputs.engine_of(engine, jobs, read)) as found:
        return tune_method(asked, found, on_event or inputs.nobody)


def fit_detector(
    method: PathLike,
    data: PathLike,
    *,
    to: PathLike,
    experiment: PathLike = DEMO,
    repeats: int = 1,
    seed: int | None = None,
    jobs: int | None = None,
    device: str | None = None,
    settings: Settings | None = None,
    threshold: str = "gamma",
    on_event: Callable[[Event], None] | None = None,
) -> Detector:
    """Fit a method on a folder's training clips alone, and make a detector of it.

    Args:
        method: A method's name, a variant's label, or a file.
        data: A folder of recordings; its test clips, if it has any, aren't looked at.
        to: The detector's folder; a detector that is there is replaced.
        experiment: Whose recipe is taken: fields of methods, front end.
        repeats: How many fits of different seeds are put together.
        seed, jobs, device, settings, on_event: As in ``run``.
        threshold: "gamma", "quantile:0.99" or "alarms:1"; see ``docs/use-the-winner.md``.

    Raises:
        ValueError: as ``run``, and where a fit fails.

    Example:
        >>> import asdbench
        >>> from asdbench.data.synthetic.dataset import Synthetic
        >>> from asdbench.data.synthetic.write import write_wavs
        >>> _ = write_wavs(Synthetic(machines=("fan",), seconds=1.0, train=4), Path("fans"))
        >>> asdbench.fit_detector("knn", "fans", to="detector").machines[0]
        ('fan', '00')
    """
    from asdbench.config.imports import undisturbed

    with undisturbed():
        from asdbench.config.selection import check_settings, choose
        from asdbench.detector.detector import Detector
        from asdbench.execution.fitting import fit

    name = inputs.text_of("method", method)
    inputs.check_whole(repeats=repeats)
    flags = {"repeats": repeats, "seed": seed}
    _, benchmark, read = inputs.read_experiment(experiment, data, device, settings, flags)
    inputs.refuse_isolated(read)
    choice = choose(read, [name])
    check_settings(settings, choice.names)
    place, watch = inputs.path_of("to", to), on_event or inputs.nobody
    with contextlib.closing(inputs.engine_of("local", jobs, read)) as found:
        made = fit(read, benchmark, choice, found, to=place, threshold=threshold, watch=watch)
    return Detector(made)
