"""Ask a method for its fields in a worker, where the process that knows the labels may not."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asdbench.config.imports import told_if_slow
from asdbench.config.limits import Limits
from asdbench.config.plugins import BrokenPluginError, Plugin
from asdbench.config.selection import Ask, told_by
from asdbench.engines.isolation import shut_in_question
from asdbench.engines.job import Job
from asdbench.engines.workers import Workers


def ask_in(workers: Workers, limits: Limits) -> Ask:
    """Does what ``told_by`` does, in a worker; where nothing is limited, in this process.

    Raises as it does, and ``BrokenPluginError`` where the worker is stopped, or dies.
    """

    def ask(plugin: Plugin, fields: Mapping[str, Any], label: str) -> dict[str, Any]:
        with told_if_slow(plugin.file), tempfile.TemporaryDirectory() as scratch:
            asked = (plugin, fields, label, Path(scratch))
            first = shut_in_question if limits.isolated else None
            job = Job(asked, Path(scratch), limits, first)
            kind, content = [(m.kind, m.content) for m in workers.run([job], _ask, at_once=1)][-1]
        if kind == "done" and content[0] == "told":
            told: dict[str, Any] = content[1]
            return told
        if kind == "done" and content[0] == "wrong":
            raise ValueError(content[1])
        why = content[1] if kind == "done" else f"{plugin.name} can't be loaded: {content[0]}"
        raise BrokenPluginError(why)

    return told_by if limits == Limits() else ask


def _ask(asked: tuple[Plugin, Mapping[str, Any], str, Path], _: Any) -> tuple[str, Any]:
    plugin, fields, label, _scratch = asked
    try:
        return "told", told_by(plugin, fields, label)
    except BrokenPluginError as error:
        return "broken", str(error)
    except ValueError as error:
        return "wrong", str(error)
