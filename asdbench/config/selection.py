"""Which rows a run will have: names in, methods with every field resolved out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock

from asdbench.config import plugins
from asdbench.config.cache import cache_room
from asdbench.config.defaults import Settings
from asdbench.config.ensembles import Ensemble
from asdbench.config.experiment import Experiment
from asdbench.config.files import write
from asdbench.config.imports import undisturbed
from asdbench.config.keys import canonical, key, plain
from asdbench.config.plugins import METHODS, BrokenPluginError, Plugin
from asdbench.config.schema import build, merge
from asdbench.config.system import cache_folder

_log = logging.getLogger(__name__)
_KNOWN = {"scope": str, "fields": dict, "deterministic": bool, "remarks": list}  # of a method


@dataclass(frozen=True)
class Choice:
    """The methods of a run: rows with every field resolved, their plugins, and what is broken.

    ``ensembles`` are rows to be made of these, or of what the output folder has.
    """

    rows: tuple[ChosenRow, ...]
    plugins: Mapping[str, Plugin]
    broken: tuple[str, ...]
    ensembles: Mapping[str, Ensemble] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """What fields can be set of: methods and ensembles."""
        return {*self.ensembles, *(row.method for row in self.rows)}


@dataclass(frozen=True)
class ChosenRow:
    """A row before its cells are known: its label, method, scope and all fields.

    ``deterministic`` is the method's promise to give the same scores under every seed;
    ``remarks`` are what the method, with these fields, has its readers know.
    """

    label: str
    method: str
    scope: str
    fields: Mapping[str, Any]
    deterministic: bool = False
    remarks: tuple[str, ...] = ()


Ask = Callable[[Plugin, Mapping[str, Any], str], dict[str, Any]]


def told_by(plugin: Plugin, fields: Mapping[str, Any], label: str) -> dict[str, Any]:
    """What a method says of itself with these fields, in plain values: imports it.

    Raises ``ValueError`` for fields that it hasn't, ``BrokenPluginError`` where it can't be used.
    """
    with undisturbed():
        cls = plugin.load()
    if getattr(cls, "scope", None) not in {"machine", "dataset"}:
        raise BrokenPluginError(f"{plugin.name} has no scope; set it to 'machine' or 'dataset'")
    made = build(cls, fields, label)
    deterministic = getattr(cls, "deterministic", False)
    if not isinstance(deterministic, bool):
        raise BrokenPluginError(
            f"{plugin.name} has deterministic = {deterministic!r}; set it to True or False"
        )
    known = {"scope": cls.scope, "fields": plain(made), "deterministic": deterministic}
    return known | {"remarks": _remarks(plugin, made)}


def choose(experiment: Experiment, asked: Sequence[str], ask: Ask = told_by) -> Choice:
    """The rows for names of methods, labels of variants and files, or "all".

    ``ask`` is how a method is asked for its fields.


    "all" is what the experiment lists: every method that has a table in it, and every variant. One
    without such tables lists every method that needs nothing beside clips. A broken plugin is
    passed over and listed with "all", and raises ``BrokenPluginError`` when asked for by name.
    Raises ``ValueError`` for unknown names and fields.
    """
    variants = experiment.variants
    files = {Path(name).stem: name for name in asked if name.endswith(".py")}
    for method in {*experiment.tables, *(str(v["method"]) for v in variants.values())}:
        if method not in files:
            plugins.find(METHODS, method)
    found: dict[str, Plugin] = {}
    by_name: set[str] = set()
    listed = _listed(experiment, files) if "all" in asked else []
    names = [*listed, *(name for name in asked if name != "all")]
    ensembles = {name: one for name, one in experiment.ensembles.items() if name in names}
    names = _with_parts(names, ensembles, known={*variants, *files, *plugins.available(METHODS)})
    for name in names:
        method = variants[name]["method"] if name in variants else name
        plugin = plugins.find(METHODS, files.get(method, method) if name in variants else name)
        if found.get(plugin.name, plugin) != plugin:
            raise ValueError(f"two methods are named {plugin.name!r}; rename one of the files")
        found[plugin.name] = plugin
        if name in asked:
            by_name.add(plugin.name)
    for label in variants:
        if label in found or label in plugins.available(METHODS):
            raise ValueError(f"variants.{label} has the name of a method; use another")
    for label in ensembles:
        if label in found or label in plugins.available(METHODS):
            raise ValueError(f"methods.{label}.ensemble has the name of a method; use another")
    rows: list[ChosenRow] = []
    broken: list[str] = []
    for name, plugin in found.items():
        try:
            rows += _rows_of(plugin, names, experiment, ask)
        except BrokenPluginError as error:
            if name in by_name:
                raise
            broken.append(str(error))
    if not rows and not broken and not ensembles:
        raise ValueError("no method is asked for; use --methods all, or names")
    return Choice(tuple(rows), found, tuple(broken), ensembles)


def by_method(settings: Settings | None) -> Settings:
    """Settings, none for None. Raises ``ValueError`` where they aren't fields by method."""
    found = {} if settings is None else settings
    if not isinstance(found, Mapping) or not all(isinstance(f, Mapping) for f in found.values()):
        raise ValueError(f"settings = {settings!r}: give fields by method: {{'knn': {{'k': 3}}}}")
    return found


