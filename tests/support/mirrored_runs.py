"""One mirror of a folder's board, from its start to its end."""

from __future__ import annotations

from asdbench.evaluation import Board
from asdbench.results.build import board
from asdbench.results.files import write_boards
from asdbench.results.store import Store
from asdbench.tracking.place import folder_name, local_uri
from asdbench.tracking.runs import Runs


def mirror(store: Store, *items: object) -> Runs:
    """Mirror these items, and the board."""
    runs = Runs(store, local_uri(store), folder_name(store), lambda: None)
    runs.write([*items, board(store)])
    return runs


def shown(store: Store) -> Board:
    """The folder's board, with its pages written."""
    made = board(store)
    write_boards(store, made)
    return made
