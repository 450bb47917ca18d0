"""What the verbs are given: names, paths and numbers, checked, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asdbench.config.defaults import Settings
from asdbench.config.names import check_utf8

if TYPE_CHECKING:
    from asdbench.config.experiment import Experiment
    from asdbench.execution.progress import Event

PathLike = str | Path


def read_experiment(
    experiment: PathLike,
    data: PathLike | None,
    device: str | None,
    settings: Settings | None,
    flags: Mapping[str, Any],
) -> tuple[str, str, Experiment]:
    """The experiment's name, the benchmark's, and the recipe with everything laid over it."""
    from asdbench.config.experiment import read, with_data
    from asdbench.config.selection import by_method

    experiment = text_of("experiment", experiment)
    folder = None if data is None else path_of("data", data)
    given = {name: value for name, value in flags.items() if value is not None}
    given |= {"numerics": {"device": device}} if device is not None else {}
    name, recipe = read(experiment, [{"methods": by_method(settings)}, given])
    return name, *with_data(name, recipe, folder)


def engine_of(name: str, jobs: int | None, experiment: Experiment) -> Any:
    from asdbench.engines.engine import engine_for

    check_whole(jobs=jobs)
    if jobs is not None and jobs < 1:
        raise ValueError(f"--jobs {jobs}: at least one is needed")
    return engine_for(
        name,
        jobs,
        experiment.numerics,
        cells_per_gpu=experiment.cells_per_gpu,
        limits=experiment.limits,
    )


def refuse_isolated(experiment: Experiment) -> None:
    """Raise ``ValueError`` where methods are to be kept apart and this command imports them."""
    if experiment.limits.isolated:
        raise ValueError(
            "limits.isolated = true is for asdbench run: here the command imports the method "
            "itself; leave it out"
        )


def names_of(methods: PathLike | Sequence[PathLike]) -> list[str]:
    given = methods.split(",") if isinstance(methods, str) else methods
    if isinstance(given, Path):
        given = [given]
    if not isinstance(given, Sequence) or isinstance(given, bytes):
        raise ValueError(f"methods = {methods!r}: give names of methods, or files")
    return [text_of("methods", name).strip() for name in given if str(name).strip()]


def text_of(name: str, value: PathLike) -> str:
    """A name or a path as text; ``ValueError`` for another type, or for none at all."""
    if not isinstance(value, str | Path) or not str(value):
        raise ValueError(f"{name} = {value!r}: give a name or a path")
    check_utf8(value)
    return str(value)


def path_of(name: str, value: PathLike) -> Path:
    return Path(text_of(name, value))


def check_whole(**values: int | None) -> None:
    for name, value in values.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise ValueError(f"{name} = {value!r}: give a whole number")


def nobody(_: Event) -> None:
    """Nobody asked to be told."""
