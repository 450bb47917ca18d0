"""Rows of many folders: each once, oldest first, what is broken named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from field import dated, rescored

from asdbench.config.ensembles import Ensemble
from asdbench.results.ensembles import keep_ensemble_rows, make_ensembles
from asdbench.results.store import Store
from asdbench.site.collected import Entrant, collected

Copied = Callable[..., Path]


def test_oldest_first_with_what_their_authors_say(field: list[Path]) -> None:
    found = collected(field)
    assert (found.faults, found.twice) == ([], [])
    assert [(row.folder, row.row.label, (row.date or "")[:7]) for row in found.rows] == [
        ("spring", "autoencoder", "2025-03"),
        ("spring", "knn", "2025-03"),
        ("autumn", "knn", "2025-10"),
        ("imports", "theirs", "2026-01"),
        ("lab", "knn", "2026-05"),
    ]
    assert [row.entrant for row in found.rows[2:]] == [
        Entrant("knn", "knn", False, ""),
        Entrant("theirs", "theirs", True, ""),
        Entrant("knn", "knn", False, "Analytical Engines"),
    ]
    lab = found.rows[-1]
    assert lab.sources == {"paper": "https://example.org/paper", "code": "https://example.org/code"}
    assert "class" in lab.method_file
    assert found.rows[2].asdbench == "0.2.0"
    assert found.rows[3].asdbench == ""


def test_the_same_cells_count_once_whatever_the_folder_and_the_label(
    field: list[Path], copied: Copied
) -> None:
    fewer = copied("spring", to="fewer")
    record = json.loads((fewer / "rows" / "knn.json").read_text())
    (fewer / "rows" / "autoencoder.json").unlink()
    (fewer / "rows" / "knn.json").write_text(
        json.dumps(record | {"repeats": record["repeats"][:1]})
    )
    (fewer / "rows" / "mine.json").write_text(json.dumps(record | {"label": "mine"}))
    for order in ([*field, fewer], [fewer, *field]):
        found = collected(order)
        assert len(found.rows) == 5
        assert found.twice == [
            "spring: row knn has the cells of mine in fewer; counted once",
            "fewer: row knn has the cells of mine in fewer; counted once",
        ]


def test_the_same_cells_with_other_scores_are_another_row(
    field: list[Path], copied: Copied
) -> None:
    rerun = dated(copied("autumn", to="rerun"), "2026-02-01T00:00:00Z")
    assert len(collected([*field, rerun]).rows) == 5  # when it was done again doesn't matter
    rescored(rerun, 1.5)
    assert len(collected([*field, rerun]).rows) == 6


def test_addresses_that_are_none_are_not_passed_on(copied: Copied) -> None:
    lab = copied("lab")
    (lab / "submission.toml").write_text('code = "javascript:alert(1)"\n')
    path = lab / "rows" / "knn.json"
    sources = {"paper": "data:text/html,x", "bibtex": "@article{x}", "code": "https://x.org"}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"sources": sources}))
    assert collected([lab]).rows[0].sources == {"bibtex": "@article{x}"}


def test_a_row_of_rows_is_as_old_as_its_youngest_part(copied: Copied) -> None:
    spring = copied("spring")
    store = Store(spring)
    both = {"both": Ensemble(("knn", "autoencoder"))}
    keep_ensemble_rows(store, both, "small", {})
    make_ensembles(store, both)
    dates = {row.row.label: row.date for row in collected([spring]).rows}
    assert dates["both"] == "2025-03-10T12:00:00Z"
    for part in spring.glob("cells/knn-*"):
        shutil.rmtree(part)
    for part in spring.glob("cells/autoencoder-*"):
        shutil.rmtree(part)
    assert {row.row.label: row.date for row in collected([spring]).rows} == {"both": None}


def test_scores_of_another_team_are_no_row_of_ones_own(field: list[Path], copied: Copied) -> None:
    taken = copied("lab", to="aaa")
    (taken / "submission.toml").write_text('title = "Mine now"\nteam = "Others"\n')
    found = collected([*field, taken])
    assert len(found.rows) == len(collected(field).rows)
    said = [fault for fault in found.faults if "of another team" in fault]
    assert said
    assert all("one is a copy of the other" in fault for fault in said)
