"""What asdbench writes into MLflow: an experiment a benchmark, a parent a row, a child a repeat.

All of it is a copy of the output folder. Only the IDs of runs are read back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mlflow.entities import Metric, RunTag

from asdbench.config.keys import canonical, key
from asdbench.engines.events import Epoch
from asdbench.evaluation import Board, Row, caution
from asdbench.results.store import Store
from asdbench.tracking import figures
from asdbench.tracking.client import Client, as_metrics
from asdbench.tracking.found import Found, RepeatName, row_key
from asdbench.tracking.models import Models
from asdbench.tracking.names import curve, kinds, spreads, stability
from asdbench.tracking.place import FolderName


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
        if name and (said := caution(store.rows()[0]["recipe"])):
            self._client.describe(said)
        if self._found:
            Models(self._client, store, self._found).load()
        self._sent: set[tuple[RepeatName, str]] = set()
        self.experiment = self._client.experiment
        self.parents = list(self._found.parents.values()) if self._found else []

    def write(self, items: Sequence[Any]) -> None:
        """Log live curves, and what a board shows."""
        if self._found is None:
            return
        self._epochs(self._found, [item for item in items if isinstance(item, Epoch)])
        for board in [item for item in items if isinstance(item, Board)]:
            self._results(self._found, board)
            Models(self._client, self._store, self._found).write(board)

    def _epochs(self, found: Found, events: Sequence[Epoch]) -> None:
        metrics: dict[str, list[Metric]] = defaultdict(list)
        for event in events:
            for child, names in found.repeats():
                if event.cell.name in names and child not in found.complete:
                    self._sent.add((child, event.cell.name))
                    machine = event.cell.machine if len(names) > 1 else None
                    named = curve(machine, event.stage, event.figures)
                    metrics[found.children[child]] += as_metrics(named, event.epoch)
        for run, of_run in metrics.items():
            self._client.log(run, of_run)

    def _results(self, found: Found, board: Board) -> None:
        """Log what is known of every row and of every complete repeat."""
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
                    self._finish_child(found, child, names, mine, shown.index(number))
            self._finish_parent(found.parents[row], mine, board)
            finished = len(shown) == len(record["repeats"])
            status = "FINISHED" if finished else "FAILED"
            self._client.mlflow.set_terminated(found.parents[row], status)
        ranked = list(dict.fromkeys(row.label for row in board.rows))
        by_label = {record["label"]: row_key(record) for record in found.records}
        order = [by_label[label] for label in ranked] + list(found.parents)
        self.parents = list(dict.fromkeys(found.parents[row] for row in order))

    def _finish_parent(self, run: str, rows: Sequence[Row], board: Board) -> None:
        """Figures, pictures, and the board itself."""
        for row in rows:
            place = 1 + board.subset(row.subset).index(row)
            by = board.figures[row.subset][0]
            self._client.log(run, as_metrics(stability(row, place, by)))
            self._client.log(run, as_metrics(kinds(board.slices, row)))
            for question, letters in row.letters.items():
                tag = f"asdbench.group.{question}.{row.subset}"
                self._client.mlflow.set_tag(run, tag, letters or "can't tell")
            pictures = {
                "ranking": figures.ranking(board, row.subset, row.label),
                "machine_ids": figures.machine_ids(row),
            }
            for name, picture in pictures.items():
                self._client.mlflow.log_figure(run, picture, f"plots/{row.subset}_{name}.png")
        for name in ("leaderboard.html", "leaderboard.md"):
            path = self._store.folder / name
            if path.exists():  # its plugin may be broken
                self._client.mlflow.log_artifact(run, str(path), "board")

    def _finish_child(
        self, found: Found, child: RepeatName, names: list[str], rows: list[Row], index: int
    ) -> None:
        """Scores, facts and figures of a complete repeat, ``index`` among the row's complete."""
        run = found.children[child]
        for name in names:
            self._log_cell(run, name, several=len(names) > 1, live=(child, name) in self._sent)
        named = ((name, spread.values[index]) for row in rows for name, spread in spreads(row))
        self._client.log(run, as_metrics(named))
        self._client.mlflow.set_tag(run, "asdbench.complete", found.stamp(names))
        self._client.mlflow.set_terminated(run)
        found.complete.add(child)

    def _log_cell(self, run: str, name: str, *, several: bool, live: bool) -> None:
        cell = self._store.cell(name)
        assert cell is not None
        machine = cell["cell"]["machine"] if several else None
        if not live:  # done before this run
            self._client.log(run, list(self._past_curve(machine, name)))
        folder = f"scores/{machine}" if machine else "scores"
        scores = self._store.cell_folder(name) / "scores.csv"
        self._client.mlflow.log_artifact(run, str(scores), folder)
        if cell["seconds"] is not None:  # scores from elsewhere have none
            called = f"seconds/{machine}" if machine else "seconds"
            self._client.log(run, as_metrics([(called, cell["seconds"])]))
        facts = {f"asdbench.{k}": canonical(v).strip('"') for k, v in cell["facts"].items()}
        if cell["facts"].get("commit"):
            facts["mlflow.source.git.commit"] = cell["facts"]["commit"]
        tags = [RunTag(tag, value[:4000]) for tag, value in facts.items()]
        self._client.mlflow.log_batch(run, tags=tags)

    def _past_curve(self, machine: str | None, name: str) -> Iterator[Metric]:
        for line in self._store.history(name):
            values = {
                figure: float(value)
                for figure, value in line.items()
                if figure not in {"stage", "epoch"} and value
            }
            yield from as_metrics(curve(machine, line["stage"], values), int(line["epoch"]))
