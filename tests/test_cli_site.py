"""The commands of a board for the field: a site, a submission made and checked, exit codes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands import asdbench, one_line
from field import ABOUT, dated
from small_runs import planned, ran

from asdbench.data.clips import Clips


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_from_a_run_to_a_site(
    small_clips: Clips, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(Path("o"), small_clips, planned(small_clips, "knn", repeats=3))
    dated(Path("o"), "2026-01-01T00:00:00Z")
    assert asdbench("submission", "make", "knn", "--from", "o", "--to", "mine") == 0
    made = capsys.readouterr()
    assert made.out.splitlines()[1:] == [
        "now fill in mine/submission.toml, and then:",
        "  asdbench submission check mine",
    ]
    assert made.out.startswith("knn: 22 files, ")
    assert asdbench("submission", "check", "mine") == 1
    assert capsys.readouterr().out.splitlines() == [
        "mine: submission.toml: title is empty; say in a few words what the system is",
        'mine: submission.toml: authors is empty; name them: authors = ["Ada Lovelace"]',
        "mine: 2 things missing",
    ]
    Path("mine/submission.toml").write_text(ABOUT)
    assert asdbench("submission", "check", "mine") == 0
    assert capsys.readouterr().out == "mine: ok\n"
    assert asdbench("site", "mine", "o") == 0
    told = capsys.readouterr()
    assert told.out == "1 test set, 1 method, 1 row; open site/index.html\n"
    assert told.err.splitlines() == [
        "reading 2 folders",
        "comparing 1 row: small, development",
        "note: o: row knn has the cells of knn in mine; counted once",
    ]
    assert Path("site/index.html").exists()


def test_what_is_broken_is_named_and_wrong_words_are_one_line(
    small_clips: Clips, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(Path("o"), small_clips, planned(small_clips, "knn"))
    assert asdbench("site", "o", "nowhere", "--to", "s") == 1
    told = capsys.readouterr()
    assert told.err.splitlines()[-1] == "broken: nowhere: there are no results: no rows/"
    assert told.out == "1 test set, 1 method, 1 row; open s/index.html\n"
    assert asdbench("site", "nowhere") == 2
    assert capsys.readouterr().err.splitlines() == [
        "reading 1 folder",
        "asdbench: no row can be shown; nowhere: there are no results: no rows/",
    ]
    assert asdbench("submission", "check", "nowhere") == 2
    assert "no folder nowhere" in one_line(capsys)
    assert asdbench("submission", "make", "kn", "--from", "o") == 2
    assert "did you mean knn?" in one_line(capsys)


def test_no_code_of_a_submission_is_run(field: list[Path], tmp_path: Path) -> None:
    """Whatever Python could pick up from the folder: by a process that stands in it."""
    lab = Path(shutil.copytree(field[3], tmp_path / "lab"))
    trap = f"open({str(tmp_path / 'sprung')!r}, 'w')\n"
    for name in ("source/knn.py", "sitecustomize.py", "conftest.py", "asdbench_methods.py"):
        (lab / name).write_text(trap)
    next(lab.glob("cells/*")).joinpath("method.py").write_text(trap)
    code = "import asdbench; asdbench.check_submission('.'); asdbench.write_site(['.'], to='../s')"
    subprocess.run([sys.executable, "-P", "-c", code], cwd=lab, check=True, timeout=120)
    assert (tmp_path / "s" / "index.html").exists()
    assert not (tmp_path / "sprung").exists()
