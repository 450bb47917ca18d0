"""The page of clips that may lie beside a board: which rows it has, and whether it is old.

``clips/index.html`` is made on request (``asdbench.listening``), ``clips/clips.json`` says of what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from asdbench.config.keys import key
from asdbench.results.store import Store

FOLDER = "clips"
PAGE, MADE_OF = f"{FOLDER}/index.html", f"{FOLDER}/clips.json"
OLD = "The page of clips is of other scores than these: asdbench leaderboard --clips makes it anew."


def made_of(store: Store) -> Mapping[str, Any] | None:
    """The labels of the rows that the page of clips has, and the hash of its scores; or None."""
    return store.read_json(MADE_OF)


def links(store: Store) -> dict[str, str]:
    """The address of each row's clips, by label; empty where no page was made."""
    made = made_of(store)
    return {label: f"{PAGE}#row={quote(label)}" for label in made["rows"]} if made else {}


def is_old(store: Store) -> bool:
    """Whether there is a page of clips, and it is of other scores than the folder's now."""
    made = made_of(store)
    return made is not None and made["scores"] != scores_hash(store)


def scores_hash(store: Store) -> str:
    """A hash of the rows' scores and of what is known of the clips, wherever the folder lies."""
    rows = {row["label"]: row["repeats"] for row in store.rows()}
    cells = {name for repeats in rows.values() for names in repeats for name in names}
    scores = {}
    for name in sorted(filter(store.done, cells)):
        content = (store.cell_folder(name) / "scores.csv").read_bytes()
        scores[name] = hashlib.blake2b(content, digest_size=16).hexdigest()
    return key([rows, scores, store.tags()])
