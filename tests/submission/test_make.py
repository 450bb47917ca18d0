"""A submission of rows: what a board needs and no more, nothing private, nothing lost."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from asdbench.config import files, plugins
from asdbench.results.build import board
from asdbench.results.store import Store
from asdbench.submission.make import make_submission


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.rglob("*") if p.is_file()}


def test_what_a_board_needs_and_no_more(field: list[Path], lab: Path) -> None:
    assert names(lab) == {
        *("submission.toml", "test-sets.json", "knn.json", "knn.py"),
        *("cell.json", "scores.csv", "history.csv"),
    }
    knn = plugins.find(plugins.METHODS, "knn").file
    assert knn is not None
    assert (lab / "source" / "knn.py").read_text() == knn.read_text()
    rows = board(Store(lab)).rows
    assert rows == board(Store(field[0].parent / "run")).rows


def test_nothing_private_goes_along(copied: Callable[[str], Path], tmp_path: Path) -> None:
    run = copied("run")
    path = run / "rows" / "knn.json"
    record = json.loads(path.read_text())
    record["recipe"]["dataset"] = {"name": "folder", "path": "/home/ada/secret"}
    path.write_text(json.dumps(record))
    make_submission(["knn"], out=run, to=tmp_path / "made")
    texts = [p.read_text() for p in (tmp_path / "made").rglob("*") if p.is_file()]
    assert not any("secret" in text or '"host"' in text for text in texts)
    assert any('"name": "folder"' in text for text in texts)


def test_made_again_it_keeps_what_was_filled_in_and_drops_what_was(
    field: list[Path], lab: Path
) -> None:
    said = (lab / "submission.toml").read_text()
    (lab / "tags.json").write_text("{}")  # of recordings that are no part of it any more
    (lab / "source" / "by_hand.py").write_text("")
    make_submission(["autoencoder"], out=field[0], to=lab)
    assert (lab / "submission.toml").read_text() == said
    assert [p.name for p in lab.glob("rows/*")] == ["autoencoder.json"]
    assert {p.name[:5] for p in lab.glob("cells/*")} == {"autoe"}
    assert {p.name for p in lab.glob("source/*")} == {"autoencoder.py", "by_hand.py"}
    assert not (lab / "tags.json").exists()


def test_an_import_tells_its_cost_itself(field: list[Path], tmp_path: Path) -> None:
    made = make_submission(["theirs"], out=field[2], to=tmp_path / "made")
    text = (tmp_path / "made" / "submission.toml").read_text()
    assert "# [cost.theirs]\n# fit_seconds" in text
    assert made.rows == ("theirs",)
    assert made.bytes == sum(p.stat().st_size for p in made.folder.rglob("*") if p.is_file())
    assert not (tmp_path / "made" / "source").exists()


def test_source_that_has_changed_since_is_not_passed_off_as_it(
    copied: Callable[[str], Path], tmp_path: Path
) -> None:
    run = copied("run")
    for path in run.glob("cells/*/cell.json"):
        cell = json.loads(path.read_text())
        cell["facts"]["source"] = "0123456789abcdef"
        path.write_text(json.dumps(cell))
    made = make_submission(["knn"], out=run, to=tmp_path / "made")
    assert made.unsourced == ("knn",)
    assert not (tmp_path / "made" / "source").exists()
    cell = next(run.glob("cells/*"))
    (cell / "method.py").write_text("a method")
    assert make_submission(["knn"], out=run, to=tmp_path / "made").unsourced == ()
    assert (tmp_path / "made" / "source" / "knn.py").read_text() == "a method"


def test_what_a_full_disk_or_a_kill_left_of_a_submission_is_one(
    field: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half, real = tmp_path / "half", files.write

    def full(path: Path, content: str) -> Path:
        if path.name == "scores.csv":
            raise OSError(errno.ENOSPC, "No space left")
        return real(path, content)

    half.mkdir()
    (half / ".submission.toml.part").write_text("half")  # of one that was killed at once
    with monkeypatch.context() as patched:
        patched.setattr(files, "write", full)
        with pytest.raises(ValueError, match="is full"):
            make_submission(["knn"], out=field[0], to=half)
    make_submission(["knn"], out=field[0], to=half)
    make_submission(["knn"], out=field[0], to=tmp_path / "whole")
    whole = [p for p in (tmp_path / "whole").rglob("*") if p.is_file()]
    assert names(half) == {p.name for p in whole}
    for path in whole:
        assert (half / path.relative_to(tmp_path / "whole")).read_bytes() == path.read_bytes()


def test_wrong_words_are_one_line(field: list[Path], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no row 'kn' in .*; did you mean knn"):
        make_submission(["kn"], out=field[0], to=tmp_path / "made")
    with pytest.raises(ValueError, match=r"name the rows; .* has autoencoder, knn"):
        make_submission([], out=field[0], to=tmp_path / "made")
    with pytest.raises(ValueError, match="isn't empty and is no submission"):
        make_submission(["knn"], out=field[0], to=field[1])
    assert not (tmp_path / "made").exists()
