"""The output folder: a cell is done or not, never half; one run, one test set, one clear line."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from asdbench.data.clips import Clip
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.results.records import Cell, PlannedRow
from asdbench.results.records import Outcome, Score
from asdbench.results.store import Store


def cell(*, repeat: int = 0, machine: str | None = "fan") -> Cell:
    return Cell(
        method="knn",
        fields={"k": 1},
        machine=machine,
        clips="abc",
        frontend=Frontend(),
        numerics=Numerics(device="cpu", precision="float32"),
        repeat=repeat,
        seed=0,
    )


SETS = {"development": "set"}
TEST = [
    Clip("fan", "02", "development", "test", True, "anomaly_id_02_1.wav"),
    Clip("fan", "00", "development", "test", False, "normal_id_00_1.wav"),
    Clip("fan", "00", "evaluation", "test", None, "id_00_7.wav"),
]
OUTCOME = Outcome(
    scores=[0.1 + 0.2, -1e-300, 3],
    history=[{"stage": "a", "epoch": 1, "loss": 0.5}, {"stage": "b", "epoch": 1, "accuracy": 1.0}],
    weights=b"the weights",
    seconds=1.5,
    facts={"cpu": "a fast one"},
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "out")
    store.open(SETS, "these clips")
    return store


def failing_at(monkeypatch: pytest.MonkeyPatch, name: str, code: int = errno.ENOSPC) -> None:
    """Renaming a file of this name into place fails, as on a full disk."""
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if Path(target).name == name:
            raise OSError(code, os.strerror(code))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)


def test_what_is_kept_comes_back_to_the_last_bit(store: Store) -> None:
    store.keep(cell(), TEST, OUTCOME)
    assert store.done(cell().name)
    assert store.scores(cell().name) == [
        Score("fan", "00", "development", "normal_id_00_1.wav", False, -1e-300),
        Score("fan", "00", "evaluation", "id_00_7.wav", None, 3.0),
        Score("fan", "02", "development", "anomaly_id_02_1.wav", True, 0.30000000000000004),
    ]
    assert store.history(cell().name) == [
        {"stage": "a", "epoch": "1", "loss": "0.5", "accuracy": ""},
        {"stage": "b", "epoch": "1", "loss": "", "accuracy": "1.0"},
    ]
    folder = store.cell_folder(cell().name)
    assert (folder / "weights.safetensors").read_bytes() == b"the weights"
    record = store.cell(cell().name)
    assert record is not None
    assert (record["key"], record["seconds"]) == (cell().key, 1.5)
    assert record["facts"] == {"cpu": "a fast one"}
    assert record["cell"]["method"] == "knn"


def test_withheld_labels_are_empty_in_the_file(store: Store) -> None:
    store.keep(cell(), TEST, OUTCOME)
    lines = (store.cell_folder(cell().name) / "scores.csv").read_text().splitlines()
    assert lines == [
        "machine,id,subset,clip,anomalous,score",
        "fan,00,development,normal_id_00_1.wav,0,-1e-300",
        "fan,00,evaluation,id_00_7.wav,,3.0",
        "fan,02,development,anomaly_id_02_1.wav,1,0.30000000000000004",
    ]


def test_the_file_does_not_depend_on_the_order_of_the_clips(store: Store) -> None:
    store.keep(cell(), TEST, OUTCOME)
    backwards = Outcome(OUTCOME.scores[::-1], [], b"", 9.0, {})
    store.keep(cell(repeat=1), TEST[::-1], backwards)
    one, other = (
        (store.cell_folder(cell(repeat=repeat).name) / "scores.csv").read_bytes()
        for repeat in (0, 1)
    )
    assert one == other


def test_as_many_scores_as_clips(store: Store) -> None:
    with pytest.raises(ValueError, match="longer than"):
        store.keep(cell(), TEST[:2], OUTCOME)
    assert not store.done(cell().name)


@pytest.mark.parametrize("file", ["scores.csv", "history.csv", "weights.safetensors", "cell.json"])
def test_a_cell_is_done_only_when_everything_is_there(
    store: Store, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    store.scratch(cell()).mkdir(parents=True)
    with monkeypatch.context() as patched:
        failing_at(patched, file)
        with pytest.raises(ValueError, match=r"the disk of .* is full") as caught:
            store.keep(cell(), TEST, OUTCOME)
    assert "\n" not in str(caught.value)
    assert str(store.folder) in str(caught.value)
    assert not store.done(cell().name)
    assert store.cell(cell().name) is None
    assert store.scratch(cell()).exists()  # so that training need not begin anew
    assert not list(store.cell_folder(cell().name).glob(".*"))
    store.keep(cell(), TEST, OUTCOME)
    assert store.done(cell().name)
    assert not store.scratch(cell()).exists()


@pytest.mark.parametrize("file", ["scores.csv", "history.csv", "cell.json"])
def test_a_cell_run_again_is_not_done_while_it_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    store.keep(cell(), TEST, OUTCOME)
    failing_at(monkeypatch, file)
    with pytest.raises(ValueError, match="full"):
        store.keep(cell(), TEST, Outcome([1, 2, 3], [], b"others", 1.0, {}))
    assert not store.done(cell().name)


def test_an_error_is_no_result_and_goes_when_there_is_one(store: Store) -> None:
    path = store.keep_error(cell(), "it broke\n\nhere")
    assert path.read_text() == "it broke\n\nhere"
    assert not store.done(cell().name)
    store.keep(cell(), TEST, OUTCOME)
    assert not path.exists()


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ValueError, match=r"cannot write to .*/out .*; use another --out"):
        Store(tmp_path / "out").open(SETS, "these clips")


def test_a_folder_without_permission_is_one_clear_line(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at(monkeypatch, "leaderboard.md", errno.EACCES)
    with pytest.raises(ValueError, match=r"cannot write to .* \(Permission denied\)"):
        store.write("leaderboard.md", "text")


def test_another_test_set_is_refused_and_says_where_to_go(tmp_path: Path, store: Store) -> None:
    store.close()
    other = Store(tmp_path / "out")
    said = r"on other development test clips \(these clips\); use another --out for those clips"
    with pytest.raises(ValueError, match=said):
        other.open({"development": "another set"}, "those clips")
    with pytest.raises(ValueError, match=said):  # and nothing of it is added
        other.open({"evaluation": "fine", "development": "another set"}, "those clips")
    assert other.test_sets() == SETS
    again = Store(tmp_path / "out")  # and the refusal leaves no lock behind
    again.open(SETS, "these clips")
    again.close()


def test_a_subset_that_is_not_there_yet_is_added(tmp_path: Path, store: Store) -> None:
    store.close()
    for sets in ({"evaluation": "others"}, {"development": "set", "evaluation": "others"}, SETS):
        again = Store(tmp_path / "out")
        again.open(sets, "more clips")
        again.close()
        assert again.test_sets() == {"development": "set", "evaluation": "others"}
    assert json.loads((tmp_path / "out" / "test-sets.json").read_text()) == {
        "development": {"hash": "set", "description": "these clips"},
        "evaluation": {"hash": "others", "description": "more clips"},
    }


def test_a_folder_that_is_not_there_is_for_no_test_set(tmp_path: Path) -> None:
    assert Store(tmp_path / "out").test_sets() == {}


HOLD = """
import sys
from pathlib import Path
from asdbench.store import Store
store = Store(Path(sys.argv[1]))
store.open({"development": "set"}, "these clips")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "out")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_a_folder_that_another_process_writes_to_is_refused_until_it_ends(
    tmp_path: Path, held: subprocess.Popen[str]
) -> None:
    assert held.stdout is not None
    assert held.stdout.readline() == "held\n"
    store = Store(tmp_path / "out")
    with pytest.raises(ValueError, match="another run is writing to"):
        store.open(SETS, "these clips")
    held.kill()  # SIGKILL: no clean-up of its own
    held.wait()
    store.open(SETS, "these clips")
    store.close()


