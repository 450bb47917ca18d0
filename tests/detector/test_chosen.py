"""Which fits a detector is made of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_detectors import small_store

from asdbench.config.ensembles import Ensemble
from asdbench.data.clips import Clips
from asdbench.detector.chosen import chosen
from asdbench.results.ensembles import keep_ensemble_rows, make_ensembles
from asdbench.results.files import current
from asdbench.results.store import Store


def test_the_first_repeat_by_rule(store: Store) -> None:
    found = chosen(store, "autoencoder", "first")
    record = store.row("autoencoder")
    assert record is not None
    assert [fit.cells for fit in found.fits] == [tuple(record["repeats"][0])]
    assert found.how == "the first of 2 repeats"
    assert chosen(store, "knn", "all").how == "its first fit (seeds change nothing)"


def test_all_or_one_as_asked(store: Store) -> None:
    assert len(chosen(store, "autoencoder", "all").fits) == 2
    found = chosen(store, "autoencoder", "1")
    assert "-r1-" in found.fits[0].cells[0]
    assert found.how == "repeat 1, as asked"


def test_the_best_says_that_test_figures_chose_it(store: Store) -> None:
    found = chosen(store, "id_classifier", "best")
    row = next(row for row in current(store).rows if row.label == "id_classifier")
    values = row.mean_auc_pauc.values
    assert f"-r{values.index(max(values))}-" in found.fits[0].cells[0]
    assert "test clips" in found.how
    assert "which flatters its figures" in found.how


@pytest.mark.parametrize(
    ("row", "repeats", "says"),
    [
        ("kn", "first", r"no row 'kn'.*did you mean knn\?"),
        ("autoencoder", "7", r"repeats = '7': give first, all, best, or one of 0, 1"),
        ("autoencoder", "any", r"repeats = 'any'"),
        ("knn", "foo", r"repeats = 'foo'"),
    ],
)
def test_what_there_isnt(store: Store, row: str, repeats: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        chosen(store, row, repeats)


def test_ensembles_by_scores_and_not_by_ranks(tmp_path: Path, small_clips: Clips) -> None:
    store = small_store(tmp_path / "runs", small_clips, "knn", "autoencoder")
    both = {
        "two": Ensemble(("knn", "autoencoder"), "standardised"),
        "ranks": Ensemble(("knn", "autoencoder"), "rank"),
    }
    record = store.row("knn")
    assert record is not None
    keep_ensemble_rows(store, both, "small", record["recipe"])
    make_ensembles(store, both)
    found = chosen(store, "two", "all")
    assert [fit.label for fit in found.fits] == ["knn", "autoencoder"] * 2
    with pytest.raises(ValueError, match="ranks among test clips"):
        chosen(store, "ranks", "first")


def test_an_import_has_nothing_to_score_with(tmp_path: Path, small_clips: Clips) -> None:
    store = small_store(tmp_path / "runs", small_clips, "knn")
    record = store.row("knn")
    assert record is not None
    imported = {**record, "label": "theirs", "origin": {"kind": "import"}}
    (store.folder / "rows" / "theirs.json").write_text(json.dumps(imported))
    with pytest.raises(ValueError, match="theirs was imported"):
        chosen(store, "theirs", "first")
    for name in record["repeats"][0] + record["repeats"][1]:
        (store.cell_folder(name) / "cell.json").unlink()
    with pytest.raises(ValueError, match="no repeat of knn"):
        chosen(store, "knn", "first")
