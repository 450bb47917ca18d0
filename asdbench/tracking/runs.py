"""What asdbench writes into MLflow: an experiment a benchmark, a parent a row, a child a repeat.

All of it is a copy of the output folder. Only the IDs of runs are read back.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mlflow.entities import Metric, RunTag

from asdbench.config.keys import canonical, key
from asdbench.engines.events import Epoch
from asdbench.evaluation import Board, Row, caution
from asdbench.results.store import Store
from asdbench.tracking import board_run, figures
from asdbench.tracking.client import Client, as_metrics
from asdbench.tracking.found import FORMAT, Found, RepeatName, row_key
from asdbench.tracking.models import Models
from asdbench.tracking.names import curve, legend, of_parent, of_repeat, part
from asdbench.tracking.place import FolderName
from asdbench.tracking.tables import tables
from asdbench.tracking.views import ORDER, views

STAMP = "asdbench.shown"  # a tag of parents: changes with what they show


class Runs:
    """The MLflow runs of an output folder, found or made; ``moved`` is called at each step.

    Several folders may share a tracking server: each has parents and children of its own. Without
    a ``name``, nothing is made or written.
    """

    def __init__(
        self, store: Store, uri: str, name: FolderName | None, moved: Callable[[], None]
    ) -> None:
        self._store = store
        benchmark = store.rows()[0]["experiment"]
        self._client = Client(store, uri, benchmark, moved)
        self._found = Found(self._client, store, name) if name else None
        self._caution = caution(store.rows()[0]["recipe"])
        if name and self._caution:
            self._client.describe(self._caution)
        if self._found:
            Models(self._client, store, self._found).load()
        self._sent: set[tuple[RepeatName, str]] = set()
        self.experiment = self._client.experiment
        self.pages: dict[str, str] = {}

    def write(self, items: Sequence[Any]) -> None:
        """Log live curves, and what a board shows."""
        if self._found is None:
            return
        self._epochs(self._found, [item for item in items if isinstance(item, Epoch)])
        for board in [item for item in items if isinstance(item, Board)]:
            self._results(self._found, board)
            if board.rows:
                self._show(self._found, board)
            Models(self._client, self._store, self._found).write(board)

    def _epochs(self, found: Found, events: Sequence[Epoch]) -> None:
        metrics: dict[str, list[Metric]] = defaultdict(list)
        for event in events:
            for child, several in found.of_cell[event.cell.name]:
                if child not in found.complete:
                    self._sent.add((child, event.cell.name))
                    machine = event.cell.machine if several else None
                    named = curve(machine, event.stage, event.figures)
                    metrics[found.children[child]] += as_metrics(named, event.epoch)
        for run, of_run in metrics.items():
            self._client.log(run, of_run)

    def _results(self, found: Found, board: Board) -> None:
        """Log what is known of every row and of every complete repeat."""
        stamp = key([FORMAT, board.made_from])
        for record in found.records:
            row = row_key(record)
            mine = [known for known in board.rows if known.label == record["label"]]
            system = board.systems.get(record["label"])
            shown = list(system.complete) if system else []
            for number, names in enumerate(record["repeats"]):
                child = RepeatName(row, key(names))
                if number not in shown:
                    self._client.mlflow.set_terminated(found.children[child], "FAILED")
                elif child not in found.complete:
                    named = dict(of_repeat(mine, board, shown.index(number)))
                    self._finish_child(found, child, named, names)
            named = dict(of_parent(mine, board))
            run = found.parent_for(record, named)
            if not found.shows(run, STAMP, stamp):
                self._finish_parent(run, named, mine, board)
                finished = len(shown) == len(record["repeats"])
                self._client.mlflow.set_terminated(run, "FINISHED" if finished else "FAILED")
                self._client.mlflow.set_tag(run, STAMP, stamp)

    def _finish_parent(
        self, run: str, named: Mapping[str, float], rows: Sequence[Row], board: Board
    ) -> None:
        """Figures, tables and pictures."""
        self._client.log(run, as_metrics(named.items()))
        for row in rows:
            for question, letters in row.letters.items():
                tag = f"asdbench.group.{question}.{row.subset}"
                self._client.mlflow.set_tag(run, tag, letters or "can't tell")
            pictures = {
                "ranking": figures.ranking(board, row.subset, row.label),
                "machine_ids": figures.machine_ids(row),
            }
            for name, picture in pictures.items():
                self._client.mlflow.log_figure(run, picture, f"plots/{row.subset}_{name}.png")
        made = tables(rows, board)
        for path, text in made.items():
            self._client.mlflow.log_text(run, text, path)
        listed = [{"path": path, "type": "table"} for path in made]
        self._client.mlflow.set_tag(run, "mlflow.loggedArtifacts", json.dumps(listed))

    def _show(self, found: Found, board: Board) -> None:
        """The board's own run, the order of rows, and views of both."""
        labels = list(dict.fromkeys(row.label for row in board.rows))
        labels += [record["label"] for record in found.records]  # nothing is known of some
        order = {label: place for place, label in reversed(list(enumerate(labels, start=1)))}
        for record in found.records:
            parent = found.parents[row_key(record)]
            found.tell(parent, ORDER, f"{order[record['label']]:04d}")
        shared = {} if self._client.owned else {"folder": found.id, "place": found.place}
        made = views(board, **shared)
        for view in made:
            self._client.mlflow.set_experiment_tag(self.experiment, *view.tag)
        self._client.describe("\n\n".join(filter(None, (self._caution, legend(board)))))
        run = board_run.write(self._client, self._store, found, board)
        at = f"/#/experiments/{self.experiment}/runs/{run}/artifacts/{board_run.PAGE}"
        self.pages = {view.what: view.path(self.experiment) for view in made}
        self.pages["the leaderboard"] = at

    def _finish_child(
        self, found: Found, child: RepeatName, named: Mapping[str, float], names: list[str]
    ) -> None:
        """Scores, facts and figures of a complete repeat: files, then all else in one request.

        A server is asked a few times a repeat, and there may be thousands.
        """
        run = found.children[child]
        metrics: list[Metric] = []
        facts: dict[str, str] = {}
        for name in names:
            several, live = len(names) > 1, (child, name) in self._sent
            metrics += self._log_cell(run, name, facts, several=several, live=live)
        metrics += as_metrics(named.items())
        tags = [RunTag(tag, value[:4000]) for tag, value in facts.items()]
        complete = RunTag("asdbench.complete", found.stamp(names))
        self._client.log(run, metrics, [*tags, complete])  # MLflow keeps tags last
        self._client.mlflow.set_terminated(run)
        found.complete.add(child)

    def _log_cell(
        self, run: str, name: str, facts: dict[str, str], *, several: bool, live: bool
    ) -> Iterator[Metric]:
        """Logs a cell's file, and adds to the facts; its metrics."""
        cell = self._store.cell(name)
        assert cell is not None
        machine = cell["cell"]["machine"] if several else None
        folder = f"scores/{part(machine)}" if machine else "scores"
        scores = self._store.cell_folder(name) / "scores.csv"
        self._client.mlflow.log_artifact(run, str(scores), folder)
        facts |= {f"asdbench.{k}": canonical(v).strip('"') for k, v in cell["facts"].items()}
        if cell["facts"].get("commit"):
            facts["mlflow.source.git.commit"] = cell["facts"]["commit"]
        if not live:  # done before this run
            yield from self._past_curve(machine, name)
        if cell["seconds"] is not None:  # scores from elsewhere have none
            called = f"seconds/{part(machine)}" if machine else "seconds"
            yield from as_metrics([(called, cell["seconds"])])

    def _past_curve(self, machine: str | None, name: str) -> Iterator[Metric]:
        for line in self._store.history(name):
            values = {
                figure: float(value)
                for figure, value in line.items()
                if figure not in {"stage", "epoch"} and value
            }
            yield from as_metrics(curve(machine, line["stage"], values), int(line["epoch"]))
