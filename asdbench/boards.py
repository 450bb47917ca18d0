"""The leaderboards of an output folder as files: one a format."""

from __future__ import annotations

import json

from asdbench import plugins
from asdbench.board import Board
from asdbench.results import board, made_from
from asdbench.store import Store


def write_boards(store: Store, made: Board) -> list[str]:
    """Write the leaderboard in every format that is installed; what is broken."""
    problems = []
    for name, plugin in plugins.available(plugins.LEADERBOARDS).items():
        try:
            render = plugin.load()
        except plugins.BrokenPluginError as error:
            problems.append(str(error))
            continue
        try:
            text = render(made)
        except Exception as error:  # noqa: BLE001 - a stranger's board must not cost the others
            problems.append(f"leaderboard {name!r} can't be rendered: {error!r}")
            continue
        store.write(f"leaderboard.{name}", text)
    return problems


def all_written(store: Store, now: str) -> bool:
    """Whether every format is there and made from what is in the folder ``now``."""
    path = store.folder / "leaderboard.json"
    names = plugins.available(plugins.LEADERBOARDS)
    written = all((store.folder / f"leaderboard.{name}").exists() for name in names)
    return written and bool(json.loads(path.read_text(encoding="utf-8"))["made_from"] == now)


def current(store: Store) -> Board:
    """The board on disk if it shows what is in the folder now, else a new one.

    Intervals on DCASE 2020 take a quarter of a minute to make and a moment to read.
    """
    from pydantic import TypeAdapter, ValidationError

    path = store.folder / "leaderboard.json"
    if path.exists():
        try:
            known = TypeAdapter(Board).validate_json(path.read_bytes())
        except ValidationError:  # of another version
            return board(store)
        if known.made_from == made_from(store):
            return known
    return board(store)
