"""What PyPI would get: built from the sources, whole, and run where the checkout isn't."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from documents import PAGES, ROOT

SOURCES = ("asdbench", "methods", "leaderboards")
FILES = ("pyproject.toml", "setup.py", "README.md", "LICENSE")


def _run(*words: object, at: Path) -> str:
    done = subprocess.run([*map(str, words)], cwd=at, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel, which is built from the sdist."""
    folder = tmp_path_factory.mktemp("built")
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", ".", at=folder)
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    [path] = built.glob("*.whl")
    return path


def test_the_wheel_has_every_file_of_the_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for name in SOURCES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert found == {re.sub("^(methods|leaderboards)/", r"asdbench_\1/", one) for one in wanted}


def test_its_page_on_pypi_renders_and_leads_back(built: Path, wheel: Path) -> None:
    _run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir(), at=built)
    with zipfile.ZipFile(wheel) as archive:
        [name] = [one for one in archive.namelist() if one.endswith(".dist-info/METADATA")]
        page = str(message_from_bytes(archive.read(name)).get_payload())
    leading = re.findall(r'\]\(([^)]+)\)|(?:src|srcset)="([^"]+)"', page)
    assert len(leading) > 20
    assert all("".join(one).startswith("https://") for one in leading)


def test_the_repository_has_one_address() -> None:
    address = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]
    cloned = [one for page in PAGES for one in re.findall(r"git clone (\S+)", page.read_text())]
    assert {*cloned} == {address}


def test_it_runs_where_the_checkout_is_not(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    _run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "-q",
        "--no-deps",
        wheel,
        at=tmp_path,
    )
    [site] = tmp_path.glob("env/lib/python*/site-packages")
    others = [path for path in sys.path if Path(path).name == "site-packages"]
    (site / "others.pth").write_text("\n".join(others))  # all that it needs, but for asdbench
    where = _run(python, "-c", "import asdbench; print(asdbench.__file__)", at=tmp_path)
    assert Path(where.strip()).is_relative_to(site)
    asdbench = tmp_path / "env" / "bin" / "asdbench"
    listed = _run(asdbench, "list", at=tmp_path)
    assert all(name in listed for name in ("knn", "dcase2020", "html", "smoke"))
    _run(asdbench, "run", "smoke", "--methods", "knn,autoencoder", "--repeats", 1, at=tmp_path)
    made = {path.suffix for path in (tmp_path / "runs" / "smoke").glob("leaderboard.*")}
    assert made == {".csv", ".html", ".json", ".md", ".tex"}
