"""What pages show: a ranking of the newest, all versions, and an address for each entrant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from asdbench.site.boards import boards
from asdbench.site.clip_sets import clip_sets
from asdbench.site.collected import collected
from asdbench.site.shown import Section, profiles

Copied = Callable[..., Path]


def sections(folders: list[Path]) -> list[Section]:
    return [Section(of, boards(of)) for of in clip_sets(collected(folders).rows)]


@pytest.fixture(scope="module")
def section(field: list[Path]) -> Section:
    return sections(field)[0]


def test_the_ranking_has_the_newest_in_the_boards_order(section: Section) -> None:
    assert [line.label for line in section.ranking] == [
        row.label for row in section.made.newest.rows
    ]
    assert [line.place for line in section.ranking] == [1, 2, 3, 4]
    old = [line for line in section.lines if line.place is None]
    assert [line.label for line in old] == ["knn v1"]
    assert section.older
    assert len(section.lines) == 5
    assert section.last == "2026-05-01T12:00:00Z"


def test_synthetic_rows_make_the_section_say_so(section: Section, copied: Copied) -> None:
    assert section.caution.startswith("Synthetic machines")
    imports = copied("imports")  # of which nothing is known
    assert sections([imports])[0].caution == ""


def test_profiles_have_addresses_of_their_own(field: list[Path], copied: Copied) -> None:
    imported = copied("imports")
    path = imported / "rows" / "theirs.json"
    for label in ("KNN", "k n-n", "日本", "<b>"):
        text = path.read_text().replace('"theirs"', json.dumps(label))
        (imported / "rows" / f"{label}.json").write_text(text)
    path.unlink()
    # Their cells are the same ones, so only one of the four counts: make them different.
    rows = sorted((imported / "rows").iterdir())
    for number, row in enumerate(rows):
        record = json.loads(row.read_text())
        for names in record["repeats"]:
            for place, name in enumerate(names):
                cell = imported / "cells" / name
                twin = imported / "cells" / f"{number}{name}"
                twin.mkdir()
                for file in cell.iterdir():
                    (twin / file.name).write_bytes(file.read_bytes())
                names[place] = twin.name
        row.write_text(json.dumps(record))
    found = profiles(sections([*field, imported]))
    slugs = {one.label: profile.slug for one, profile in found.items() if not one.team}
    assert slugs["autoencoder"] == "autoencoder"
    assert slugs["k n-n"] == "k-n-n"
    assert slugs["knn"].startswith("knn-")
    assert slugs["KNN"].startswith("knn-")
    assert slugs["日本"].startswith("row-")
    assert slugs["<b>"] == "b"
    assert len({profile.slug for profile in found.values()}) == len(found) == 8
