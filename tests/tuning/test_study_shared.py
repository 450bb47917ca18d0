"""A study in a storage that several processes share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from optuna.trial import TrialState
from small_spaces import opened


def test_orphans_in_a_shared_storage_are_those_of_ones_own_folder(tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path}/shared.db"
    first, second = (opened(tmp_path / name, storage) for name in ("first", "second"))
    mine, theirs = first.ask(1, 4)[0], second.ask(1, 4)[0]
    assert [trial.number for trial in opened(tmp_path / "first", storage).orphans()] == [
        mine.number
    ]
    assert [trial.number for trial in opened(tmp_path / "second", storage).orphans()] == [
        theirs.number
    ]


def test_a_process_that_comes_second_to_the_last_trial_runs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = f"sqlite:///{tmp_path}/shared.db"
    first, second = (opened(tmp_path / name, storage) for name in ("first", "second"))
    database = first.optuna._storage
    create = database.create_new_trial

    def overtaken(*args: Any) -> int:
        monkeypatch.setattr(database, "create_new_trial", create)
        assert len(second.ask(1, 1)) == 1
        return int(create(*args))

    monkeypatch.setattr(database, "create_new_trial", overtaken)
    assert first.ask(1, 1) == []
    assert [trial.number for trial in first.all()] == [0]
    assert first.orphans() == []
    (later,) = first.ask(2, 2)  # what it had begun in vain is used when there are to be more
    assert later.number == 1
    assert [trial.number for trial in opened(tmp_path / "first", storage).orphans()] == [1]


def test_processes_that_begin_at_the_same_moment_share_a_study(tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path}/shared.db"
    with ThreadPoolExecutor(4) as pool:
        folders = [tmp_path / str(number) for number in range(4)]
        studies = list(pool.map(lambda folder: opened(folder, storage), folders))
        list(pool.map(lambda study: study.ask(3, 9), studies))
    assert [trial.number for trial in studies[0].all()] == list(range(9))
    states = {trial.state for trial in studies[0].all()}
    assert states == {TrialState.RUNNING}
    owners = [number for folder in folders for number in orphans_of(folder, storage)]
    assert sorted(owners) == list(range(9))


def orphans_of(folder: Path, storage: str) -> list[int]:
    return [trial.number for trial in opened(folder, storage).orphans()]
