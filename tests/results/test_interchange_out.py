"""Scores in the challenge's form, written out: they come in again as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_runs import planned, ran

from asdbench.config import plugins
from asdbench.data.clips import Clips
from asdbench.results.build import board
from asdbench.results.export import Exported, export_scores
from asdbench.results.interchange import import_scores
from asdbench.results.store import Store

FIGURES = ("auc", "pauc", "mauc", "mean_auc_pauc", "pooled_auc")


@pytest.fixture
def store(tmp_path: Path, small_clips: Clips) -> Store:
    """An output folder with two repeats of knn, run for real."""
    return ran(tmp_path / "out", small_clips, planned(small_clips, "knn"))[0]


def figures(store: Store, label: str) -> dict[str, object]:
    """All figures of a row as the JSON board has them, by subset; without what company decides."""
    rows = json.loads(plugins.load(plugins.LEADERBOARDS, "json")(board(store)))["rows"]
    return {
        row["subset"]: [row["machines"], *(row[name] for name in FIGURES)]
        for row in rows
        if row["label"] == label
    }


def test_what_is_exported_and_imported_has_the_same_figures(store: Store) -> None:
    told: list[Exported] = []
    assert (
        export_scores(store.folder, on_row=told.append)
        == told
        == [Exported("knn", 2, 16, store.folder / "export/knn")]
    )
    import_scores("knn-elsewhere", store.folder / "export" / "knn", out=store.folder)
    assert figures(store, "knn-elsewhere") == figures(store, "knn") != {}


def test_an_export_has_complete_repeats_by_their_numbers_and_nothing_old(store: Store) -> None:
    export_scores(store.folder)
    folder = store.folder / "export" / "knn"
    assert sorted(path.name for path in folder.iterdir()) == ["repeat_0", "repeat_1"]
    assert len(list((folder / "repeat_1").iterdir())) == 8
    row = store.row("knn")
    assert row is not None
    (store.cell_folder(row["repeats"][0][0]) / "cell.json").unlink()
    assert export_scores(str(store.folder)) == [Exported("knn", 1, 8, store.folder / "export/knn")]
    assert [path.name for path in folder.iterdir()] == ["repeat_1"]
    for path in (store.folder / "rows").iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="no rows in"):
        export_scores(store.folder)
    with pytest.raises(ValueError, match="no results in"):
        export_scores(store.folder / "gone")
