"""What asdbench writes into MLflow: an experiment a benchmark, a parent a row, a child a repeat.

All of it is a copy of the output folder. Only the IDs of runs are read back, found by tags; a
child that isn't marked complete with today's results (its run was killed, or its cells were run
again) is deleted and made again.
"""

from __future__ import annotations

import logging
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "5")

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

from asdbench import plots
from asdbench.board import Board, Row
from asdbench.config import canonical, key
from asdbench.executors import Epoch
from asdbench.mlflow_names import curve, flat, spreads, stability
from asdbench.store import Store

for _name in ("mlflow", "alembic"):  # they set their own levels while they are imported
    logging.getLogger(_name).setLevel(logging.WARNING)

MOST = 900  # metrics a request; MLflow takes at most 1,000
COLORS = ("#2563eb", "#ea580c", "#059669", "#9333ea", "#b45309", "#0891b2", "#be185d", "#4d7c0f")
Record = Mapping[str, Any]


class _Child(NamedTuple):
    """A repeat of a row, as it is found in MLflow again: by its row and its cells."""

    row: str
    cells: str


class Runs:
    """The MLflow runs of an output folder, found or made; ``moved`` is called at each step.

    Several folders may share a tracking server: each has parents and children of its own. Without
    ``write``, nothing is made.
    """

    def __init__(
        self, store: Store, uri: str, moved: Callable[[], None], *, write: bool = True
    ) -> None:
        self._client = MlflowClient(uri)
        self._store, self._moved = store, moved
        self._records = store.rows()
        self.experiment = open_experiment(self._client, store, uri, self._records[0]["experiment"])
        self._parents: dict[str, str] = {}
        self._children: dict[_Child, str] = {}
        self._complete: set[_Child] = set()
        self._sent: set[tuple[_Child, str]] = set()
        self._folder = f"{platform.node()}:{store.folder.resolve()}"
        if write:
            self._recall()
            for record in self._records:
                self._make_runs(record)
        moved()

    @property
    def parents(self) -> list[str]:
        """The IDs of the rows' runs, best first once there is a board."""
        return list(self._parents.values())

    def epochs(self, events: list[Epoch]) -> None:
        """Log live curves."""
        metrics: dict[str, list[Metric]] = defaultdict(list)
        for event in events:
            for child, names in self._repeats():
                if event.cell.name in names and child not in self._complete:
                    self._sent.add((child, event.cell.name))
                    machine = event.cell.machine if len(names) > 1 else None
                    named = curve(machine, event.stage, event.figures)
                    metrics[self._children[child]] += as_metrics(named, event.epoch)
        for run, found in metrics.items():
            self._log(run, found)

    def results(self, board: Board) -> None:
        """Log what is known of every row and of every complete repeat."""
        for record in self._records:
            row = _row_key(record)
            mine = [found for found in board.rows if found.label == record["label"]]
            complete = [n for n in record["repeats"] if all(map(self._store.done, n))]
            for index, names in enumerate(complete):
                child = _Child(row, key(names))
                if child not in self._complete:
                    self._finish_child(child, names, mine, index)
            for names in record["repeats"]:
                if names not in complete:
                    self._client.set_terminated(self._children[_Child(row, key(names))], "FAILED")
            self._finish_parent(self._parents[row], mine, board)
            finished = len(complete) == len(record["repeats"])
            self._client.set_terminated(self._parents[row], "FINISHED" if finished else "FAILED")
            self._moved()
        ranked = list(dict.fromkeys(row.label for row in board.rows))
        by_label = {record["label"]: _row_key(record) for record in self._records}
        order = [by_label[label] for label in ranked] + list(self._parents)
        self._parents = {row: self._parents[row] for row in order}

    def _finish_parent(self, run: str, rows: Sequence[Row], board: Board) -> None:
        """Figures, pictures, and the board itself."""
        for row in rows:
            self._log(run, as_metrics(stability(row, 1 + board.subset(row.subset).index(row))))
            self._client.set_tag(run, f"asdbench.group.{row.subset}", row.letters)
            pictures = {
                "ranking": plots.ranking(board, row.subset, row.label),
                "machine_ids": plots.machine_ids(row),
            }
            for name, picture in pictures.items():
                self._client.log_figure(run, picture, f"plots/{row.subset}_{name}.png")
                self._moved()
        for name in ("leaderboard.html", "leaderboard.md"):
            path = self._store.folder / name
            if path.exists():  # its plugin may be broken
                self._client.log_artifact(run, str(path), "board")
                self._moved()

    def _finish_child(self, child: _Child, names: list[str], rows: list[Row], index: int) -> None:
        run = self._children[child]
        for name in names:
            cell = self._store.cell(name)
            assert cell is not None
            machine = cell["cell"]["machine"] if len(names) > 1 else None
            if (child, name) not in self._sent:  # done before this run: no live curve
                self._log(run, list(self._past_curve(machine, name)))
            folder = f"scores/{machine}" if machine else "scores"
            self._client.log_artifact(
                run, str(self._store.cell_folder(name) / "scores.csv"), folder
            )
            if cell["seconds"] is not None:  # scores from elsewhere have none
                self._log(
                    run,
                    as_metrics([(f"seconds/{machine}" if machine else "seconds", cell["seconds"])]),
                )
            facts = {f"asdbench.{k}": canonical(v).strip('"') for k, v in cell["facts"].items()}
            if cell["facts"].get("commit"):
                facts["mlflow.source.git.commit"] = cell["facts"]["commit"]
            self._client.log_batch(run, tags=[RunTag(k, v[:4000]) for k, v in facts.items()])
            self._moved()
        named = ((name, s.values[index]) for row in rows for name, s in spreads(row))
        self._log(run, as_metrics(named))
        self._client.set_tag(run, "asdbench.complete", self._stamp(names))
        self._client.set_terminated(run)
        self._complete.add(child)
        self._moved()

    def _past_curve(self, machine: str | None, name: str) -> Iterator[Metric]:
        for line in self._store.history(name):
            figures = {
                figure: float(value)
                for figure, value in line.items()
                if figure not in {"stage", "epoch"} and value
            }
            yield from as_metrics(curve(machine, line["stage"], figures), int(line["epoch"]))

    def _recall(self) -> None:
        """The runs that are there already."""
        of_child = dict(self._repeats())
        token: str | None = None
        while token != "":
            page = self._client.search_runs(
                [self.experiment], f"tags.`asdbench.folder` = '{self._folder}'", page_token=token
            )
            for run in page:
                tags = run.data.tags
                if "asdbench.cells" not in tags:
                    self._parents[tags["asdbench.row"]] = run.info.run_id
                    continue
                child = _Child(tags["asdbench.row"], tags["asdbench.cells"])
                names = of_child.get(child)
                if names and tags.get("asdbench.complete") == self._stamp(names):
                    self._children[child] = run.info.run_id
                    self._complete.add(child)
                else:
                    self._client.delete_run(run.info.run_id)
            token = page.token or ""
            self._moved()

    def _make_runs(self, record: Record) -> None:
        """The row's parent and its children, where they aren't there yet."""
        row, label = _row_key(record), record["label"]
        recipe = record["recipe"]
        tags = {
            "asdbench.row": row,
            "asdbench.folder": self._folder,
            "asdbench.label": label,
            "asdbench.method": record["method"],
            "asdbench.origin": record["origin"]["kind"],
            "mlflow.note.content": record["summary"],
            "mlflow.source.name": "asdbench",
            "mlflow.source.type": "LOCAL",
        }
        if recipe:  # scores from elsewhere have none
            tags |= {
                "asdbench.dataset": canonical(recipe["dataset"]),
                "asdbench.device": recipe["numerics"]["device"],
                "asdbench.seed": str(recipe["seed"]),
            }
        # MLflow's comparison starts with the first parameters: let it start with the row's name.
        params = [Param("_row", label)]
        params += [Param(name, str(value)) for name, value in flat(record["fields"])]
        if row not in self._parents:
            run = self._client.create_run(self.experiment, tags=tags, run_name=label)
            self._parents[row] = run.info.run_id
            color = COLORS[len(self._parents) % len(COLORS)]
            self._client.set_tag(run.info.run_id, "mlflow.runColor", color)
            self._client.log_batch(run.info.run_id, params=params)
        for repeat, names in enumerate(record["repeats"]):
            child = _Child(row, key(names))
            if child in self._children:
                continue
            child_tags = tags | {
                "asdbench.cells": child.cells,
                "asdbench.cell_names": " ".join(names)[:4000],
                "asdbench.repeat": str(repeat),
                "mlflow.parentRunId": self._parents[row],
            }
            run = self._client.create_run(
                self.experiment, tags=child_tags, run_name=f"{label} repeat {repeat}"
            )
            self._children[child] = run.info.run_id
            self._client.log_batch(run.info.run_id, params=[*params, Param("repeat", str(repeat))])

    def _stamp(self, names: list[str]) -> str:
        """Changes when a repeat's cells are run again; empty while some are missing."""
        cells = [self._store.cell(name) for name in names]
        return key(cells) if all(cells) else ""

    def _repeats(self) -> Iterator[tuple[_Child, list[str]]]:
        for record in self._records:
            for names in record["repeats"]:
                yield _Child(_row_key(record), key(names)), names

    def _log(self, run: str, metrics: list[Metric]) -> None:
        for start in range(0, len(metrics), MOST):
            self._client.log_batch(run, metrics=metrics[start : start + MOST])
            self._moved()


def open_experiment(client: MlflowClient, store: Store, uri: str, name: str) -> str:
    """The ID of a benchmark's experiment in MLflow, made or restored if need be."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        if found.lifecycle_stage == "deleted":
            client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)
    local = uri == f"sqlite:///{store.folder.resolve()}/mlflow.db"
    place = (store.folder.resolve() / "mlartifacts").as_uri() if local else None
    kind = {"mlflow.experimentKind": "custom_model_development"}  # the page for training runs
    return str(client.create_experiment(name, artifact_location=place, tags=kind))


def _row_key(record: Record) -> str:
    """What makes two rows one parent: all that a repeat doesn't change."""
    recipe = {name: value for name, value in record["recipe"].items() if name != "repeats"}
    return key([record["label"], record["method"], record["fields"], recipe])


def as_metrics(named: Iterable[tuple[str, float]], step: int = 0) -> list[Metric]:
    """As MLflow takes them."""
    now = int(time.time() * 1000)
    return [Metric(name, value, now, step) for name, value in named]
