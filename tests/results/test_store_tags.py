"""What an output folder keeps of test clips' tags."""

from __future__ import annotations

import json
from pathlib import Path

from asdbench.results.store import TAGS, Store

DEV, EVAL = "development", "evaluation"
LEAK = {"fan": {"00": {"a.wav": {"fault": "leak"}}}}
BELT = {"fan": {"00": {"a.wav": {"fault": "belt"}}}}


def opened(folder: Path, tags: dict | None) -> Store:
    store = Store(folder)
    with store.opened({DEV: "a set", EVAL: "another"}, "these clips", tags):
        pass
    return store


def test_tags_are_kept_once_a_test_set(tmp_path: Path) -> None:
    store = opened(tmp_path, {DEV: LEAK})
    assert json.loads((tmp_path / TAGS).read_text()) == store.tags() == {DEV: LEAK}
    written = (tmp_path / TAGS).stat().st_mtime_ns
    assert opened(tmp_path, {DEV: LEAK}).tags() == {DEV: LEAK}
    assert (tmp_path / TAGS).stat().st_mtime_ns == written


def test_a_run_replaces_those_of_its_subsets(tmp_path: Path) -> None:
    opened(tmp_path, {DEV: LEAK, EVAL: BELT})
    assert opened(tmp_path, {DEV: BELT}).tags() == {DEV: BELT, EVAL: BELT}
    assert opened(tmp_path, {DEV: {}}).tags() == {EVAL: BELT}


def test_who_knows_of_none_changes_none(tmp_path: Path) -> None:
    opened(tmp_path, {DEV: LEAK})
    assert opened(tmp_path, None).tags() == {DEV: LEAK}


def test_clips_without_tags_need_no_file(tmp_path: Path) -> None:
    assert opened(tmp_path, {DEV: {}}).tags() == {}
    assert not (tmp_path / TAGS).exists()
