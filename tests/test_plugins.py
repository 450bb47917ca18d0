"""Plugins: one door for everybody, and listing opens none of the rooms behind it."""

from __future__ import annotations

import csv
import importlib.util
import os
import pickle
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

import asdbench
from asdbench import plugins
from asdbench.choice import Choice, choose
from asdbench.experiment import Experiment
from asdbench.plugins import METHODS, BrokenPluginError

METHODS_FOLDER = Path(asdbench.__file__).parents[1] / "methods"
LOUDNESS = '''
    """A module."""
    from dataclasses import dataclass
    from typing import ClassVar
    from asdbench import Clips, Context, Scope

    @dataclass
    class Loudness:
        """Louder is more anomalous."""

        scope: ClassVar[Scope] = "machine"
        sign: float = 1.0

        def fit(self, train: Clips, context: Context) -> None:
            pass

        def score(self, test: Clips):
            return self.sign * test.waves().square().mean(dim=1).numpy()
'''


def python(code: str, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess:
    places = [str(path or ""), os.environ.get("PYTHONPATH", "")]
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, places)),
        "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",  # nobody is there, which is soon found out
    }
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )


def asdbench_command(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess:
    return python("from asdbench.cli import main; main()", *arguments, path=path)


def written(path: Path, source: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(source))
    return path


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a module with an entry point where Python finds both, as an installer would."""

    def install(name: str, source: str, *, entry: str | None = None, group: str = METHODS) -> None:
        module = f"{name}_of_{tmp_path.name}".replace("-", "_").replace("[", "_").replace("]", "_")
        written(tmp_path / f"{module}.py", source)
        info = tmp_path / f"{name}-1.0.dist-info"
        written(info / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        line = (entry or f"{name} = {{module}}").format(module=module)
        written(info / "entry_points.txt", f"[{group}]\n{line}\n")

    monkeypatch.syspath_prepend(tmp_path)
    return install


def test_the_projects_own_come_through_the_same_door() -> None:
    assert {"autoencoder", "knn"} <= set(plugins.available(METHODS))
    assert {"synthetic", "dcase2020"} <= set(plugins.available(plugins.DATASETS))
    assert {"md", "csv", "json"} <= set(plugins.available(plugins.LEADERBOARDS))
    names = list(plugins.available(METHODS))
    assert names == sorted(names)
    assert not any(name.startswith("_") for name in names)


def test_listing_imports_no_plugin_and_nothing_heavy() -> None:
    done = python(
        """
        import sys
        from asdbench import plugins
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
        for name in ("synthetic", "dcase2020"):
            assert f"asdbench.datasets.{name}" not in sys.modules, name
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
            "import sys; from asdbench import plugins; "
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


def test_a_strangers_package_and_a_file_of_ones_own_are_found_and_run(tmp_path: Path) -> None:
    if importlib.util.find_spec("setuptools") is None or importlib.util.find_spec("pip") is None:
        pytest.skip("needs pip and setuptools to install a package without the network")
    source = tmp_path / "package"
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
    site = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--target", str(site), str(source)]
    pip = subprocess.run(command, capture_output=True, text=True, check=False)
    assert pip.returncode == 0, pip.stderr

    listed = asdbench_command("list", path=site)
    assert re.search(r"^  theirs +Louder is more anomalous\.$", listed.stdout, re.MULTILINE)
    assert "theirs" not in asdbench_command("list").stdout

    mine = written(tmp_path / "mine.py", LOUDNESS.replace("sign: float = 1.0", "sign: float = -1"))
    experiment = written(tmp_path / "small.toml", EXPERIMENT)
    out = tmp_path / "out"
    run = asdbench_command(
        *("run", str(experiment), "--methods", f"theirs,{mine}", "--out", str(out), "--jobs", "1"),
        path=site,
    )
    assert run.returncode == 0, run.stderr
    with open(out / "leaderboard.csv", newline="") as file:
        auc = {
            line["label"]: float(line["auc_mean"])
            for line in csv.DictReader(file)
            if line["machine"] == "all"
        }
    assert set(auc) == {"theirs", "mine"}
    assert auc["theirs"] == pytest.approx(1 - auc["mine"])  # the same scores, turned round


def test_a_module_with_an_entry_point_is_named_by_it(installed) -> None:
    installed("named", LOUDNESS)
    plugin = plugins.find(METHODS, "named")
    assert plugin.summary == "Louder is more anomalous."
    assert plugin.load().__name__ == "Loudness"


def test_a_module_is_looked_for_on_the_machine_that_loads_it(installed, tmp_path: Path) -> None:
    installed("named", LOUDNESS)
    plugin = plugins.find(METHODS, "named")
    source = plugin.source
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    plugin.file.rename(elsewhere / plugin.file.name)
    code = """
        import pickle, sys
        plugin = pickle.loads(bytes.fromhex(sys.argv[1]))
        print(plugin.source, plugin.load().__name__)
    """
    loaded = python(code, pickle.dumps(plugin).hex(), path=elsewhere)
    assert loaded.stdout.split() == [source, "Loudness"], loaded.stderr


def test_a_folder_beside_a_module_of_its_name_does_not_hide_it(installed, tmp_path: Path) -> None:
    package = tmp_path / f"several_of_{tmp_path.name}"
    written(package / "__init__.py", "")
    written(package / "named.py", LOUDNESS)
    (package / "named").mkdir()
    installed("several", "", entry=f"several = {package.name}")
    assert plugins.find(METHODS, "named").summary == "Louder is more anomalous."


def test_an_entry_point_may_name_the_class(installed) -> None:
    two = LOUDNESS + LOUDNESS.replace("Loudness", "Second").replace("Louder", "Quieter")
    installed("chosen", two, entry="chosen = {module}:Second")
    assert plugins.find(METHODS, "chosen").summary == "Quieter is more anomalous."
    assert plugins.load(METHODS, "chosen").__name__ == "Second"


def test_two_methods_of_one_module_keep_their_own_fields(installed) -> None:
    two = LOUDNESS + LOUDNESS.replace("Loudness", "Second").replace("1.0", "-1.0")
    installed("pair", two, entry="first = {module}:Loudness\nsecond = {module}:Second")
    rows = chosen("first", "second").rows
    assert [row.fields["sign"] for row in rows] == [1.0, -1.0]


def test_a_package_without_an_init_file_is_seen_to_change(installed, tmp_path: Path) -> None:
    package = tmp_path / f"initless_{tmp_path.name}"
    file = written(package / "deeper" / "mine.py", LOUDNESS)
    installed("bare", "", entry=f"bare = {package.name}.deeper.mine")
    plugin = plugins.find(METHODS, "bare")
    assert plugin.summary == "Louder is more anomalous."
    before = plugin.source
    file.write_text(file.read_text() + "# other code\n")
    assert plugin.source != before


def test_of_two_with_one_name_the_projects_own_stays(installed) -> None:
    installed("zzz", LOUDNESS, entry="knn = {module}")
    assert plugins.load(METHODS, "knn").__name__ == "KNN"


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    plugin = plugins.find(METHODS, str(written(tmp_path / "mine.py", LOUDNESS)))
    assert (plugin.name, plugin.summary) == ("mine", "Louder is more anomalous.")
    assert plugin.load() is plugin.load()
    with pytest.raises(ValueError, match=r"no file \./nowhere\.py"):
        plugins.find(METHODS, "./nowhere.py")


def test_two_files_of_one_name_are_two_methods(tmp_path: Path) -> None:
    one = plugins.find(METHODS, str(written(tmp_path / "a" / "mine.py", LOUDNESS)))
    other = plugins.find(
        METHODS, str(written(tmp_path / "b" / "mine.py", LOUDNESS.replace("1.0", "2.0")))
    )
    assert (one.load()().sign, other.load()().sign) == (1.0, 2.0)


def test_unknown_names_get_a_suggestion() -> None:
    with pytest.raises(ValueError, match=r"no method 'autoencodr'; did you mean autoencoder\?"):
        plugins.find(METHODS, "autoencodr")
    with pytest.raises(ValueError, match=r"no dataset 'dcase'; did you mean dcase2020\?"):
        plugins.load(plugins.DATASETS, "dcase")
    with pytest.raises(ValueError, match=r"no leaderboard 'xyz'; there are csv"):
        plugins.load(plugins.LEADERBOARDS, "xyz")


BROKEN = {
    "raises": ("raise RuntimeError('no such device')", "RuntimeError: no such device"),
    "exits": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "import": ("import a_module_that_nobody_has", "No module named 'a_module_that_nobody_has'"),
    "syntax": ("def (", "SyntaxError"),
    "nothing": ("x = 1", "defines one public dataclass with fit and score; here: none"),
    "plain class": (LOUDNESS.replace("@dataclass", ""), "here: none"),
    "no score": (LOUDNESS.replace("def score", "def scores"), "here: none"),
    "private": (LOUDNESS.replace("class Loudness", "class _Loudness"), "here: none"),
    "imported": ("from asdbench_methods.knn import KNN", "here: none"),
    "two": (LOUDNESS + LOUDNESS.replace("Loudness", "Second"), "here: Loudness, Second"),
}


@pytest.mark.parametrize(("source", "cause"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_says_which_and_why(installed, source: str, cause: str) -> None:
    installed("broken", source)
    assert isinstance(plugins.available(METHODS)["broken"].summary, str)  # it can be listed
    with pytest.raises(BrokenPluginError) as caught:
        plugins.load(METHODS, "broken")
    said = str(caught.value)
    assert "plugin 'broken' can't be loaded" in said
    assert cause in said


def test_a_file_that_failed_to_import_can_be_mended(tmp_path: Path) -> None:
    file = written(tmp_path / "mine.py", "raise RuntimeError")
    with pytest.raises(BrokenPluginError):
        plugins.load(METHODS, str(file))
    written(file, LOUDNESS)
    assert plugins.load(METHODS, str(file)).__name__ == "Loudness"


def test_an_entry_point_to_nowhere_is_listed_and_broken(installed) -> None:
    installed("lost", "", entry="lost = a_module_that_nobody_has")
    assert "not found" in plugins.available(METHODS)["lost"].summary
    with pytest.raises(BrokenPluginError, match="a_module_that_nobody_has"):
        plugins.load(METHODS, "lost")


def chosen(*methods: str) -> Choice:
    return choose(Experiment(), methods)


def test_all_passes_over_a_broken_plugin_and_its_name_does_not(installed) -> None:
    installed("broken", "raise RuntimeError('no such device')")
    made = chosen("all")
    assert "broken" not in [row.label for row in made.rows]
    assert {"knn", "autoencoder"} <= {row.label for row in made.rows}
    [said] = made.broken
    assert "'broken'" in said
    assert "no such device" in said
    for asked in (["broken"], ["all", "broken"], ["knn", "broken"]):
        with pytest.raises(BrokenPluginError, match="no such device"):
            chosen(*asked)
    assert chosen("knn").broken == ()


@pytest.mark.parametrize("scope", ["", 'scope: ClassVar[str] = "clip"'])
def test_a_method_without_a_right_scope_is_told_so(installed, scope: str) -> None:
    installed("odd", LOUDNESS.replace('scope: ClassVar[Scope] = "machine"', scope))
    with pytest.raises(ValueError, match=r"odd.* scope.*'machine' or 'dataset'"):
        chosen("odd")


def test_the_source_hash_covers_the_file_and_what_is_shared_beside_it(tmp_path: Path) -> None:
    file = written(tmp_path / "mine.py", LOUDNESS)
    shared = written(tmp_path / "_shared.py", "x = 1")
    written(tmp_path / "another.py", "x = 1")
    plugin = plugins.find(METHODS, str(file))
    before = plugin.source
    written(tmp_path / "another.py", "x = 2")
    assert plugin.source == before
    written(shared, "x = 2")
    after = plugin.source
    assert after != before
    file.write_text(file.read_text() + "\n# more\n")
    assert plugin.source not in {before, after}


def test_a_method_is_not_imported_again_to_plan_what_was_planned_before(tmp_path: Path) -> None:
    file = written(tmp_path / "slow.py", LOUDNESS)
    file.write_text(file.read_text() + "\nimport colorsys\n")
    code = (
        "import sys\nfrom asdbench.choice import choose\n"
        "from asdbench.experiment import Experiment\n"
        "choice = choose(Experiment(), [sys.argv[1]])\n"
        "print(choice.rows, 'colorsys' in sys.modules)\n"
    )

    def planned() -> list[str]:
        command = [sys.executable, "-c", code, str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.rsplit(maxsplit=1)

    rows, imported = planned()
    assert imported == "True"
    assert planned() == [rows, "False"]
    file.write_text(file.read_text() + "# other code\n")
    assert planned() == [rows, "True"]
