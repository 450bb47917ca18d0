"""Plugins: one door for everybody; a broken one says which it is, and why."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from plugin_files import LOUDNESS, Install, python, written

from asdbench.config import imports, plugins
from asdbench.config.plugins import METHODS, BrokenPluginError


def test_the_projects_own_come_through_the_same_door() -> None:
    assert {"autoencoder", "knn"} <= set(plugins.available(METHODS))
    assert {"synthetic", "folder", "dcase2020", "dcase2026"} <= set(
        plugins.available(plugins.DATASETS)
    )
    assert {"md", "csv", "json"} <= set(plugins.available(plugins.LEADERBOARDS))
    names = list(plugins.available(METHODS))
    assert names == sorted(names)
    assert not any(name.startswith("_") for name in names)


def test_a_module_with_an_entry_point_is_named_by_it(installed: Install) -> None:
    installed("named", LOUDNESS)
    plugin = plugins.find(METHODS, "named")
    assert plugin.summary == "Louder is more anomalous."
    assert plugin.load().__name__ == "Loudness"


def test_a_module_is_looked_for_on_the_machine_that_loads_it(
    installed: Install, tmp_path: Path
) -> None:
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


def test_a_folder_beside_a_module_of_its_name_does_not_hide_it(
    installed: Install, tmp_path: Path
) -> None:
    package = tmp_path / f"several_of_{tmp_path.name}"
    written(package / "__init__.py", "")
    written(package / "named.py", LOUDNESS)
    (package / "named").mkdir()
    installed("several", "", entry=f"several = {package.name}")
    assert plugins.find(METHODS, "named").summary == "Louder is more anomalous."


def test_an_entry_point_may_name_the_class(installed: Install) -> None:
    two = LOUDNESS + LOUDNESS.replace("Loudness", "Second").replace("Louder", "Quieter")
    installed("chosen", two, entry="chosen = {module}:Second")
    assert plugins.find(METHODS, "chosen").summary == "Quieter is more anomalous."
    assert plugins.load(METHODS, "chosen").__name__ == "Second"


def test_a_package_without_an_init_file_is_seen_to_change(
    installed: Install, tmp_path: Path
) -> None:
    package = tmp_path / f"initless_{tmp_path.name}"
    file = written(package / "deeper" / "mine.py", LOUDNESS)
    installed("bare", "", entry=f"bare = {package.name}.deeper.mine")
    plugin = plugins.find(METHODS, "bare")
    assert plugin.summary == "Louder is more anomalous."
    before = plugin.source
    file.write_text(file.read_text() + "# other code\n")
    assert plugin.source != before


def test_of_two_with_one_name_the_projects_own_stays(installed: Install) -> None:
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
    with pytest.raises(ValueError, match=r"no dataset 'foldr'; did you mean folder\?"):
        plugins.load(plugins.DATASETS, "foldr")
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
def test_a_broken_plugin_says_which_and_why(installed: Install, source: str, cause: str) -> None:
    installed("broken", source)
    assert isinstance(plugins.available(METHODS)["broken"].summary, str)  # it can be listed
    with pytest.raises(BrokenPluginError) as caught:
        plugins.load(METHODS, "broken")
    said = str(caught.value)
    assert "plugin 'broken' can't be loaded" in said
    assert cause in said


@pytest.mark.parametrize(
    "source", ["x = 1\ndef f(:\n", "x = 1\nimport nothing_such\n", "x = 1\n1 / 0"]
)
def test_a_file_that_cant_be_loaded_is_named_with_its_line(tmp_path: Path, source: str) -> None:
    file = written(tmp_path / "mine.py", source)
    with pytest.raises(BrokenPluginError) as caught:
        plugins.load(METHODS, str(file))
    assert str(caught.value).endswith(f"({file}, line 2)")


@pytest.mark.parametrize(
    "hang",
    ["time.sleep(0.5)", "end = time.monotonic() + 0.5\nwhile time.monotonic() < end: pass"],
)
def test_a_file_whose_import_takes_long_is_named_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, hang: str
) -> None:
    monkeypatch.setattr(imports, "SLOW", 0.1)
    file = written(tmp_path / "slow.py", LOUDNESS)
    file.write_text(f"import time\n{hang}\n{file.read_text()}")
    plugins.find(METHODS, str(file)).load()
    assert f"still importing {file} after 0 s; if it hangs, stop with Ctrl-C" in caplog.text
    caplog.clear()
    plugins.find(METHODS, str(file)).load()
    assert not caplog.text


def test_a_file_that_failed_to_import_can_be_mended(tmp_path: Path) -> None:
    file = written(tmp_path / "mine.py", "raise RuntimeError")
    with pytest.raises(BrokenPluginError):
        plugins.load(METHODS, str(file))
    written(file, LOUDNESS)
    assert plugins.load(METHODS, str(file)).__name__ == "Loudness"


def test_an_entry_point_to_nowhere_is_listed_and_broken(installed: Install) -> None:
    installed("lost", "", entry="lost = a_module_that_nobody_has")
    assert "not found" in plugins.available(METHODS)["lost"].summary
    with pytest.raises(BrokenPluginError, match="a_module_that_nobody_has"):
        plugins.load(METHODS, "lost")


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