def check_settings(
    settings: Settings | None, methods: Collection[str], *, everything: bool = False
) -> None:
    """Raise ``ValueError`` for fields of a method that isn't asked for: they would do nothing."""
    for method in by_method(settings):
        if method not in methods and not everything:
            names = ", ".join(sorted(methods))
            raise ValueError(f"fields of {method!r} are set, but what is asked for is {names}")


def _listed(experiment: Experiment, files: Collection[str]) -> list[str]:
    """The names that "all" stands for, without the methods whose files are asked for."""
    every = plugins.available(METHODS)
    methods = experiment.methods or [name for name, one in every.items() if not one.needs]
    return [*sorted({*methods} - {*files}), *experiment.variants]


def _with_parts(
    names: Sequence[str], ensembles: Mapping[str, Ensemble], known: Collection[str]
) -> list[str]:
    """The names with those of the ensembles' parts in place of theirs.

    Parts that aren't known may be rows of the output folder; that is seen there.
    """
    parts = [part for one in ensembles.values() for part in one.parts if part in known]
    return list(dict.fromkeys([*(name for name in names if name not in ensembles), *parts]))


def _rows_of(
    plugin: Plugin, asked: Sequence[str], experiment: Experiment, ask: Ask
) -> list[ChosenRow]:
    """A method's own row, if it is asked for, and those of its variants."""
    name = plugin.name
    of_method = experiment.tables.get(name, {})
    labels = {}
    if any(a == name or (a.endswith(".py") and Path(a).stem == name) for a in asked):
        labels[name] = of_method
    for label, variant in experiment.variants.items():
        if variant["method"] == name and label in asked:
            above = {field: value for field, value in variant.items() if field != "method"}
            labels[label] = merge(of_method, above)
    return [
        ChosenRow(label, name, **_resolved(plugin, fields, label, ask))
        for label, fields in labels.items()
    ]


def _resolved(plugin: Plugin, fields: Mapping[str, Any], label: str, ask: Ask) -> dict[str, Any]:
    """What a chosen row has beside its names, remembered by source and settings.

    Remembered, since asking the method means to import it, and with it torch: seconds in which a
    run with nothing to do would be over.
    """
    given = json.dumps(fields, sort_keys=True, default=str)  # not yet checked: may hold NaN
    place = [plugin.module, plugin.attribute]
    about = [place, plugin.source, given, _files_in(fields), version("asdbench")]
    path = cache_folder() / "chosen-rows" / f"{key(about)}.json"
    if plugin.file and path.is_file() and (remembered := _remembered(path)):
        return _as_row(remembered)
    known = ask(plugin, fields, label)
    with cache_room():
        path.parent.mkdir(exist_ok=True)
        with FileLock(path.parent / ".lock"):
            write(path, canonical(known))
    return _as_row(known)


def _remembered(path: Path) -> dict[str, Any] | None:
    """What was remembered in this file; None where it can't be read, or is damaged."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or {k: type(v) for k, v in found.items()} != _KNOWN:
            raise ValueError("it isn't what a method says of itself")
    except OSError:
        return None
    except ValueError as error:
        _log.warning("%s is damaged (%s): it is made again", path, error)
        return None
    return found


def _as_row(known: Mapping[str, Any]) -> dict[str, Any]:
    return {**known, "remarks": tuple(known["remarks"])}


def _remarks(plugin: Plugin, method: Any) -> list[str]:
    """What a method has its readers know; ``BrokenPluginError`` where it isn't texts."""
    found = getattr(method, "remarks", ())
    if isinstance(found, str) or not all(isinstance(one, str) and one for one in found):
        raise BrokenPluginError(
            f"{plugin.name} has remarks = {found!r}; make it a tuple of short texts"
        )
    return list(found)


def _files_in(fields: Any) -> list[Any]:
    """Size and date of every file that a field names: its content may decide other fields."""
    if isinstance(fields, Mapping):
        fields = list(fields.values())
    if isinstance(fields, list | tuple):
        return [found for value in fields for found in _files_in(value)]
    path = Path(fields).expanduser() if isinstance(fields, str) and fields else None
    if path is None or not path.is_file():
        return []
    return [[str(path), path.stat().st_size, path.stat().st_mtime_ns]]
