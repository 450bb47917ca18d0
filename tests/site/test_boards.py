"""Boards of rows of all folders together: the statistics of one folder's board."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from field import written_scores

from asdbench.results.build import board
from asdbench.results.store import Store
from asdbench.site.boards import boards
from asdbench.site.clip_sets import clip_sets
from asdbench.site.collected import collected

Copied = Callable[..., Path]


def test_rows_of_two_folders_are_compared_as_if_they_were_in_one(
    copied: Copied, tmp_path: Path
) -> None:
    one, other = copied("spring"), copied("imports")
    both = Path(shutil.copytree(other, tmp_path / "both"))
    shutil.copytree(one, both, dirs_exist_ok=True)
    wanted = board(Store(both))
    [of] = clip_sets(collected([one, other]).rows)
    found = boards(of).newest
    assert found.rows == wanted.rows
    assert found.pairs == wanted.pairs
    assert found.agreements == wanted.agreements
    for label, system in wanted.systems.items():
        facts = {name: value for name, value in system.facts.items() if name != "host"}
        assert found.systems[label] == replace(system, facts=facts)


def test_older_versions_are_on_the_board_of_all_alone(field: list[Path]) -> None:
    [of] = clip_sets(collected(field).rows)
    made = boards(of)
    newest = {"autoencoder", "knn", "theirs", "knn (Analytical Engines)"}
    assert {row.label for row in made.newest.rows} == newest
    assert {row.label for row in made.every.rows} == {*newest, "knn v1"}
    assert made.faults == []
    figures = {row.label: row.mean_auc_pauc for row in made.every.rows}
    assert all(row.mean_auc_pauc == figures[row.label] for row in made.newest.rows)


def test_scores_that_no_figures_can_be_made_of_cost_their_row_alone(
    field: list[Path], copied: Copied
) -> None:
    odd = copied("autumn", to="odd")
    for path in odd.glob("cells/*/scores.csv"):
        head, *lines = path.read_text().splitlines()
        columns = [line.split(",") for line in lines]
        for place, line in enumerate(columns):  # nearer to each other than a histogram can tell
            line[5] = repr(1.0 + (place % 2) * 2**-52)
        written_scores(path, "\n".join([head, *map(",".join, columns), ""]))
    (odd / "submission.toml").write_text('team = "Odd"\n')
    [of] = clip_sets(collected([*field, odd]).rows)
    made = boards(of)
    measured = {row.label for row in made.newest.rows}
    assert {"autoencoder", "knn", "theirs"} <= measured
    assert ("knn (Odd)" in measured) == (not made.faults)


def test_what_authors_tell_of_cost_is_shown_and_said_to_be_told(copied: Copied) -> None:
    imports = copied("imports")
    told = 'title = "x"\n[cost.theirs]\nfit_seconds = 12.0\nscore_ms = 3.0\n'
    (imports / "submission.toml").write_text(told)
    [of] = clip_sets(collected([imports]).rows)
    [row] = boards(of).newest.rows
    assert row.cost is not None
    assert (row.cost.fit_seconds, row.cost.parameters) == (12.0, None)
    assert row.remarks == ["what it took is as its authors tell it"]


def test_neither_computers_names_nor_paths_are_shown(copied: Copied) -> None:
    spring = copied("spring")
    path = spring / "rows" / "knn.json"
    record = json.loads(path.read_text())
    record["recipe"]["dataset"] = {"name": "folder", "path": "/home/ada/secret"}
    path.write_text(json.dumps(record))
    [of] = clip_sets(collected([spring]).rows)
    text = json.dumps(boards(of).newest.as_dict())
    assert "secret" not in text
    assert '"host"' not in text