def test_a_row_says_its_cells_by_repeat(store: Store) -> None:
    cells = ((cell(), cell(machine="pump")), (cell(repeat=1), cell(repeat=1, machine="pump")))
    row = PlannedRow("knn-wide", "knn", "Neighbours.", {"k": 3}, {"kind": "run"}, cells)
    store.keep_row(row, "demo", {"repeats": 2})
    [found] = store.rows()
    assert found == {
        "label": "knn-wide",
        "method": "knn",
        "summary": "Neighbours.",
        "fields": {"k": 3},
        "experiment": "demo",
        "recipe": {"repeats": 2},
        "origin": {"kind": "run"},
        "repeats": [[c.name for c in repeat] for repeat in cells],
    }
    assert json.loads((store.folder / "rows" / "knn-wide.json").read_text()) == found


def test_every_field_of_a_cell_is_in_its_key() -> None:
    base = cell()
    variants = [
        base,
        replace(base, method="other"),
        replace(base, fields={"k": 2}),
        replace(base, machine="pump"),
        replace(base, machine=None),
        replace(base, clips="abd"),
        replace(base, frontend=Frontend(n_mels=64)),
        replace(base, numerics=Numerics(device="cpu", precision="float32", threads=2)),
        replace(base, repeat=1),
        replace(base, seed=1),
    ]
    assert len({variant.key for variant in variants}) == len(variants)
    assert len({variant.name for variant in variants}) == len(variants)
