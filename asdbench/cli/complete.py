"""What a shell may complete: names read from source text and folders, nothing imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from asdbench.config import declared, plugins
from asdbench.config.defaults import ALL, RUNS

Found = Iterator[tuple[str, str]]  # a word, and what it is
TOLD = 60  # letters of what a word is


def among(*words: str) -> Callable[[str], list[str]]:
    """Completes one of these words."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return complete


def methods(incomplete: str) -> Found:
    """A method's name, or a Python file."""
    yield from _starting(_methods(), incomplete)
    yield from _files(incomplete, ".py")


def several_methods(incomplete: str) -> Found:
    """The last of some names with commas between them; those before it aren't named again."""
    before, comma, last = incomplete.rpartition(",")
    named = before.split(",")
    every = [*(() if comma else ((ALL, "every method that the experiment lists"),)), *_methods()]
    for name, told in _starting(every, last):
        if name not in named:
            yield f"{before}{comma}{name}", told
    for name, told in _files(last, ".py"):
        yield f"{before}{comma}{name}", told


def experiments(incomplete: str) -> Found:
    """An experiment's name, or a TOML file."""
    from asdbench.config.experiment import experiments as known

    told = ((name, _header(path)) for name, path in known().items())
    yield from _starting(told, incomplete)
    yield from _files(incomplete, ".toml")


def formats(incomplete: str) -> Found:
    """A format of the leaderboard."""
    found = plugins.available(plugins.LEADERBOARDS).items()
    yield from _starting(((name, one.summary) for name, one in found), incomplete)


def settings(incomplete: str) -> Found:
    """``method.field=``: the fields that a method's source text declares."""
    method, dot, _ = incomplete.partition(".")
    if not dot:
        yield from _starting(((f"{name}.", told) for name, told in _methods()), incomplete)
        return
    plugin = plugins.available(plugins.METHODS).get(method)
    if plugin is not None and plugin.file is not None:
        fields = declared.fields(plugin.file, plugin.attribute)
        told = ((f"{method}.{name}=", default) for name, default in fields.items())
        yield from _starting(told, incomplete)


def folders(incomplete: str) -> Found:
    """An output folder: those in ``runs``, or any folder that has rows."""
    above = Path(incomplete).parent if "/" in incomplete else RUNS
    for rows in sorted(above.glob("*/rows")):
        if str(rows.parent).startswith(incomplete):
            yield str(rows.parent), ""


def rows(ctx: Any, incomplete: str) -> Found:
    """A row of the output folder that the command names, or that it takes where it names none."""
    from asdbench.config.defaults import DEMO

    out = Path(ctx.params.get("out") or RUNS / DEMO)
    named = ctx.params.get("rows") or ()
    found = sorted(path.stem for path in out.glob("rows/*.json"))
    yield from _starting(((name, "") for name in found if name not in named), incomplete)


def _methods() -> Found:
    for name, plugin in plugins.available(plugins.METHODS).items():
        yield name, plugin.summary


def _files(incomplete: str, end: str) -> Found:
    """Files that end so, and folders on the way to them."""
    if not incomplete:
        return
    above = incomplete.rpartition("/")[0] + "/" if "/" in incomplete else ""
    try:
        inside = sorted(Path(above or ".").expanduser().iterdir())
    except OSError:
        return
    for path in inside:
        name = f"{above}{path.name}{'/' if path.is_dir() else ''}"
        if name.startswith(incomplete) and (path.is_dir() or path.name.endswith(end)):
            yield name, ""


def _starting(found: Iterable[tuple[str, str]], incomplete: str) -> Found:
    for name, told in found:
        if name.startswith(incomplete):
            yield name, told if len(told) <= TOLD else f"{told[: TOLD - 1]}\N{HORIZONTAL ELLIPSIS}"


def _header(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
