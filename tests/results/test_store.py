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
from folders import OUTCOME, SCORES, SETS, cell

from asdbench.results.records import ImportedCell
from asdbench.results.store import OF_ROW, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "out")
    with store.opened(SETS, "these clips"):
        yield store


def failing_at(monkeypatch: pytest.MonkeyPatch, name: str, code: int = errno.ENOSPC) -> None:
    """Renaming a file of this name into place fails, as on a full disk."""
    real = Path.replace

    def replaced(self: Path, target: Path) -> Path:
        if Path(target).name == name:
            raise OSError(code, os.strerror(code))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replaced)


def test_what_is_kept_comes_back_to_the_last_bit(store: Store) -> None:
    store.keep(cell(), SCORES, OUTCOME)
    assert store.done(cell().name)
    assert store.scores(cell().name) == sorted(SCORES)
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


@pytest.mark.parametrize("file", ["scores.csv", "history.csv", "weights.safetensors", "cell.json"])
def test_a_cell_is_done_only_when_everything_is_there(
    store: Store, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    store.scratch(cell()).mkdir(parents=True)
    with monkeypatch.context() as patched:
        failing_at(patched, file)
        with pytest.raises(ValueError, match=r"the disk of .* is full; nothing that") as caught:
            store.keep(cell(), SCORES, OUTCOME)
    assert "\n" not in str(caught.value)
    assert str(store.folder) in str(caught.value)
    assert not store.done(cell().name)
    assert store.cell(cell().name) is None
    assert store.scratch(cell()).exists()  # so that training need not begin anew
    assert not list(store.cell_folder(cell().name).glob(".*"))
    store.keep(cell(), SCORES, OUTCOME)
    assert store.done(cell().name)
    assert not store.scratch(cell()).exists()


@pytest.mark.parametrize("file", ["scores.csv", "history.csv", "cell.json"])
def test_a_cell_run_again_is_not_done_while_it_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    store.keep(cell(), SCORES, OUTCOME)
    failing_at(monkeypatch, file)
    with pytest.raises(ValueError, match="full"):
        store.keep(cell(), SCORES, replace(OUTCOME, weights=b"others"))
    assert not store.done(cell().name)


def test_an_error_is_no_result_and_goes_when_there_is_one(store: Store) -> None:
    path = store.keep_error(cell(), "it broke\n\nhere")
    assert path.read_text() == "it broke\n\nhere"
    assert not store.done(cell().name)
    store.keep(cell(), SCORES, OUTCOME)
    assert not path.exists()


def test_an_import_is_a_cell_without_weights_or_seconds_until_it_is_dropped(store: Store) -> None:
    imported = ImportedCell("theirs", 1, "a hash")
    store.keep_import(imported, SCORES, {"folder": "in"})
    assert store.done(imported.name)
    assert store.scores(imported.name) == sorted(SCORES)
    assert store.history(imported.name) == []
    record = store.cell(imported.name)
    assert record is not None
    assert (record["seconds"], record["facts"]) == (None, {"folder": "in"})
    files = {path.name for path in store.cell_folder(imported.name).iterdir()}
    assert files == {"scores.csv", "history.csv", "cell.json"}
    store.drop(imported.name)
    assert not store.cell_folder(imported.name).exists()


def test_rows_come_in_order_of_label_whatever_else_lies_there(store: Store) -> None:
    for label in ("b", "a"):
        store.keep_row(dict.fromkeys(OF_ROW, "") | {"label": label})
    (store.folder / "rows" / ".b.json").write_text("half a file, of an editor")
    assert [row["label"] for row in store.rows()] == ["a", "b"]
    assert store.row("a") == dict.fromkeys(OF_ROW, "") | {"label": "a"}
    assert store.row("c") is None


def test_json_has_one_spelling_and_a_missing_file_is_none(store: Store) -> None:
    one = store.write_json("some.json", {"b": (1, 2), "a": 0.1}).read_bytes()
    assert one == b'{\n "a": 0.1,\n "b": [\n  1,\n  2\n ]\n}\n'
    assert store.read_json("some.json") == {"a": 0.1, "b": [1, 2]}
    assert store.read_json("other.json") is None


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with (
        pytest.raises(ValueError, match=r"cannot write to .*/out .*; use another --out"),
        Store(tmp_path / "out").opened(SETS, "these clips"),
    ):
        raise AssertionError


def test_a_folder_without_permission_is_one_clear_line(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_at(monkeypatch, "leaderboard.md", errno.EACCES)
    with pytest.raises(ValueError, match=r"cannot write to .* \(Permission denied\)"):
        store.write("leaderboard.md", "text")


def test_a_folder_without_results_says_how_to_make_some(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no results in .*/out; give --out, or make some with"):
        Store.existing(tmp_path / "out")
    with Store(tmp_path / "out").opened(SETS, "these clips"):
        pass
    assert Store.existing(tmp_path / "out").rows() == []


def opened(folder: Path, sets: dict[str, str], description: str) -> dict[str, str]:
    """Opens and leaves the folder; which test sets it is for then."""
    with Store(folder).opened(sets, description):
        pass
    return Store(folder).test_sets()


def test_another_test_set_is_refused_and_says_where_to_go(tmp_path: Path) -> None:
    opened(tmp_path, SETS, "these clips")
    said = r"on other development test clips \(these clips\); use another --out for those clips"
    with pytest.raises(ValueError, match=said):
        opened(tmp_path, {"development": "another set"}, "those clips")
    with pytest.raises(ValueError, match=said):  # and nothing of it is added
        opened(tmp_path, {"evaluation": "fine", "development": "another set"}, "those clips")
    assert opened(tmp_path, SETS, "these clips") == SETS  # and the refusal leaves no lock behind


def test_a_subset_that_is_not_there_yet_is_added(tmp_path: Path) -> None:
    assert Store(tmp_path / "out").test_sets() == {}
    opened(tmp_path, SETS, "these clips")
    both = {"development": "set", "evaluation": "others"}
    for sets in ({"evaluation": "others"}, both, SETS):
        assert opened(tmp_path, sets, "more clips") == both
    assert json.loads((tmp_path / "test-sets.json").read_text()) == {
        "development": {"hash": "set", "description": "these clips"},
        "evaluation": {"hash": "others", "description": "more clips"},
    }


HOLD = """
import sys
from pathlib import Path
from asdbench.results.store import Store
with Store(Path(sys.argv[1])).opened({"development": "set"}, "these clips"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
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
    with pytest.raises(ValueError, match="another run is writing to"):
        opened(tmp_path, SETS, "these clips")
    with Store(tmp_path).claimed() as ours:
        assert not ours
    held.kill()  # SIGKILL: no clean-up of its own
    held.wait()
    assert opened(tmp_path, SETS, "these clips") == SETS
    with Store(tmp_path).claimed() as ours, Store(tmp_path).claimed() as theirs:
        assert (ours, theirs) == (True, False)
