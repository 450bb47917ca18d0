"""What a study looks like in MLflow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Param, RunTag
from optuna.trial import FrozenTrial, TrialState

from asdbench.mlflow_runs import as_metrics, open_experiment
from asdbench.store import Store


class StudyRuns:
    """The runs of one study, found or made."""

    def __init__(self, store: Store, uri: str, benchmark: str, study: str, method: str) -> None:
        self._client = MlflowClient(uri)
        self._experiment = open_experiment(self._client, store, uri, benchmark)
        self._tags = {
            "asdbench.study": study,
            "asdbench.method": method,
            "mlflow.source.name": "asdbench",
            "mlflow.source.type": "LOCAL",
        }
        self._trials: set[int] = set()
        self._parent: str | None = None
        token: str | None = None
        while token != "":
            query = f"tags.`asdbench.study` = '{study}'"
            page = self._client.search_runs([self._experiment], query, page_token=token)
            for run in page:
                number = run.data.tags.get("asdbench.trial")
                if number is None:
                    self._parent = run.info.run_id
                else:
                    self._trials.add(int(number))
            token = page.token or ""
        if self._parent is None:
            run = self._client.create_run(
                self._experiment, tags=self._tags, run_name=f"tune {method}"
            )
            self._parent = run.info.run_id

    def write(self, trials: Sequence[FrozenTrial], files: Sequence[Path]) -> None:
        """The trials that aren't there yet; with ``files``, the study is at its end."""
        assert self._parent is not None
        for trial in trials:
            if trial.number not in self._trials:
                self._write_trial(trial)
                self._trials.add(trial.number)
        values = [t.value for t in trials if t.state == TrialState.COMPLETE and t.value is not None]
        named = [("trials", len(trials)), *([("objective/best", max(values))] if values else [])]
        self._client.log_batch(self._parent, metrics=as_metrics(named))
        for path in files:
            self._client.log_artifact(self._parent, str(path), "tuned")
        if files:
            self._client.set_terminated(self._parent)

    def _write_trial(self, trial: FrozenTrial) -> None:
        run = self._client.create_run(
            self._experiment,
            tags=self._tags
            | {"asdbench.trial": str(trial.number), "mlflow.parentRunId": str(self._parent)},
            run_name=f"trial {trial.number}",
        )
        named = [("objective", trial.value)] if trial.value is not None else []
        named += json.loads(trial.user_attrs.get("figures", "{}")).items()
        self._client.log_batch(
            run.info.run_id,
            metrics=as_metrics(named),
            params=[Param(name, str(value)) for name, value in trial.params.items()],
            tags=[RunTag("asdbench.state", trial.state.name)],
        )
        done = trial.state == TrialState.COMPLETE
        self._client.set_terminated(run.info.run_id, "FINISHED" if done else "KILLED")
