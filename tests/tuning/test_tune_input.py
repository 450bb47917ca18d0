"""What can't be tuned is said in one line, before anything runs where that can be known."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from inline import inline, inline_engine
from studies import BANDS, ONE_MACHINE, cells, changed, written

from asdbench import cli
from asdbench.config.experiment import experiments, read
from asdbench.tuning import tune
from asdbench.tuning.study import Study

DECLARED = {
    "tunable(40, low=0, high=100)": "40",
    "tunable(1.0, low=0.25, high=4.0, log=True)": "1.0",
}


def without(source: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        assert old in source
        source = source.replace(old, new)
    return source


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("knn", "smoke", "--objective", "labels"), "no objective 'labels'; there are proxy and"),
        (("knnn", "smoke"), "no method 'knnn'; did you mean knn?"),
        (("knn", "smok"), "no experiment 'smok'; did you mean smoke?"),
        (("knn", "smoke", "--trials", "0"), "trials = 0, repeats = 1: at least one is needed of"),
        (("knn", "smoke", "--repeats", "0"), "repeats = 0: at least one is needed of each"),
        (("knn", "smoke", "--jobs", "0"), "--jobs 0: at least one is needed"),
        (("knn", "smoke", "--set", "knm.k=3"), "knm"),
        (("knn", "smoke", "--objective", "oracle"), "this dataset has development only"),
        (("./plain.py", "smoke"), "nothing to tune"),
        (("knn", "typo.toml"), "tune.knn: no field 'kk' to tune; did you mean k?"),
        (("knn", "wrong.toml"), "low = 9.0 isn't below high = 3.0"),
        (("./never.py", "some.toml", "--trials", "2"), "no trial ran to its end: never"),
    ],
)
def test_wrong_input_gets_one_line_and_exit_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    expected: str,
) -> None:
    smoke = experiments()["smoke"].read_text()
    (tmp_path / "typo.toml").write_text(f"{smoke}\n[tune.knn]\nkk = {{ high = 3 }}\n")
    (tmp_path / "wrong.toml").write_text(f"{smoke}\n[tune.knn]\nk = {{ low = 9, high = 3 }}\n")
    (written(tmp_path, recipe=ONE_MACHINE) / "plain.py").write_text(without(BANDS, DECLARED))
    (tmp_path / "never.py").write_text(changed(fit="raise ValueError('never')"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["asdbench", "tune", *words])
    monkeypatch.delenv("OPTUNA_STORAGE", raising=False)
    with inline(), pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    err = capsys.readouterr().err
    last = err.splitlines()[-1]
    assert last.startswith("asdbench: ")
    assert expected in last
    assert "Traceback" not in err


def test_a_storage_that_cannot_be_opened_is_said_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, recipe=ONE_MACHINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPTUNA_STORAGE", "nonsense://")
    name, experiment = read("some.toml")
    asked = tune.Asked("./bands.py", name, name, experiment, "proxy", 1, 1, tmp_path / "o")
    with pytest.raises(ValueError, match=r"cannot open the storage of the study: .*nonsense"):
        tune.tune(asked, inline_engine(), lambda _: None)
    assert cells(tmp_path / "o") == {}


def test_a_study_that_is_no_database_is_named_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "study.db").write_text("somebody's notes")
    with pytest.raises(ValueError, match=r"study\.db: file is not a database; move it away, and"):
        Study("any", tmp_path, {}, seed=0)
