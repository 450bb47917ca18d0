"""The site as files: the same bytes each time, whatever is broken is named, no file left over."""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from plugin_files import installed_in

from asdbench.config import files as writing
from asdbench.config.plugins import LEADERBOARDS
from asdbench.site.write import MANIFEST, write_site

Copied = Callable[..., Path]


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_the_same_results_make_the_same_bytes_in_whatever_order(
    field: list[Path], site: Path, tmp_path: Path
) -> None:
    done = write_site(field[::-1], to=tmp_path / "again")
    assert files(done.folder) == files(site)
    assert (done.test_sets, done.methods, done.rows) == (1, 4, 5)
    assert {"index.html", "methods/knn.html", "methods/theirs.html", MANIFEST} < {*files(site)}


def test_no_page_of_its_own_has_a_script_or_loads_anything(site: Path) -> None:
    for name, content in files(site).items():
        text = content.decode()
        if not name.endswith(".html") or "board.html" in name or "all-versions" in name:
            continue
        assert "<script" not in text, name
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
        assert policy is not None
        assert policy[1].startswith("default-src 'none'; style-src 'sha256-"), name
        assert not re.search(r"\ssrc=", text), name
        assert re.findall(r'<link rel="(\w+)" href="(\w+):', text) == [("icon", "data")], name
        assert not re.search(r'href="(/|file:|http:)', text), name
        assert "<b>neighbours" not in text


def test_what_is_broken_is_named_and_the_rest_is_there(
    field: list[Path], copied: Copied, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    torn = copied("autumn", to="torn")
    next(torn.glob("cells/*/scores.csv")).write_text("machine,id\nfan,00\n")
    mixed = copied("autumn", to="mixed")
    marks = json.loads((mixed / "test-sets.json").read_text())
    marks["development"]["hash"] = "0123456789abcdef01234567"
    (mixed / "test-sets.json").write_text(json.dumps(marks))
    broken = [tmp_path / "empty", torn, mixed, tmp_path / "nowhere"]
    done = write_site([*field, *broken], to=tmp_path / "site")
    assert done.rows == 5
    assert [fault.split(": ")[0] for fault in done.faults] == [str(path) for path in broken]
    assert "row knn: cells/" in done.faults[1]
    assert "scores of other development clips than test-sets.json says" in done.faults[2]
    with pytest.raises(ValueError, match="no row can be shown"):
        write_site(broken, to=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_what_a_site_had_before_goes_and_what_is_none_stays(
    field: list[Path], site: Path, tmp_path: Path
) -> None:
    mine = Path(shutil.copytree(site, tmp_path / "mine"))
    (mine / "CNAME").write_text("asd.example.org")
    write_site(field[:1], to=mine)
    assert not (mine / "methods" / "theirs.html").exists()
    assert (mine / "CNAME").exists()
    with pytest.raises(ValueError, match="isn't empty and is no site"):
        write_site(field, to=field[0])
    manifest = mine / MANIFEST
    manifest.write_text(json.dumps({"files": ["../precious", "/precious", str(tmp_path / "p")]}))
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "p").write_text("mine")
    write_site(field[:1], to=mine)
    assert (tmp_path / "precious").exists()
    assert (tmp_path / "p").exists()


def test_what_a_full_disk_or_a_kill_left_of_a_site_is_one(
    field: list[Path], site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half, real = tmp_path / "half", writing.write

    def full(path: Path, content: str) -> Path:
        if path.name == "index.html":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_name(f".{path.name}.part").write_text("half")
            raise OSError(errno.ENOSPC, "No space left")
        return real(path, content)

    half.mkdir()
    (half / f".{MANIFEST}.part").write_text("half")  # of one that was killed at once
    with monkeypatch.context() as patched:
        patched.setattr(writing, "write", full)
        with pytest.raises(ValueError, match="is full"):
            write_site(field, to=half)
    assert not (half / "index.html").exists()
    write_site(field, to=half)
    assert files(half) == files(site)


def test_a_broken_format_costs_itself_alone(
    field: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor, entry = "def render(board):\n    return 1 / 0\n", "poor = {module}:render"
    installed_in(tmp_path / "plugins", "poor", poor, entry=entry, group=LEADERBOARDS)
    monkeypatch.syspath_prepend(str(tmp_path / "plugins"))
    done = write_site(field[:1], to=tmp_path / "site")
    assert [fault.partition(": ")[2] for fault in done.faults] == [
        "no poor board: ZeroDivisionError: division by zero"
    ]
    assert list((tmp_path / "site").glob("data/*/board.html"))
