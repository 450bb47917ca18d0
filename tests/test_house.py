"""The house as CONTRIBUTING describes it: small files and functions, names of one's own."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOPS = ("asdbench", "methods", "leaderboards")
CODE = sorted(path for top in TOPS for path in ROOT.glob(f"{top}/**/*.py"))
MODULES = [p for p in CODE if p.name not in {"__init__.py", "__main__.py"}]
WITHOUT_OWN = {"cli"}  # tested as commands: tests/test_cli_*.py


def _nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_is_long() -> None:
    every = [*CODE, *ROOT.glob("tests/**/*.py"), *ROOT.glob("ci/**/*.py")]
    lines = {_named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in every}
    assert {name: count for name, count in lines.items() if count > 250} == {}


def test_no_function_is_long() -> None:
    found = {}
    for path in CODE:
        for node in _nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                said = len((ast.get_docstring(node, clean=False) or "").splitlines())
                assert node.end_lineno is not None
                if node.end_lineno - node.lineno + 1 - said > 45:
                    found[f"{_named(path)}: {node.name}"] = node.end_lineno - node.lineno + 1
    assert found == {}


def test_no_two_classes_have_one_name() -> None:
    places = defaultdict(list)
    for path in CODE:
        for node in _nodes(path):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(_named(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


@pytest.mark.parametrize("module", MODULES, ids=_named)
def test_a_module_has_a_test_file_of_its_own_that_imports_it(module: Path) -> None:
    top, *above, name = module.relative_to(ROOT).with_suffix("").parts
    if above and above[0] in WITHOUT_OWN:
        return
    folder = ROOT / "tests" / (Path(*above) if top == "asdbench" else Path(top, *above))
    tests = list(folder.glob(f"test_{name.strip('_')}*.py"))
    assert tests, f"no {folder.relative_to(ROOT)}/test_{name.strip('_')}.py"
    dotted = ".".join(("asdbench" if top == "asdbench" else f"asdbench_{top}", *above, name))
    assert any(_imports(path, dotted) for path in tests), f"none of {tests} imports {dotted}"


def _imports(test: Path, dotted: str) -> bool:
    name = dotted.rpartition(".")[2]
    for node in _nodes(test):
        if isinstance(node, ast.ImportFrom):
            found = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found = {alias.name for alias in node.names}
        elif isinstance(node, ast.Call):  # plugins.load(METHODS, "knn")
            named = {a.value for a in node.args if isinstance(a, ast.Constant)}
            found = {dotted} if name in named else set()
        else:
            continue
        if dotted in found:
            return True
    return False


def test_every_package_is_installed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT) for path in CODE if path.name == "__init__.py"}
    names = {".".join(folder.parts) for folder in folders}
    assert {name for name in listed if name.startswith("asdbench.")} | {"asdbench"} == {
        name for name in names if name.partition(".")[0] == "asdbench"
    }


@pytest.mark.parametrize(
    "line",
    [
        "import asdbench",
        "import asdbench.training",
        "import asdbench.evaluation",
        "import asdbench.cli",
    ],
)
def test_what_costs_nothing_loads_nothing(line: str) -> None:
    heavy = "{'torch', 'numpy', 'pandas', 'mlflow', 'optuna', 'rich.console', 'scipy'}"
    code = f"import sys; {line}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
