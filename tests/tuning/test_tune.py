"""A tuning from end to end: what it leaves, said when, and what a second command adds."""

from __future__ import annotations

import logging
import shutil
import warnings
from pathlib import Path

import optuna
import pytest
from studies import BANDS, ONE_MACHINE, TRIALS, cells, chosen, records, study_in, tuned, written

from asdbench.execution.progress import Event, Reading, Running, Searched
from asdbench.tuning.tune import Tuned

THE_TRUTH = "the true figures of all trials, for the report only"


def test_a_repeated_command_runs_nothing_and_more_trials_add_to_it(place: Path) -> None:
    out = place / "again"
    shutil.copytree(place / "whole", out)
    before, trials = cells(out), study_in(out)
    again = tuned(place, out="again")
    assert isinstance(again, Tuned)
    report = again.report.replace("again/", "whole/").replace("--out again", "--out whole")
    assert report == (place / "whole.txt").read_text()
    assert again.recipe == Path("again/tuned/bands.toml")
    assert cells(out) == before
    assert study_in(out) == trials
    tuned(place, out="again", trials=TRIALS + 2)
    more = study_in(out)
    assert more[:TRIALS] == trials
    assert [number for number, *_ in more] == list(range(TRIALS + 2))
    assert before.items() < cells(out).items()


def test_a_recipe_narrows_and_fixes_what_is_searched(place: Path, tmp_path: Path) -> None:
    for _, _, params, *_ in study_in(place / "whole"):
        assert set(params) == {"first", "power"}
        assert 0.5 <= params["power"] <= 2.0
    fixed = ONE_MACHINE.replace("power = { low = 0.5, high = 2.0 }", "power = 3.0")
    found = tuned(written(tmp_path, recipe=fixed), trials=2)
    out = tmp_path / "o"
    assert [set(params) for _, _, params, *_ in study_in(out)] == [{"first"}, {"first"}]
    assert {cell["fields"]["power"] for cell in records(out)} == {3.0}
    assert "power = 3.0" in chosen(out)
    assert found.fields["power"] == 3.0


def test_the_choice_is_on_disk_before_the_truth_is_looked_at(tmp_path: Path) -> None:
    """And the truth changes nothing in it; what it says of trust stands there afterwards only."""
    seen: list[tuple[str, str]] = []
    out = written(tmp_path, recipe=ONE_MACHINE) / "o"

    def on_event(event: Event) -> None:
        if isinstance(event, Running):
            file = out / "tuned" / "bands.toml"
            seen.append((event.what, file.read_text() if file.exists() else ""))

    tuned(tmp_path, trials=3, on_event=on_event)
    before = dict(seen)[THE_TRUTH]
    assert [what for what, text in seen if text] == [THE_TRUTH]
    assert "[variants.bands-tuned]" in before
    assert "# Trust" not in before
    after = [line for line in chosen(out).splitlines() if not line.startswith("# Trust")]
    assert after == before.splitlines()
    assert len(after) < len(chosen(out).splitlines())


def test_what_optuna_and_python_warn_of_is_left_as_it_was(tmp_path: Path) -> None:
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            filters = list(warnings.filters)
            tuned(written(tmp_path, recipe=ONE_MACHINE), trials=2)
            assert warnings.filters == filters
        assert optuna.logging.get_verbosity() == optuna.logging.DEBUG
    finally:
        optuna.logging.set_verbosity(before)
    experimental = [
        w for w in warned if issubclass(w.category, optuna.exceptions.ExperimentalWarning)
    ]
    assert experimental == []


def test_whoever_watches_is_told_of_clips_trials_and_cells(tmp_path: Path) -> None:
    told: list[Event] = []
    unheard = ONE_MACHINE.replace('["fan"]', '["fan"]\nseed = 5')
    tuned(written(tmp_path, recipe=unheard), trials=2, on_event=told.append)
    searched = [event for event in told if isinstance(event, Searched)]
    values = [value for _, _, _, value, *_ in study_in(tmp_path / "o")]
    assert searched == [
        Searched(0, 2, None),
        Searched(1, 2, values[0]),
        Searched(2, 2, max(values)),
    ]
    assert {event.what for event in told if isinstance(event, Reading)} == {
        "making clips",
        "making pseudo-anomalies",
    }
    assert THE_TRUTH in {event.what for event in told if isinstance(event, Running)}


def test_a_mirror_that_is_behind_is_said_and_hurts_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inline.NoMirror.problem", "no answer for 5 s")
    with caplog.at_level(logging.WARNING, "asdbench"):
        found = tuned(written(tmp_path, recipe=ONE_MACHINE), trials=1)
    assert found.recipe.name == "bands.toml"
    assert "MLflow is behind (no answer for 5 s); nothing else is" in caplog.messages


def test_another_space_begins_another_study_and_other_code_does_not(tmp_path: Path) -> None:
    folder = written(tmp_path, recipe=ONE_MACHINE)

    def studies() -> set[str]:
        (database,) = folder.glob("o/tuning/*/study.db")
        return set(optuna.get_all_study_names(f"sqlite:///{database}"))

    tuned(folder, trials=1)
    (first,) = studies()
    assert first.startswith("some-bands-proxy-")
    written(tmp_path, BANDS + "\n# changed\n", ONE_MACHINE)
    tuned(folder, trials=1)
    assert studies() == {first}
    written(tmp_path, BANDS, ONE_MACHINE.replace("high = 2.0", "high = 3.0"))
    tuned(folder, trials=1)
    assert len(studies()) == 2
