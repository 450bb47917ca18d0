"""The GitHub workflow in docs/board-for-the-field.md is one, and its commands do what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from field import dated

from asdbench.submission.about import About, about_of

DOCUMENT = Path(__file__).parents[1] / "docs" / "board-for-the-field.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
OF_A_JOB = {"if", "runs-on", "steps", "permissions", "environment", "concurrency"}
OF_A_STEP = {"uses", "with", "name", "run", "env", "id"}


def workflow() -> dict[Any, Any]:
    [block] = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.M | re.S)
    found: dict[Any, Any] = yaml.safe_load(block)
    return found


def commands(job: str) -> list[str]:
    return [step["run"] for step in workflow()["jobs"][job]["steps"] if "run" in step]


def git(repository: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    done = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(field: list[Path], tmp_path: Path) -> Path:
    """A board's repository, with one submission merged."""
    made = tmp_path / "board"
    (made / "submissions").mkdir(parents=True)
    shutil.copytree(field[3], made / "submissions" / "lab")
    (made / "submissions" / "README.md").write_text("How to submit.")
    git(made, "init", "-q", "-b", "main")
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "a board")
    return made


def run(repository: Path, job: str, **env: str) -> list[subprocess.CompletedProcess[str]]:
    """Its commands as GitHub runs them, one after the other until one fails; pip only says it."""
    tools = repository.parent / "tools"
    tools.mkdir(exist_ok=True)
    for name, line in {
        "pip": 'echo "pip $*"',
        "asdbench": f'exec "{sys.executable}" -m asdbench "$@"',
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    path = os.pathsep.join([str(tools), os.environ["PATH"]])
    every = {**os.environ, "PATH": path, **workflow()["env"], **env}
    done = []
    for command in commands(job):
        script = repository.parent / "step.sh"
        script.write_text(command)
        ended = subprocess.run(
            ["bash", "-e", script], cwd=repository, env=every, capture_output=True, text=True
        )
        done.append(ended)
        if ended.returncode:
            break
    return done


def test_it_is_a_workflow() -> None:
    found = workflow()
    on = found[True]  # what YAML 1.1 takes "on" for
    assert on == {"pull_request": {"paths": ["submissions/**"]}, "push": {"branches": ["main"]}}
    assert found["permissions"] == {"contents": "read"}
    for job in found["jobs"].values():
        assert {*job} <= OF_A_JOB
        for step in job["steps"]:
            assert {*step} <= OF_A_STEP
            assert ("uses" in step) != ("run" in step)
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/x@v1"))
            assert "${{" not in step.get("run", "")  # nobody's words become commands
    rights = found["jobs"]["publish"]["permissions"]
    assert rights == {"contents": "read", "pages": "write", "id-token": "write"}
    assert "permissions" not in found["jobs"]["check"]


def test_a_pull_request_is_checked_and_built(repository: Path, field: list[Path]) -> None:
    base = git(repository, "rev-parse", "HEAD")
    new = repository / "submissions" / "another lab's: größer"
    shutil.copytree(field[3], new)
    dated(new, "2026-03-01T00:00:00Z")  # run there: knn has the same scores everywhere
    text = (new / "submission.toml").read_text()
    (new / "submission.toml").write_text(text.replace("Analytical", "Other"))
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "a submission")
    done = run(repository, "check", BASE=base)
    assert len(done) == 3, done[-1]
    installed, checked, built = done
    assert installed.stdout == "pip install asdbench\n"
    assert (checked.returncode, checked.stdout) == (
        0,
        "submissions/another lab's: größer: ok\n",
    ), checked.stderr
    assert built.returncode == 0, built.stderr
    assert (repository / "site" / "index.html").exists()


def test_what_is_missing_stops_a_pull_request(repository: Path, field: list[Path]) -> None:
    base = git(repository, "rev-parse", "HEAD")
    shutil.copytree(field[0], repository / "submissions" / "spring")
    git(repository, "rm", "-q", "-r", "submissions/lab")
    (repository / "submissions" / "away").symlink_to("/etc")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "a poor submission")
    *_, checked = run(repository, "check", BASE=base)
    assert checked.returncode != 0
    assert "submissions/away: is a link; links aren't followed" in checked.stdout
    assert "submissions/spring: submission.toml: there is none" in checked.stdout
    assert "lab" not in checked.stdout


def test_what_is_merged_is_published_though_something_is_broken(
    repository: Path, field: list[Path]
) -> None:
    shutil.copytree(field[1], repository / "submissions" / "autumn")
    for path in (repository / "submissions" / "autumn").glob("cells/*/scores.csv"):
        path.write_text("nothing")
    _, built = run(repository, "publish")
    assert built.returncode == 0
    assert "broken: submissions/autumn: row knn: " in built.stderr
    assert (repository / "site" / "index.html").exists()


def test_the_tables_of_submission_toml_are_read(tmp_path: Path) -> None:
    text = "".join(re.findall(r"^```toml[^\n]*\n(.*?)^```", TEXT, re.M | re.S))
    (tmp_path / "submission.toml").write_text(text)
    about = about_of(tmp_path)
    assert isinstance(about, About)
    assert about.team == "Analytical Engines"
    assert about.cost["my_system"].parameters == 1200000
