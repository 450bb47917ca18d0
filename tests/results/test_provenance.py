"""What a worker writes down beside a cell's results."""

from __future__ import annotations

import json
import platform
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from asdbench.results import provenance
from asdbench.results.provenance import VERSIONS, commit, facts_of


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    commit.cache_clear()
    yield
    commit.cache_clear()


def checkout(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asdbench runs from this folder."""
    module = folder / "asdbench" / "results" / "provenance.py"
    monkeypatch.setattr(provenance, "__file__", str(module))


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    command = ["git", "-C", str(folder), *who, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_is_that_of_the_checkout_and_says_if_it_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout(tmp_path, monkeypatch)
    git(tmp_path, "init", "--quiet")
    (tmp_path / "file").write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "one")
    git(tmp_path, "tag", "v1")
    head = git(tmp_path, "rev-parse", "HEAD")
    assert commit() == head
    (tmp_path / "file").write_text("2")
    assert commit() == head  # as the code was when it was loaded
    commit.cache_clear()
    assert commit() == f"{head}-dirty"


def test_installed_or_without_git_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout(tmp_path, monkeypatch)
    assert commit() is None
    commit.cache_clear()
    (tmp_path / ".git").mkdir()  # and nothing in it
    assert commit() is None
    commit.cache_clear()
    monkeypatch.setenv("PATH", "")
    assert commit() is None


def test_facts_name_code_versions_and_computer() -> None:
    facts = facts_of("a hash", on_gpu=False)
    assert json.loads(json.dumps(facts)) == facts
    assert facts["source"] == "a hash"
    assert facts["commit"] == commit()
    assert facts["python"] == platform.python_version()
    assert set(facts["versions"]) == set(VERSIONS)
    assert facts["versions"]["torch"].startswith(torch.__version__.partition("+")[0])
    assert facts["gpu"] is None
    assert facts["cpu"]
    assert facts["host"] == platform.node()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", facts["finished"])


def test_a_gpu_is_named_where_it_was_computed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Some GPU")
    assert facts_of("a hash", on_gpu=True)["gpu"] == "Some GPU"
