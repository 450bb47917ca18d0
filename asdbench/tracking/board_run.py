"""The leaderboard itself as a run: the first in the list, with its page and its pictures."""

from __future__ import annotations

import hashlib
import io

import mlflow
from matplotlib.figure import Figure
from PIL import Image

from asdbench.config.keys import key
from asdbench.evaluation import Board
from asdbench.results.store import Store
from asdbench.tracking import figures
from asdbench.tracking.client import Client
from asdbench.tracking.found import FORMAT, Found
from asdbench.tracking.views import BOARD_FIRST, ORDER, REPEATS

NAME, PAGE = "leaderboard", "leaderboard.html"
TAG, STAMP = "asdbench.board", "asdbench.board_stamp"  # of which folder; changes with what it shows
DPI = 150


def write(client: Client, store: Store, found: Found, board: Board) -> str:
    """Bring the run up to date; its ID.

    It is made anew where it shows another board, so that it stays the newest one of all.
    """
    stamp = _stamp(store, board)
    there = list(client.search(f"tags.`{TAG}` = '{found.id}'"))
    for run in there:
        tags, id_ = run.data.tags, str(run.info.run_id)
        if tags.get(STAMP) == stamp and tags["asdbench.folder"] == found.place:
            return id_
    id_ = _made(client, store, found, board)
    client.mlflow.set_tag(id_, STAMP, stamp)
    for run in there:
        client.mlflow.delete_run(run.info.run_id)
    return id_


def _made(client: Client, store: Store, found: Found, board: Board) -> str:
    tags = {
        TAG: found.id,
        ORDER: BOARD_FIRST,
        "asdbench.folder": found.place,
        "asdbench.folder_id": found.id,
        "mlflow.note.content": f"The leaderboard is under Artifacts: `{PAGE}`.",
        "mlflow.runColor": figures.OTHER,
        "mlflow.source.name": "asdbench",
        "mlflow.source.type": "LOCAL",
    }
    run = client.create(NAME, tags)
    for name in (PAGE, "leaderboard.md"):
        path = store.folder / name
        if path.exists():  # its plugin may be broken
            client.mlflow.log_artifact(run, str(path))
    for number, subset in enumerate(board.subsets):
        picture = figures.repeats(board, subset)
        client.mlflow.log_figure(run, picture, f"plots/{subset}_repeats.png")
        if number == 0:
            client.mlflow.log_image(run, _image(picture), key=REPEATS, step=0)
    client.mlflow.set_terminated(run)
    return run


def _image(picture: Figure) -> mlflow.Image:
    """As MLflow's charts show it."""
    file = io.BytesIO()
    picture.savefig(file, format="png", dpi=DPI)
    return mlflow.Image(Image.open(file))


def _stamp(store: Store, board: Board) -> str:
    path = store.folder / PAGE
    page = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
    return key([FORMAT, board.made_from, page])
