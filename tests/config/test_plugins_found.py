"""Plugins that a process of its own finds: listing opens none of the rooms behind the door."""

from __future__ import annotations

import csv
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from plugin_files import LOUDNESS, python, written

import asdbench

SUPPORT = Path(__file__).parents[1] / "support"
METHODS_FOLDER = Path(asdbench.__file__).parents[1] / "methods"


def asdbench_command(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess:
    return python("from asdbench.cli import main; main()", *arguments, path=path)


def test_listing_imports_no_plugin_and_nothing_heavy() -> None:
    done = python(
        """
        import sys
        from asdbench.config import plugins
        for group in (plugins.METHODS, plugins.DATASETS, plugins.LEADERBOARDS):
            for plugin in plugins.available(group).values():
                assert plugin.summary, plugin
        sys.argv = ["asdbench", "list"]
        from asdbench.cli import main
        try:
            main()
        except SystemExit as stop:
            assert not stop.code
        for name in ("torch", "torchaudio", "mlflow", "sklearn", "scipy", "optuna"):
            assert name not in sys.modules, name
        for name in ("asdbench_methods", "asdbench_leaderboards"):
            assert name not in sys.modules, name
        for name in ("synthetic", "dcase"):
            assert f"asdbench.data.{name}.dataset" not in sys.modules, name
        """
    )
    assert done.returncode == 0, done.stderr
    assert "autoencoder" in done.stdout


def test_a_file_dropped_into_methods_shows_up_without_reinstalling() -> None:
    spec = importlib.util.find_spec("asdbench_methods")
    assert spec is not None
    if Path(str(spec.origin)).parent != METHODS_FOLDER:
        pytest.skip("asdbench is not installed editable")
    file = METHODS_FOLDER / f"dropped_by_a_test_{os.getpid()}.py"
    shared = METHODS_FOLDER / f"_shared_by_a_test_{os.getpid()}.py"
    try:
        written(file, LOUDNESS)
        written(shared, LOUDNESS)
        listed = asdbench_command("list")
        loaded = python(
            "import sys; from asdbench.config import plugins; "
            "print(plugins.load(plugins.METHODS, sys.argv[1])().sign)",
            file.stem,
        )
    finally:
        file.unlink()
        shared.unlink()
    assert re.search(rf"^  {file.stem} +Louder is more anomalous\.$", listed.stdout, re.MULTILINE)
    assert shared.stem not in listed.stdout
    assert loaded.stdout == "1.0\n", loaded.stderr
    assert file.stem not in asdbench_command("list").stdout


WITHOUT_MLFLOW = f"""
    import runpy, sys
    sys.path.append({str(SUPPORT)!r})
    runpy.run_module("unmirrored", run_name="__main__")
"""
EXPERIMENT = """
    # Small.
    repeats = 1
    [dataset]
    name = "synthetic"
    machines = ["fan"]
    subsets = ["development"]
    seconds = 1.0
    train = 1
    test_normal = 2
    test_anomalous = 2
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder into which a stranger's package with a method "theirs" was installed."""
    if importlib.util.find_spec("setuptools") is None or importlib.util.find_spec("pip") is None:
        pytest.skip("needs pip and setuptools to install a package without the network")
    source, site = tmp_path / "package", tmp_path / "site"
    written(source / "strangers_loudness.py", LOUDNESS)
    written(
        source / "pyproject.toml",
        """
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "strangers-loudness"
        version = "1.0"
        [project.entry-points."asdbench.methods"]
        theirs = "strangers_loudness"
        [tool.setuptools]
        py-modules = ["strangers_loudness"]
        """,
    )
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--disable-pip-version-check", "--no-compile", "--no-build-isolation"]
    command += ["--target", str(site), str(source)]
    pip = subprocess.run(command, capture_output=True, text=True, check=False)
    assert pip.returncode == 0, pip.stderr
    return site


def test_a_strangers_package_and_a_file_of_ones_own_are_found_and_run(
    tmp_path: Path, site: Path
) -> None:
    listed = asdbench_command("list", path=site)
    assert re.search(r"^  theirs +Louder is more anomalous\.$", listed.stdout, re.MULTILINE)
    assert "theirs" not in asdbench_command("list").stdout

    mine = written(tmp_path / "mine.py", LOUDNESS.replace("sign: float = 1.0", "sign: float = -1"))
    experiment = written(tmp_path / "small.toml", EXPERIMENT)
    out = tmp_path / "out"
    asked = ("run", str(experiment), "--methods", f"theirs,{mine}", "--out", str(out))
    run = python(WITHOUT_MLFLOW, *asked, "--jobs", "1", path=site)
    assert run.returncode == 0, run.stderr
    with open(out / "leaderboard.csv", newline="") as file:
        auc = {
            line["label"]: float(line["auc_mean"])
            for line in csv.DictReader(file)
            if line["machine"] == "all"
        }
    assert set(auc) == {"theirs", "mine"}
    assert auc["theirs"] == pytest.approx(1 - auc["mine"])  # the same scores, turned round
