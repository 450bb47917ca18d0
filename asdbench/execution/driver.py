"""The driver: run cells, keep what they return, and say what happens."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from asdbench.config.keys import plain
from asdbench.config.limits import UNLIMITED, Limits
from asdbench.config.plugins import Plugin
from asdbench.config.said import KEPT, SHOWN, cut
from asdbench.data.clips import Clips
from asdbench.data.oddities import Oddity
from asdbench.engines.engine import Engine
from asdbench.engines.events import CellEvent, Done, Failed, Task
from asdbench.execution.plan import Plan
from asdbench.execution.worker import run_cell
from asdbench.results.records import Cell, Outcome, Score
from asdbench.results.store import Store

_OF_ROW = ("dataset", "frontend", "numerics", "repeats", "seed")


def recipe_of(
    plan: Plan, clips: Clips, oddities: Sequence[Oddity] = (), limits: Limits = UNLIMITED
) -> dict[str, Any]:
    """What a row's file says of how its cells were run.

    On how many clips they were trained, and what they scored: a hash of names, labels and sound;
    what is at fault with them; and whether methods were kept from all other files.
    """
    resolved = plain(plan.recipe)
    train = {
        subset: {"clips": len(part), "ids": len({(clip.machine, clip.id) for clip in part})}
        for subset in sorted({clip.subset for clip in clips})
        if (part := clips.where(split="train", subset=subset))
    }
    heard = {
        split: {
            subset: part.fingerprint
            for subset in sorted({clip.subset for clip in clips})
            if (part := clips.where(split=split, subset=subset))
        }
        for split in ("train", "test")
    }
    sound = {"train_sound": heard["train"], "test": heard["test"]}
    faults = [str(one) for one in oddities if one.fault]
    of_clips = {"train": train, **sound} | ({"faults": faults} if faults else {})
    isolated = {"isolated": True} if limits.isolated else {}
    return {name: resolved[name] for name in _OF_ROW} | of_clips | isolated


def run(
    cells: Sequence[Cell],
    plugins: Mapping[str, Plugin],
    clips: Clips,
    store: Store,
    *,
    engine: Engine,
    watch: Callable[[CellEvent], None] = lambda _: None,
) -> tuple[Failed, ...]:
    """Run these cells; one that fails doesn't stop the others. What failed is returned.

    ``plugins`` are the methods by name, ``watch`` sees every event after it is on disk. The store
    must be open.
    """
    if not cells:
        return ()  # no engine has to be started for that
    parts = {machine: _Part(clips, machine) for machine in {cell.machine for cell in cells}}
    tasks = [
        parts[cell.machine].task(cell, plugins[cell.method], store, engine.gpu_share)
        for cell in cells
    ]
    failed = []
    with contextlib.closing(engine.run(tasks, run_cell)) as events:
        for event in events:
            if isinstance(event, Done):
                part = parts[event.cell.machine]
                scores, train = part.labelled(event.outcome), part.of_train(event.outcome)
                code = _code(plugins[event.cell.method], event.outcome)
                if engine.limits.isolated:
                    event = replace(event, outcome=_isolated(event.outcome))
                store.keep(event.cell, scores, event.outcome, train, code)
            elif isinstance(event, Failed):
                reason, text = cut(event.reason, SHOWN), cut(event.text, KEPT)
                event = replace(event, reason=reason, text=text)
                store.keep_error(event.cell, f"{event.reason}\n\n{event.text}")
                failed.append(event)
            watch(event)
    return tuple(failed)


def _isolated(outcome: Outcome) -> Outcome:
    return replace(outcome, facts={**outcome.facts, "isolated": "yes"})


def _code(plugin: Plugin, outcome: Outcome) -> str | None:
    """A method's own file, unless it was edited while the cell ran."""
    if plugin.own_file is None or plugin.source != outcome.facts.get("source"):
        return None
    return plugin.own_file.read_text(encoding="utf-8")


class _Part:
    """The clips that one fit sees. Here labels are taken away, and here they meet the scores."""

    def __init__(self, clips: Clips, machine: str | None) -> None:
        here = clips if machine is None else clips.where(machine=machine)
        self._train, self._test = here.where(split="train"), here.where(split="test")
        self._blind = self._train.blind(), self._test.blind()
        self._supplemental = here.where(split="supplemental").blind() or None

    def task(self, cell: Cell, plugin: Plugin, store: Store, gpu_share: float) -> Task:
        """What a worker gets: no label, no name."""
        train, test = self._blind
        stages = store.folder / "stages"
        scratch = store.scratch(cell)
        more = self._supplemental
        return Task(cell, plugin, train, test, scratch, stages, gpu_share, supplemental=more)

    def labelled(self, outcome: Outcome) -> list[Score]:
        """Each test clip's score beside its label and name."""
        decided = outcome.decided or itertools.repeat(None, len(self._test))
        return [
            Score.of(clip, score, one)
            for clip, score, one in zip(self._test, outcome.scores, decided, strict=True)
        ]

    def of_train(self, outcome: Outcome) -> list[Score]:
        """Each training clip's score beside its name; none where the worker told none."""
        if not outcome.train_scores:
            return []
        return [
            Score.of(clip, score)
            for clip, score in zip(self._train, outcome.train_scores, strict=True)
        ]
