"""What a study looks like in MLflow: a parent a study, a child a trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mlflow.entities import Param, RunTag

from asdbench.config.keys import key
from asdbench.results.store import Store
from asdbench.tracking.client import Client, as_metrics
from asdbench.tracking.names import by_parts, part
from asdbench.tracking.place import FolderName
from asdbench.tracking.trials import StudyName, TrialRecord


class StudyRuns:
    """The runs of one study, found or made: a trial that is there is not written a second time.

    On a server that several folders share, a study of one ``folder`` is another than that of the
    same name in the next.
    """

    def __init__(
        self,
        store: Store,
        uri: str,
        name: StudyName,
        folder: FolderName,
        moved: Callable[[], None],
    ) -> None:
        self._client = Client(store, uri, name.benchmark, moved)
        self.experiment = self._client.experiment
        common = self._client.owned or name.shared
        id_ = key(name.study) if common else key([name.study, folder.id])
        self._tags = {
            "asdbench.study": name.study,
            "asdbench.study_id": id_,
            "asdbench.method": name.method,
            "mlflow.source.name": "asdbench",
            "mlflow.source.type": "LOCAL",
        }
        self.pages: Mapping[str, str] = {}
        self._trials: set[int] = set()
        parent = None
        for run in list(self._client.search(f"tags.`asdbench.study_id` = '{id_}'")):
            number = run.data.tags.get("asdbench.trial")
            if number is None:
                parent = run.info.run_id
            elif run.info.status == "RUNNING":  # who wrote it was killed half-way
                self._client.mlflow.delete_run(run.info.run_id)
            else:
                self._trials.add(int(number))
        self._parent = parent or self._client.create(f"tune {name.method}", self._tags)
        if not name.shared:
            self._client.mlflow.set_tag(self._parent, "asdbench.folder", folder.place)

    def write(self, items: Sequence[tuple[Sequence[TrialRecord], Sequence[Path]]]) -> None:
        """The trials that aren't there yet; with files, the study is at its end."""
        for trials, files in items:
            self._write(trials, files)

    def _write(self, trials: Sequence[TrialRecord], files: Sequence[Path]) -> None:
        for trial in trials:
            if trial.number not in self._trials:
                self._write_trial(trial)
                self._trials.add(trial.number)
        values = [t.value for t in trials if t.state == "COMPLETE" and t.value is not None]
        named: list[tuple[str, Any]] = [("trials", len(trials))]
        named += [("objective/best", max(values))] if values else []
        self._client.log(self._parent, as_metrics(named))
        for path in files:
            self._client.mlflow.log_artifact(self._parent, str(path), "tuned")
        if files:
            self._client.mlflow.set_terminated(self._parent)

    def _write_trial(self, trial: TrialRecord) -> None:
        own = {"asdbench.trial": str(trial.number), "mlflow.parentRunId": self._parent}
        run = self._client.create(f"trial {trial.number}", self._tags | own)
        named = [("objective", trial.value)] if trial.value is not None else []
        named += [(by_parts(name), value) for name, value in trial.figures.items()]
        self._client.mlflow.log_batch(
            run,
            metrics=as_metrics(named),
            params=[Param(part(name), str(value)) for name, value in trial.params.items()],
            tags=[RunTag("asdbench.state", trial.state)],
        )
        status = "FINISHED" if trial.state == "COMPLETE" else "KILLED"
        self._client.mlflow.set_terminated(run, status)
