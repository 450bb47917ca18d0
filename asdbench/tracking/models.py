"""Each finished row as a model in MLflow, with the board's figures: to compare, register, serve.

A model is a detector of the row's first complete repeat. A row that can't become one has none, and
its run says why. Models are found by tags, as runs are.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from mlflow.entities import LoggedModel, LoggedModelOutput, LoggedModelStatus, RunTag

from asdbench.config import plugins
from asdbench.config.keys import key
from asdbench.config.names import flat
from asdbench.config.said import one_line
from asdbench.detector.chosen import FIRST, chosen
from asdbench.detector.description import FORMAT
from asdbench.detector.make import make
from asdbench.evaluation import Board
from asdbench.results.store import Store
from asdbench.tracking.client import Client, as_metrics
from asdbench.tracking.found import Found, Record, RepeatName, row_key
from asdbench.tracking.model_folder import DETECTOR, complete, size
from asdbench.tracking.names import headline, part

TAG = "asdbench.model"  # of a run: the address of its model, or why it has none
STAMP = "asdbench.model_stamp"  # of a model: what it is of; of a run: what none can be made of
DIGITS = 6  # of figures; the last bits of one may depend on how many others are computed beside it
THRESHOLD = "gamma"
LARGEST = 50  # MB; each model is a copy, and a slow server is to have it within a minute
Figures = Sequence[tuple[str, float]]
_FORBIDDEN = re.compile(r"[/:.%\"']")  # in a model's name


class Models:
    """The models of a folder's rows. What was logged before and is as it was isn't logged again."""

    def __init__(self, client: Client, store: Store, found: Found) -> None:
        self._client, self._store, self._found = client, store, found

    def load(self) -> None:
        """Load what models are made with, where some will be: during a run, nobody waits for it."""
        coming = {
            record["method"]
            for record in self._found.records
            for cells in record["repeats"]
            if record["origin"]["kind"] != "import" and not _is_isolated(record)
            if RepeatName(row_key(record), key(cells)) not in self._found.complete
        }
        with self._client.at_work():
            for method in coming:
                importlib.import_module("asdbench.training.saved")
                with contextlib.suppress(ValueError):  # an ensemble, or somebody's own file
                    plugins.installed(plugins.METHODS, method).load()

    def write(self, board: Board) -> None:
        """Bring them up to date. What goes wrong is said in a tag, and nothing else is lost."""
        runs = self._found.parents
        try:
            there = self._there()
        except Exception as error:  # noqa: BLE001 - a server that knows no models takes runs
            for run in runs.values():
                self._tell(run, error)
            return
        for record in self._found.records:
            row = row_key(record)
            try:
                self._write(record, runs[row], board, there[row])
            except Exception as error:  # noqa: BLE001 - the other rows have theirs
                self._tell(runs[row], error)

    def _there(self) -> dict[str, list[LoggedModel]]:
        """The models of each row; those of rows that are gone go."""
        found: dict[str, list[LoggedModel]] = defaultdict(list)
        for model in list(self._client.models(self._found.query)):
            row = model.tags.get("asdbench.row")
            if row in self._found.parents:
                found[row].append(model)
            elif row is not None:  # else it is somebody's own
                self._client.mlflow.delete_logged_model(model.model_id)
        return found

    def _write(self, record: Record, run: str, board: Board, there: Sequence[LoggedModel]) -> None:
        """One row's: logged if need be; what was before goes."""
        mine = [row for row in board.rows if row.label == record["label"]]
        figures = [named for row in mine for named in headline(row, board)]
        current = None
        try:
            stamp = self._stamp(record["label"], figures)
            current = next((one for one in there if _is_of(one, run, stamp)), None)
            if current is None:
                self._log(record, run, stamp, figures)
        finally:
            for model in there:
                if model is not current:
                    self._client.mlflow.delete_logged_model(model.model_id)
        if current:
            self._told_where(current)

    def _told_where(self, model: LoggedModel) -> None:
        """A folder that was moved is shown where it is."""
        place = {"asdbench.folder": self._found.place}
        if not place.items() <= model.tags.items():
            self._client.mlflow.set_logged_model_tags(model.model_id, place)

    def _stamp(self, label: str, figures: Figures) -> str:
        """Changes with what its cells have learned, and with what the board says of them.

        Raises ``ValueError`` where the cells make no model.
        """
        cells = [name for fit in chosen(self._store, label, FIRST).fits for name in fit.cells]
        shown = [(name, round(value, DIGITS)) for name, value in figures]
        return key([FORMAT, [self._store.cell(name) for name in cells], shown])

    def _log(self, record: Record, run: str, stamp: str, figures: Figures) -> None:
        """A new model. Raises ``ValueError`` where there can be none, and remembers that."""
        tags = self._client.mlflow.get_run(run).data.tags
        if tags.get(STAMP) == stamp:
            raise ValueError(tags[TAG])
        with tempfile.TemporaryDirectory() as name:
            try:
                self._make(record["label"], Path(name))
            except ValueError:
                self._client.mlflow.set_tag(run, STAMP, stamp)
                raise
            model = self._client.mlflow.create_logged_model(
                self._client.experiment,
                name=_FORBIDDEN.sub("_", record["label"]),
                source_run_id=run,
                tags=self._found.tags_of(record) | {STAMP: stamp},
                params={part(name): str(value) for name, value in flat(record["fields"])},
            )
            complete(Path(name), model)
            with self._client.at_work():
                self._client.mlflow.log_model_artifacts(model.model_id, name)
        metrics = as_metrics(figures, model=model.model_id)
        address = RunTag(TAG, f"models:/{model.model_id}")
        self._client.mlflow.log_batch(run, metrics=metrics, tags=[address])
        self._client.mlflow.log_outputs(run, [LoggedModelOutput(model.model_id, step=0)])
        self._client.mlflow.finalize_logged_model(model.model_id, LoggedModelStatus.READY)

    def _make(self, label: str, folder: Path) -> None:
        """The detector. Raises ``ValueError`` where it can't be made, or is too large."""
        if _is_isolated(self._store.row(label) or {}):
            raise ValueError(f"{label} was run isolated, and a model would import it here")
        to = folder / DETECTOR
        with self._client.at_work():
            make(
                self._store,
                label,
                to,
                repeats=FIRST,
                threshold=THRESHOLD,
                training=None,
                limits=False,  # a run waits for this at its end
                run=False,
            )
        if size(folder) > LARGEST * 10**6:
            raise ValueError(
                f"{label} as a detector has {size(folder) / 1e6:.0f} MB, and up to {LARGEST} are "
                "logged by themselves; make it with asdbench detector make"
            )

    def _tell(self, run: str, error: Exception) -> None:
        """Say on the row's page why it has no model."""
        self._client.mlflow.set_tag(run, TAG, one_line(error)[:4000])


def _is_isolated(record: Record) -> bool:
    """Whether its method is kept from the files here, and so isn't imported."""
    return bool(record.get("recipe", {}).get("isolated"))


def _is_of(model: LoggedModel, run: str, stamp: str) -> bool:
    """Whether it is whole, of this run, and of these cells."""
    whole = model.status == LoggedModelStatus.READY
    return whole and model.source_run_id == run and model.tags.get(STAMP) == stamp
