"""Find and load plugins: one door for the project's own and for everybody else's.

An entry point names an object (``package.module:Name``), a module, or a package whose public
modules are a plugin each, named as their files. Listing reads source text and imports nothing.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import traceback
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from asdbench.config import declared
from asdbench.config.imports import told_if_slow
from asdbench.config.names import did_you_mean, near_path
from asdbench.config.said import one_line, with_kind

METHODS = "asdbench.methods"
DATASETS = "asdbench.datasets"
LEADERBOARDS = "asdbench.leaderboards"


class BrokenPluginError(ValueError):
    """A plugin that is there but can't be loaded."""


@dataclass(frozen=True)
class Plugin:
    """Where a plugin is: an importable module and maybe a name in it, or a file of one's own."""

    name: str
    group: str
    module: str = ""
    attribute: str | None = None
    own_file: Path | None = None

    @property
    def file(self) -> Path | None:
        """Its source, looked for on this machine: a module lies elsewhere on another."""
        return self.own_file or _locate(self.module)

    @property
    def summary(self) -> str:
        """The first line of its docstring, read from the source without importing it."""
        if self.file is None:
            return f"(module {self.module} not found)"
        return declared.summary(self.file, self.attribute)

    @property
    def needs(self) -> str:
        """What a method needs beside clips, read the same way; empty for nothing."""
        return declared.needs(self.file, self.attribute) if self.file else ""

    @property
    def sources(self) -> dict[str, str]:
        """Where a method comes from, read the same way: of ``paper``, ``code`` and ``bibtex``."""
        return declared.sources(self.file, self.attribute) if self.file else {}

    @property
    def source(self) -> str:
        """A hash of the code that it runs, found without importing it."""
        return source_hash(self.file) if self.file else ""

    @property
    def package(self) -> str:
        """A hash of all files beside its code too, such as templates; of a file of one's own, its.

        What can be made again is kept by this.
        """
        if self.file is None:
            return ""
        folder = self.file.parent
        if not (folder / "__init__.py").exists():
            return self.source
        digest = hashlib.sha256()
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    def load(self) -> Any:
        """The object; raises ``BrokenPluginError``, naming plugin and cause, where it can't."""
        try:
            with told_if_slow(self.file or self.module):
                module = self._import()
            return getattr(module, self.attribute) if self.attribute else _the_method_of(module)
        except (Exception, SystemExit) as error:
            raise BrokenPluginError(
                f"{self.group} plugin {self.name!r} can't be loaded: {_cause(error)}{_place(error)}"
            ) from error

    def _import(self) -> ModuleType:
        if self.module:
            return importlib.import_module(self.module)
        assert self.own_file is not None
        name = f"asdbench_file_{hashlib.sha256(str(self.own_file).encode()).hexdigest()[:12]}"
        if name not in sys.modules:
            spec = importlib.util.spec_from_file_location(name, self.own_file)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[name]
                raise
        return sys.modules[name]


def available(group: str) -> dict[str, Plugin]:
    """Every plugin of a group by name, in order of name; a name declared twice keeps the first."""
    found: dict[str, Plugin] = {}
    for entry in sorted(_declared(group, _installed()), key=lambda e: (e.name, e.value)):
        for plugin in _plugins_of(entry):
            found.setdefault(plugin.name, plugin)
    return dict(sorted(found.items()))


def find(group: str, name: str) -> Plugin:
    """The plugin of this name, or in the file ``./mine.py``; ``ValueError`` if there is none.

    For what the user names. A name that stands in a file of results is for ``installed``.
    """
    if not name.endswith(".py"):
        return installed(group, name)
    file = Path(name).expanduser().resolve()
    if not file.is_file():
        meant = near_path(name) or "; give the path of a Python file with a method in it"
        raise ValueError(f"no file {name}{meant}")
    same = available(group).get(file.stem)
    if same and same.file != file:
        raise ValueError(f"{name} has the name of an installed method; rename the file")
    return Plugin(file.stem, group, own_file=file)


def installed(group: str, name: str) -> Plugin:
    """The installed plugin of this name, never a file; ``ValueError`` if there is none."""
    plugins = available(group)
    if name not in plugins:
        kind = group.rpartition(".")[2].removesuffix("s")
        raise ValueError(f"no {kind} {name!r}{did_you_mean(name, plugins)}")
    return plugins[name]


def load(group: str, name: str) -> Any:
    """Load a plugin by name; ``ValueError`` where there is none or it is broken."""
    return find(group, name).load()


def source_hash(file: Path) -> str:
    """A hash of a module's file and the shared ``_*.py`` beside it, or of a whole package."""
    package = file.name == "__init__.py"
    beside = file.parent.rglob("*.py") if package else file.parent.glob("_*.py")
    digest = hashlib.sha256()
    for path in sorted({file, *(p for p in beside if package or p.name != "__init__.py")}):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cause(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    return one_line(error) if isinstance(error, BrokenPluginError) else with_kind(error)


def _place(error: BaseException) -> str:
    """The last line of somebody's file that was run, or that can't be."""
    if isinstance(error, SyntaxError):
        return f" ({error.filename}, line {error.lineno})"
    frames = traceback.extract_tb(error.__traceback__)
    last = [frame for frame in frames if not frame.filename.startswith("<frozen ")][-1]
    return f" ({last.filename}, line {last.lineno})"


def _plugins_of(entry: EntryPoint) -> list[Plugin]:
    file = _locate(entry.module)
    if entry.attr or file is None or file.name != "__init__.py":
        return [Plugin(entry.name, entry.group, entry.module, entry.attr or None)]
    return [
        Plugin(path.stem, entry.group, f"{entry.module}.{path.stem}")
        for path in sorted(file.parent.glob("*.py"))
        if not path.stem.startswith("_")
    ]


def _installed() -> tuple[tuple[str, int], ...]:
    """Changes when a package is installed or removed where Python looks for them."""
    return tuple((f, os.stat(f).st_mtime_ns) for f in sys.path if os.path.isdir(f))


@lru_cache(maxsize=8)
def _declared(group: str, _: tuple[tuple[str, int], ...]) -> EntryPoints:
    """A group's entry points; to look for them takes a while, and one run asks many times."""
    return entry_points(group=group)


@lru_cache
def _locate(module: str) -> Path | None:
    """The file of a module, found without importing it or the packages above it."""
    top, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except ValueError:
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations is None:
        starts = [Path(spec.origin)] if spec.origin else []
    else:  # a package, maybe one without an __init__.py
        starts = [Path(folder) / "__init__.py" for folder in spec.submodule_search_locations]
    for path in starts:
        for name in rest:
            package, alone = path.parent / name / "__init__.py", path.parent / f"{name}.py"
            path = alone if alone.is_file() and not package.is_file() else package
        if path.is_file():
            return path
    return None


def _the_method_of(module: ModuleType) -> type:
    """The one public dataclass defined in a module that has ``fit`` and ``score``."""
    classes = [
        value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and value.__module__ == module.__name__
        and not name.startswith("_")
        and is_dataclass(value)
        and callable(getattr(value, "fit", None))
        and callable(getattr(value, "score", None))
    ]
    if len(classes) != 1:
        names = ", ".join(c.__name__ for c in classes) or "none"
        raise BrokenPluginError(
            f"a method's file defines one public dataclass with fit and score; here: {names}"
        )
    return classes[0]
