"""All that a submission lacks at once, with what to do about each."""

from __future__ import annotations

from pathlib import Path

import pytest

from asdbench.submission.check import check_submission


def test_a_complete_one_lacks_nothing(lab: Path) -> None:
    assert check_submission(lab) == []


def test_everything_is_said_at_once(lab: Path, tmp_path: Path) -> None:
    (lab / "submission.toml").write_text('title = " "\npaper = "arxiv"\n')
    (lab / "tags.json").write_text("[]")
    next(lab.glob("cells/knn-fan-r1-*/cell.json")).unlink()
    (lab / "setup.py").write_text("raise SystemExit")
    (lab / "rows" / "broken.json").write_text("{}")
    faults = check_submission(lab)
    assert [fault.where.partition("-fan")[0] for fault in faults] == [
        *("submission.toml", "submission.toml", "submission.toml"),
        *("setup.py", "tags.json", "rows/broken.json", "cells/knn"),
    ]
    assert all(fault.what and fault.todo for fault in faults)
    assert check_submission(tmp_path / "lab" / "rows")[0].what == "there is none"


def test_a_source_of_no_row_is_named(lab: Path) -> None:
    (lab / "source" / "autoencoder.py").write_text("class Autoencoder: ...")
    assert [*map(str, check_submission(lab))] == [
        "source/: no row is of these methods: autoencoder.py; delete them"
    ]


def test_a_folder_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "rows").mkdir()
    told = [str(fault) for fault in check_submission(tmp_path)]
    assert [text.split(":")[0] for text in told] == ["submission.toml", "test-sets.json", "rows/"]
    (tmp_path / "link").symlink_to(tmp_path / "rows")
    assert [flaw.todo for flaw in check_submission(tmp_path / "link")] == ["submit a folder"]
    with pytest.raises(ValueError, match="no folder"):
        check_submission(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="one repeat or more"):
        check_submission(tmp_path, repeats=0)
