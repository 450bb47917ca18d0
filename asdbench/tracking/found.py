"""Which runs in MLflow are which rows and repeats of an output folder: found by tags, or made.

What is no row of the folder any more goes: a row whose fields have changed is another row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mlflow.entities import Param

from asdbench.config.keys import canonical, key
from asdbench.config.names import flat
from asdbench.evaluation import caution
from asdbench.results.store import Store
from asdbench.tracking.client import Client
from asdbench.tracking.place import FolderName

COLORS = ("#2563eb", "#ea580c", "#059669", "#9333ea", "#b45309", "#0891b2", "#be185d", "#4d7c0f")
Record = Mapping[str, Any]


class RepeatName(NamedTuple):
    """A repeat of a row, as it is found in MLflow again: by its row and its cells."""

    row: str
    cells: str


class Found:
    """The runs of a folder's rows (``parents``) and repeats (``children``).

    ``complete`` are the children that show today's results; others are deleted and made again.
    """

    def __init__(self, client: Client, store: Store, name: FolderName) -> None:
        self._client, self._store, self._name = client, store, name
        self.place = name.place
        self.records = store.rows()
        # What finds all that is of this folder.
        self.query = "" if client.owned else f"tags.`asdbench.folder_id` = '{name.id}'"
        self.parents: dict[str, str] = {}
        self.children: dict[RepeatName, str] = {}
        self.complete: set[RepeatName] = set()
        self._recall()
        for record in self.records:
            self._make(record)

    def repeats(self) -> Iterator[tuple[RepeatName, list[str]]]:
        """Every repeat, and the names of its cells."""
        for record in self.records:
            for names in record["repeats"]:
                yield RepeatName(row_key(record), key(names)), names

    def stamp(self, names: list[str]) -> str:
        """Changes when a repeat's cells are run again; empty while some are missing."""
        cells = [self._store.cell(name) for name in names]
        return key(cells) if all(cells) else ""

    def tags_of(self, record: Record) -> dict[str, str]:
        """What is told of a row, wherever it is shown."""
        said = (caution(record["recipe"]), record["summary"])
        tags = {
            "asdbench.row": row_key(record),
            "asdbench.folder": self.place,
            "asdbench.folder_id": self._name.id,
            "asdbench.label": record["label"],
            "asdbench.method": record["method"],
            "asdbench.origin": record["origin"]["kind"],
            "mlflow.note.content": "\n\n".join(filter(None, said)),
            "mlflow.source.name": "asdbench",
            "mlflow.source.type": "LOCAL",
        }
        if recipe := record["recipe"]:  # scores from elsewhere have none
            tags |= {
                "asdbench.dataset": canonical(recipe["dataset"]),
                "asdbench.device": recipe["numerics"]["device"],
                "asdbench.seed": str(recipe["seed"]),
            }
        return tags

    def _recall(self) -> None:
        """The runs that are there already."""
        rows = {row_key(record) for record in self.records}
        of_child = dict(self.repeats())
        for run in list(self._client.search(self.query)):
            tags, id_ = run.data.tags, run.info.run_id
            row, cells = tags.get("asdbench.row"), tags.get("asdbench.cells")
            if row is None:
                continue  # a study's
            if cells is None and row in rows and row not in self.parents:
                self.parents[row] = id_
                self._told_where(id_, tags)
                continue
            child = RepeatName(row, cells or "")
            names = of_child.get(child)
            if names and tags.get("asdbench.complete") == self.stamp(names):
                self.children[child] = id_
                self.complete.add(child)
                self._told_where(id_, tags)
            else:
                self._client.mlflow.delete_run(id_)

    def _told_where(self, run: str, tags: Mapping[str, str]) -> None:
        """A folder that was moved is shown where it is."""
        if tags.get("asdbench.folder") != self.place:
            self._client.mlflow.set_tag(run, "asdbench.folder", self.place)

    def _make(self, record: Record) -> None:
        """The row's parent and its children, where they aren't there yet."""
        row, label = row_key(record), record["label"]
        tags = self.tags_of(record)
        # MLflow's comparison starts with the first parameters: let it start with the row's name.
        params = [Param("_row", label)]
        params += [Param(name, str(value)) for name, value in flat(record["fields"])]
        if row not in self.parents:
            self.parents[row] = self._client.create(label, tags)
            color = COLORS[len(self.parents) % len(COLORS)]
            self._client.mlflow.set_tag(self.parents[row], "mlflow.runColor", color)
            self._client.mlflow.log_batch(self.parents[row], params=params)
        for repeat, names in enumerate(record["repeats"]):
            child = RepeatName(row, key(names))
            if child in self.children:
                continue
            own = {
                "asdbench.cells": child.cells,
                "asdbench.cell_names": " ".join(names)[:4000],
                "asdbench.repeat": str(repeat),
                "mlflow.parentRunId": self.parents[row],
            }
            run = self._client.create(f"{label} repeat {repeat}", tags | own)
            self.children[child] = run
            self._client.mlflow.log_batch(run, params=[*params, Param("repeat", str(repeat))])


def row_key(record: Record) -> str:
    """What makes two rows one parent: all that a repeat doesn't change."""
    recipe = {name: value for name, value in record["recipe"].items() if name != "repeats"}
    return key([record["label"], record["method"], record["fields"], recipe])
