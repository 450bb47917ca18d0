"""The board of an output folder as files: ``board.json``, and a leaderboard in every format.

``board.json`` is the core's own: what a board costs to make, it costs once. The formats are made
from it by plugins; ``formats.json`` says which of them are there, and by which code.
"""

from __future__ import annotations

import contextlib
import json
import logging
import pickle
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from asdbench.config import plugins
from asdbench.config.imports import imported, undisturbed
from asdbench.config.said import with_kind
from asdbench.evaluation import Board
from asdbench.results.build import board, made_from
from asdbench.results.store import Store

BOARD, WRITTEN = "board.json", "formats.json"
_log = logging.getLogger(__name__)


def current(store: Store) -> Board:
    """The board on disk if it shows what is in the folder now, else a new one.

    Figures of many rows take a while to make and a moment to read.
    """
    from pydantic import TypeAdapter, ValidationError

    if _written(store)["made_from"] == made_from(store):
        try:
            return TypeAdapter(Board).validate_json((store.folder / BOARD).read_bytes())
        except (ValidationError, FileNotFoundError):
            _log.warning("%s can't be read; it is made anew", store.folder / BOARD)
    return board(store)


def write_boards(store: Store, made: Board) -> list[str]:
    """Write the board, and the leaderboard in every format that is installed; what is broken."""
    store.write(BOARD, json.dumps(made.as_dict(), sort_keys=True, allow_nan=False) + "\n")
    problems, formats = [], {}
    for name, plugin in plugins.available(plugins.LEADERBOARDS).items():
        try:
            store.write(f"leaderboard.{name}", _render(plugin, made))
        except plugins.BrokenPluginError as error:
            problems.append(str(error))
        else:
            formats[name] = plugin.package
    store.write_json(WRITTEN, {"made_from": made.made_from, "formats": formats})
    return problems


def load_formats() -> None:
    """Import what a board and its formats are made with, before they are: it takes a second."""
    imported("scipy.special")
    with undisturbed():
        for plugin in plugins.available(plugins.LEADERBOARDS).values():
            with contextlib.suppress(plugins.BrokenPluginError):
                plugin.load()


def all_written(store: Store, now: str) -> bool:
    """Whether the board and every format are there and made from what is in the folder ``now``."""
    formats = plugins.available(plugins.LEADERBOARDS).values()
    written = _written(store)
    return (store.folder / BOARD).exists() and all(
        _shows(store, written, plugin, now) for plugin in formats
    )


def rendered(
    store: Store, form: str, question: str | None = None, figures: Sequence[str] = ()
) -> str:
    """The leaderboard in a format: the file, if it shows what is in the folder now, or made anew.

    It answers the board's own question, or this one; it shows the year's figures, or these. Raises
    ``ValueError`` for an unknown format, question or figure, ``BrokenPluginError`` for a broken
    format.
    """
    plugin = plugins.installed(plugins.LEADERBOARDS, form)
    if (
        question is None
        and not figures
        and _shows(store, _written(store), plugin, made_from(store))
    ):
        return (store.folder / f"leaderboard.{form}").read_text(encoding="utf-8")
    return _render(plugin, board_of(store, question, figures))


def board_of(store: Store, question: str | None = None, figures: Sequence[str] = ()) -> Board:
    """The board that answers its own question, or this one, with the year's figures, or these.

    Raises ``ValueError`` for an unknown question or figure.
    """
    made = board(store, figures) if figures else current(store)
    return made if question is None else made.asking(question)


def _render(plugin: plugins.Plugin, made: Board) -> str:
    """A format's text. What the plugin does to the board, or prints, is no one else's."""
    render = plugin.load()
    own = pickle.loads(pickle.dumps(made))  # a board has lists, and others will read them
    try:
        with undisturbed(), contextlib.chdir("."), contextlib.redirect_stdout(sys.stderr):
            text = render(own)
        if not isinstance(text, str):
            raise TypeError(f"it gave {type(text).__name__}, not a text")
        text.encode()
    except (Exception, SystemExit) as error:
        raise plugins.BrokenPluginError(
            f"leaderboard {plugin.name!r} can't be rendered: {with_kind(error)}"
        ) from error
    return text


def _shows(store: Store, written: Mapping[str, Any], plugin: plugins.Plugin, now: str) -> bool:
    """Whether a format's file was made from what is there now, by today's code of the format."""
    file = store.folder / f"leaderboard.{plugin.name}"
    of_now = written["made_from"] == now
    return of_now and written["formats"].get(plugin.name) == plugin.package and file.exists()


def _written(store: Store) -> Mapping[str, Any]:
    return store.read_json(WRITTEN) or {"made_from": None, "formats": {}}
