"""Which runs in MLflow are which rows and repeats of an output folder: found by tags, or made.

What is no row of the folder any more goes: a row whose fields have changed is another row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import cycle
from typing import Any, NamedTuple

from mlflow.entities import Param, Run

from asdbench.config.keys import canonical, key
from asdbench.config.names import flat
from asdbench.evaluation import caution
from asdbench.results.store import Store
from asdbench.tracking.client import Client
from asdbench.tracking.names import part
from asdbench.tracking.place import FolderName

FORMAT = 2  # of what a run shows: runs of another one are made again
COLOR = "mlflow.runColor"  # a tag: a row's place gives it
COLORS = ("#2563eb", "#ea580c", "#059669", "#9333ea", "#b45309", "#0891b2", "#be185d", "#4d7c0f")
Record = Mapping[str, Any]


class RepeatName(NamedTuple):
    """A repeat of a row, as it is found in MLflow again: by its row and its cells."""

    row: str
    cells: str


class Found:
    """The runs of a folder's rows (``parents``) and repeats (``children``).

    ``complete`` are the children that show today's results; others are deleted and made again.
    ``of_cell`` has the children that a cell of this name is in, and whether others are too. ``id``
    and ``place`` say which folder it is.
    """

    def __init__(self, client: Client, store: Store, name: FolderName) -> None:
        self._client, self._store, self._name = client, store, name
        self.id, self.place = name
        self.records = store.rows()
        self._colors = {
            row_key(record): color for record, color in zip(self.records, cycle(COLORS))
        }
        # What finds all that is of this folder.
        self.query = "" if client.owned else f"tags.`asdbench.folder_id` = '{name.id}'"
        self.parents: dict[str, str] = {}
        self.children: dict[RepeatName, str] = {}
        self.complete: set[RepeatName] = set()
        self.of_cell: dict[str, list[tuple[RepeatName, bool]]] = defaultdict(list)
        for child, names in self.repeats():
            for cell in names:
                self.of_cell[cell].append((child, len(names) > 1))
        self._known: dict[str, Run] = {}
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
        return key([FORMAT, cells]) if all(cells) else ""

    def parent_for(self, record: Record, metrics: Collection[str]) -> str:
        """The row's parent, made again if it has metrics that are none of these any more.

        MLflow forgets no metric of a run.
        """
        row = row_key(record)
        run = self._known.get(self.parents[row])
        if run is not None and not run.data.metrics.keys() <= set(metrics):
            self._client.mlflow.delete_run(self.parents.pop(row))
            self._make_parent(record)
            for child, id_ in self.children.items():
                if child.row == row:
                    parent = self.parents[row]
                    self._client.mlflow.set_tag(id_, "mlflow.parentRunId", parent)
        return self.parents[row]

    def shows(self, run: str, tag: str, value: str) -> bool:
        """Whether a run that was there already has a tag of this value."""
        known = self._known.get(run)
        return known is not None and known.data.tags.get(tag) == value

    def tell(self, run: str, tag: str, value: str) -> None:
        """Set a run's tag, where it isn't so already."""
        if not self.shows(run, tag, value):
            self._client.mlflow.set_tag(run, tag, value)

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
            self._known[id_] = run
            row, cells = tags.get("asdbench.row"), tags.get("asdbench.cells")
            if row is None:
                continue  # a study's
            if cells is None and row in rows and row not in self.parents:
                self.parents[row] = id_
                self.tell(id_, "asdbench.folder", self.place)  # it may have been moved
                self.tell(id_, COLOR, self._colors[row])  # there may be more rows than there were
                continue
            child = RepeatName(row, cells or "")
            names = of_child.get(child)
            if names and tags.get("asdbench.complete") == self.stamp(names):
                self.children[child] = id_
                self.complete.add(child)
                self.tell(id_, "asdbench.folder", self.place)
            else:
                self._client.mlflow.delete_run(id_)

    def _make(self, record: Record) -> None:
        """The row's parent and its children, where they aren't there yet."""
        row, label = row_key(record), record["label"]
        if row not in self.parents:
            self._make_parent(record)
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
            run = self._client.create(f"{label} repeat {repeat}", self.tags_of(record) | own)
            self.children[child] = run
            params = [*_params(record), Param("repeat", str(repeat))]
            self._client.mlflow.log_batch(run, params=params)

    def _make_parent(self, record: Record) -> None:
        row = row_key(record)
        tags = self.tags_of(record) | {COLOR: self._colors[row]}
        run = self.parents[row] = self._client.create(record["label"], tags)
        self._client.mlflow.log_batch(run, params=_params(record))


def _params(record: Record) -> list[Param]:
    """The fields. MLflow's comparison starts with the first: let it start with the row's name."""
    fields = [Param(part(name), str(value)) for name, value in flat(record["fields"])]
    return [Param("_row", record["label"]), *fields]


def row_key(record: Record) -> str:
    """What makes two rows one parent: all that a repeat doesn't change."""
    recipe = {name: value for name, value in record["recipe"].items() if name != "repeats"}
    return key([record["label"], record["method"], record["fields"], recipe])
