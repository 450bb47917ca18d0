"""Versions: the same method of the same team again, and what is different of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from field import dated

from asdbench.site.collected import collected
from asdbench.site.versions import changes, display_names, versions

Copied = Callable[..., Path]


def test_the_same_label_and_method_again_is_a_version_and_another_teams_is_not(
    field: list[Path],
) -> None:
    found = versions(collected(field).rows)
    told = [(v.entrant.label, v.entrant.team, v.number, v.many, v.newest) for v in found]
    assert told == [
        ("autoencoder", "", 1, 1, True),
        ("knn", "", 1, 2, False),
        ("knn", "", 2, 2, True),
        ("theirs", "", 1, 1, True),
        ("knn", "Analytical Engines", 1, 1, True),
    ]
    assert [v.changed for v in found] == ["", "", "k, asdbench 0.1.0 to 0.2.0", "", ""]
    assert sorted(display_names(found).values()) == [
        *("autoencoder", "knn", "knn (Analytical Engines)", "theirs"),
    ]


def test_what_is_different_of_a_version_is_told(copied: Copied) -> None:
    old, new = copied("autumn", to="old"), copied("autumn", to="new")
    path = new / "rows" / "knn.json"
    record = json.loads(path.read_text())
    record["recipe"] |= {"seed": 7, "numerics": {}}
    record["repeats"] = record["repeats"][:1]
    path.write_text(json.dumps(record))
    dated(new, "2026-01-01T00:00:00Z", version="0.3.0", source="0123456789abcdef")
    rows = [collected([folder]).rows[0] for folder in (old, new)]
    assert changes(*rows) == "source, asdbench 0.2.0 to 0.3.0, seed, numerics, 2 to 1 repeats"
    assert changes(rows[0], rows[0]) == "scores"


def test_names_that_are_the_same_are_told_apart(field: list[Path], copied: Copied) -> None:
    imported = copied("imports", to="imported")
    path = imported / "rows" / "theirs.json"
    (imported / "rows" / "knn.json").write_text(path.read_text().replace('"theirs"', '"knn"'))
    path.unlink()
    names = display_names(versions(collected([*field, imported]).rows))
    assert {name for one, name in names.items() if one.label == "knn"} == {
        *("knn (knn)", "knn (imported)", "knn (Analytical Engines, knn)"),
    }
