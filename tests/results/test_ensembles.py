"""Rows made of rows: in an output folder, and from end to end."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_runs import planned, ran

import asdbench
from asdbench import Clips
from asdbench.config.ensembles import Ensemble
from asdbench.results.build import board
from asdbench.results.ensembles import check_parts, keep_ensemble_rows, make_ensembles
from asdbench.results.records import ImportedCell
from asdbench.results.rows import keep_imported_row
from asdbench.results.store import TRAIN_SCORES, Store

VARIANTS = {"wide": {"method": "knn", "k": 4}}
TWO = {"two": Ensemble(("knn", "wide"))}


@pytest.fixture
def store(tmp_path: Path, small_clips: Clips) -> Store:
    made, failed = ran(
        tmp_path, small_clips, planned(small_clips, "knn", "wide", variants=VARIANTS)
    )
    assert not failed
    return made


def keep(store: Store, ensembles: dict[str, Ensemble]) -> None:
    with store.opened({}, "small"):
        keep_ensemble_rows(store, ensembles, "small", {"repeats": 2})
        make_ensembles(store, ensembles)


def scores(store: Store, label: str, repeat: int = 0) -> dict[tuple[Any, ...], float]:
    row = store.row(label)
    assert row is not None
    every = [score for name in row["repeats"][repeat] for score in store.scores(name)]
    return {score[:4]: score.score for score in every}


def test_a_repeat_is_made_of_the_same_repeat_of_its_parts(store: Store) -> None:
    keep(store, TWO)
    found = scores(store, "two", 1)
    parts = [scores(store, label, 1) for label in ("knn", "wide")]
    assert set(found) == set(parts[0])
    for clip in found:
        total = 0.0
        for label, part in zip(("knn", "wide"), parts, strict=True):
            [name] = [n for n in store.row(label)["repeats"][1] if f"-{clip[0]}-" in n]  # type: ignore[index]
            of_id = [s.score for s in store.train_scores(name) if (s.machine, s.id) == clip[:2]]
            total += (part[clip] - np.mean(of_id)) / np.std(of_id)
        assert found[clip] == pytest.approx(total / 2)


def test_a_board_has_it_beside_its_parts_with_decisions_and_its_origin(store: Store) -> None:
    keep(store, TWO)
    made = board(store)
    [row] = [row for row in made.rows if row.label == "two"]
    assert row.repeats == row.planned == 2
    assert row.origin == {"kind": "ensemble", "of": ["knn", "wide"], "methods": ["knn"]}
    assert row.remarks == []
    assert "f1" in row.more
    assert row.seconds is None
    pairs = [pair for pair in made.pairs if "two" in (pair.first, pair.second)]
    assert pairs
    assert all(pair.flips == 0 for pair in pairs)  # knn has no randomness


def test_it_is_made_again_only_of_other_parts(store: Store) -> None:
    keep(store, TWO)
    name = store.row("two")["repeats"][0][0]  # type: ignore[index]
    path = store.cell_folder(name) / "cell.json"
    before = path.stat().st_mtime_ns
    keep(store, TWO)
    assert path.stat().st_mtime_ns == before
    part = store.row("knn")["repeats"][0][0]  # type: ignore[index]
    record = store.cell(part)
    assert record is not None
    store.write_json(f"cells/{part}/cell.json", record | {"seconds": 99.0})
    keep(store, TWO)
    assert path.stat().st_mtime_ns > before


def test_a_repeat_whose_parts_are_not_done_waits(store: Store) -> None:
    part = store.row("wide")["repeats"][1][0]  # type: ignore[index]
    store.drop(part)
    keep(store, TWO)
    [row] = [row for row in board(store).rows if row.label == "two"]
    assert (row.repeats, row.planned) == (1, 2)


def test_results_without_training_scores_are_named(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    part = store.row("wide")["repeats"][1][0]  # type: ignore[index]
    (store.cell_folder(part) / TRAIN_SCORES).unlink()
    with caplog.at_level(logging.WARNING):
        keep(store, TWO)
    assert f"two repeat 1 can't be made: there is no {store.cell_folder(part)}" in caplog.text
    assert "--force" in caplog.text
    keep(store, {"two": Ensemble(("knn", "wide"), "rank")})
    [row] = [row for row in board(store).rows if row.label == "two"]
    assert row.repeats == 2
    assert row.remarks == ["transductive: its scores are ranks among the test clips"]


def test_an_imported_row_can_be_ranked_with_others(store: Store) -> None:
    cell = ImportedCell("theirs", 0, "hash")
    every = [s for name in store.row("knn")["repeats"][0] for s in store.scores(name)]  # type: ignore[index]
    with store.opened({}, "small"):
        store.keep_import(cell, [s._replace(score=-s.score) for s in every], {})
        keep_imported_row(
            store, "theirs", summary="S.", experiment="small", origin={}, cells=[cell]
        )
    keep(store, {"two": Ensemble(("knn", "theirs"), "rank")})
    found = list(scores(store, "two").values())
    assert len(set(np.round(found, 9))) == 1  # the one is the other backwards
    assert len(store.row("two")["repeats"]) == 1  # type: ignore[index]


def test_parts_that_are_coming_are_known(store: Store) -> None:
    check_parts(store, {"more": Ensemble(("knn", "new"))}, ["new"])
    with pytest.raises(ValueError, match="no row 'new' here"):
        check_parts(store, {"more": Ensemble(("knn", "new"))}, ["other"])


@pytest.mark.parametrize("part", ["nothing", "two"])
def test_a_part_that_is_no_row_is_named(store: Store, part: str) -> None:
    keep(store, TWO)
    with pytest.raises(ValueError, match=rf"methods\.more\.ensemble: no row '{part}' here"):
        keep(store, {"more": Ensemble(("knn", part))})


def test_from_a_recipe_to_the_page(tmp_path: Path) -> None:
    recipe = tmp_path / "mine.toml"
    recipe.write_text(
        """
        repeats = 2
        [dataset]
        name = "synthetic"
        machines = ["fan"]
        subsets = ["development"]
        seconds = 1.0
        train = 4
        test_normal = 3
        test_anomalous = 3
        [methods.knn]
        [methods.autoencoder]
        epochs = 1
        [methods.best-two]
        ensemble = ["knn", "autoencoder"]
        """
    )
    out = tmp_path / "out"
    done = asdbench.run(recipe, methods=["best-two"], out=out)
    assert {row.label for row in done.board.rows} == {"knn", "autoencoder", "best-two"}
    assert "best-two" in (out / "leaderboard.html").read_text()
    again = asdbench.run(recipe, methods=["best-two"], out=out)
    assert (again.ran, again.kept) == (0, done.ran)
    forced = asdbench.run(recipe, methods=["best-two"], out=out, force=True)
    assert forced.failed == ()
    assert [row.repeats for row in forced.board.rows] == [2, 2, 2]
    exported = asdbench.export_scores(out)
    assert {folder.name for folder in (out / "export").iterdir()} >= {"best-two"}
    assert exported
