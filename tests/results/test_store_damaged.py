"""Results that a disk, a copy or a hand has changed since they were written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import OUTCOME, SCORES, SETS, cell

from asdbench.results.export import export_scores
from asdbench.results.records import Cell
from asdbench.results.store import OF_ROW, Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "out")
    with store.opened(SETS, "these clips"):
        yield store


def test_scores_that_were_cut_short_are_no_result(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store.keep(cell(), SCORES, OUTCOME)
    path = store.cell_folder(cell().name) / "scores.csv"
    whole = path.read_bytes()
    for left in (whole[: len(whole) // 2], b""):
        path.write_bytes(left)
        assert not store.done(cell().name)
    path.unlink()
    assert not store.done(cell().name)
    assert f"has {len(whole) // 2} of {len(whole)} bytes" in caplog.text
    store.keep(cell(), SCORES, OUTCOME)
    assert store.done(cell().name)


@pytest.mark.parametrize("other", [cell(repeat=1), cell(method="autoencoder")])
def test_a_folder_with_the_files_of_another_cell_is_no_result(
    store: Store, caplog: pytest.LogCaptureFixture, other: Cell
) -> None:
    for each in (cell(), other):
        store.keep(each, SCORES, OUTCOME)
    here, there = (store.cell_folder(each.name) for each in (cell(), other))
    shutil.copytree(there, here, dirs_exist_ok=True)
    assert (store.done(cell().name), store.cell(cell().name)) == (False, None)
    assert store.done(other.name)
    assert f"{here / 'cell.json'} is that of another cell, {other.key}" in caplog.text
    store.keep(cell(), SCORES, OUTCOME)
    assert store.done(cell().name)
    assert store.damaged == {}  # a board made now has nothing to say of it


def test_a_row_with_the_file_of_another_is_told_by_name(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    of_knn, of_simclr = (
        dict.fromkeys(OF_ROW, "") | {"label": label} for label in ("knn", "simclr")
    )
    store.keep_row(of_simclr)
    shutil.copy(store.folder / "rows" / "simclr.json", store.folder / "rows" / "knn.json")
    assert (store.row("knn"), store.rows()) == (None, [of_simclr])
    assert "rows/knn.json is that of the row 'simclr', so it counts as missing" in caplog.text
    store.keep_row(of_knn)
    assert (store.rows(), store.damaged) == ([of_knn, of_simclr], {})


@pytest.mark.parametrize("file", ["weights.safetensors", "train_scores.csv"])
def test_a_cell_whose_other_files_were_cut_short_is_run_again_and_shown_till_then(
    store: Store, caplog: pytest.LogCaptureFixture, file: str
) -> None:
    store.keep(cell(), SCORES, OUTCOME, train=SCORES)
    (store.cell_folder(cell().name) / file).write_bytes(b"half")
    assert store.done(cell().name)  # a board needs its scores alone
    assert not store.intact(cell().name)
    assert f"{file} has 4 of " in caplog.text
    (store.cell_folder(cell().name) / file).unlink()  # by a hand that needs the room
    assert store.intact(cell().name)


@pytest.mark.parametrize("table", ["scores.csv", "train_scores.csv"])
def test_scores_that_were_changed_are_refused_by_name(store: Store, table: str) -> None:
    store.keep(cell(), SCORES, OUTCOME, train=SCORES)
    path = store.cell_folder(cell().name) / table
    path.write_bytes(path.read_bytes().replace(b"3.0", b"9.0"))
    with pytest.raises(ValueError, match=rf"{table} isn't what was written .* run or import it"):
        store.scores(cell().name) if table == "scores.csv" else store.train_scores(cell().name)


def test_weights_that_were_changed_are_refused_by_name(store: Store) -> None:
    store.keep(cell(), SCORES, OUTCOME)
    assert store.weights(cell().name) == OUTCOME.weights
    (store.cell_folder(cell().name) / "weights.safetensors").write_bytes(b"the Weights")
    with pytest.raises(ValueError, match=r"weights\.safetensors isn't what was written"):
        store.weights(cell().name)


@pytest.mark.parametrize("text", ["{}", '{"a": 1}', "[]", "null"])
def test_json_that_is_something_else_counts_as_missing(
    store: Store, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    store.keep(cell(), SCORES, OUTCOME)
    store.keep_row(dict.fromkeys(OF_ROW, "") | {"label": "knn"})
    for name in (f"cells/{cell().name}/cell.json", "rows/knn.json"):
        (store.folder / name).write_text(text)
    assert not store.done(cell().name)
    assert (store.row("knn"), store.rows()) == (None, [])
    assert caplog.text.count("isn't the JSON that was written") == 2


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\xff\x00garbage",
        b"stage,epoch,loss\na,1,0.",
        b"stage,epoch,loss\na,1\n",
        b"epoch,loss\n1,nan\n2,-1e400\n",
        b"stage,epoch,loss\na,x,3\n",
        b"stage,epoch,loss\na,1,low\n",
    ],
)
def test_a_lost_learning_curve_costs_itself_alone(
    store: Store, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    store.keep(cell(), SCORES, OUTCOME)
    path = store.cell_folder(cell().name) / "history.csv"
    path.unlink() if content is None else path.write_bytes(content)
    assert store.history(cell().name) == []
    [note] = store.damaged.values()
    assert note in caplog.text
    assert note.startswith(f"{path} can't be read (")
    assert note.endswith("), so its curves are left out")
    assert store.done(cell().name)


def test_a_learning_curve_that_was_cut_at_a_lines_end_is_noticed_and_runs_nothing_again(
    store: Store,
) -> None:
    store.keep(cell(), SCORES, OUTCOME)
    path = store.cell_folder(cell().name) / "history.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) > 1
    path.write_bytes(b"".join(lines[:-1]))
    assert store.intact(cell().name)
    assert store.history(cell().name) == []
    [note] = store.damaged.values()
    assert "isn't what was written" in note


def test_a_reason_that_no_utf8_has_is_written_down(store: Store) -> None:
    path = store.keep_error(cell(), "no weights at /data/caf\udce9")
    assert path.read_text(encoding="utf-8") == "no weights at /data/caf\\udce9"


def test_cells_that_were_kept_before_there_were_seals_count(store: Store) -> None:
    store.keep(cell(), SCORES, OUTCOME)
    record = store.cell(cell().name)
    assert record is not None
    store.write_json(f"cells/{cell().name}/cell.json", {**record, "files": {}})
    assert store.done(cell().name)
    assert store.scores(cell().name) == sorted(SCORES)


def test_nothing_is_exported_where_no_repeat_is_complete(store: Store) -> None:
    told = {"label": "knn", "repeats": [["knn-fan-r0-0"]], "recipe": {}}
    store.keep_row(dict.fromkeys(OF_ROW, "") | told)
    with pytest.raises(ValueError, match=r"no repeat is complete in .*; run it again to its end"):
        export_scores(store.folder)
