"""Command lines as documents have them, and whether the programs that they name take them."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from documents import ROOT

from asdbench.cli.app import app
from asdbench.config import plugins
from asdbench.config.experiment import experiments

# What isn't ours, and has no parser at hand.
PLAIN = {"cd", "cp", "curl", "export", "git", "mkdir", "optuna-dashboard", "ruff", "mypy"}
PLAIN |= {"lint-imports", "twine", "zensical"}
NEVER_LOADED = {"a", "b", "mine", "my_method"}  # names that stand for the reader's own


def lines(text: str) -> Iterator[list[str]]:
    """The words of each command, without comments, variables before it and where output goes."""
    whole = ""
    for line in text.replace("\\\n", " ").splitlines():
        whole += line + "\n"
        try:
            shlex.split(whole, comments=True)
        except ValueError:  # a quotation goes on in the next line
            continue
        for command in whole.split(" && "):
            words = shlex.split(command, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words:
                yield words[: words.index(">")] if ">" in words else words
        whole = ""


def check(words: Sequence[str]) -> None:
    """Raises what the program would, or ``AssertionError`` where nobody knows it."""
    program, arguments = Path(words[0]).name, list(words[1:])
    if program.startswith("python"):
        _check_python(arguments)
    elif program == "pip":
        _check_pip(arguments)
    elif program == "asdbench":
        _check_asdbench(typer.main.get_command(app), arguments)
    elif program == "mlflow":
        from mlflow.cli import cli

        _parsed(cli, arguments, program)
    elif program == "ray":
        from ray.scripts.scripts import cli as ray

        _parsed(ray, arguments, program)
    elif program in {"bash", "sbatch"}:
        [script] = [word for word in arguments if word.endswith(".sh")]
        assert (ROOT / script).is_file(), f"there is no {script}"
    else:
        assert program in PLAIN, f"nobody checks {program}: add it, or its parser"


def _check_asdbench(command: Any, arguments: list[str]) -> None:
    """The program's own options act as soon as they are parsed, so they are only looked up."""
    if arguments[0].startswith("--"):
        assert {*arguments} <= {name for one in command.params for name in one.opts}
    else:
        _check_names(_parsed(command, arguments, "asdbench"))


def _parsed(command: Any, arguments: list[str], name: str) -> dict[str, Any]:
    """What a command of click, or of Typer's copy of it, makes of its arguments."""
    context = command.make_context(name, arguments)
    if not hasattr(command, "resolve_command"):
        return {**context.params, "command": name}
    rest = [*context._protected_args, *context.args]
    assert rest or context.params.get("version"), f"{name} needs a command"
    return _parsed(*_resolved(command, context, rest)) if rest else {}


def _resolved(command: Any, context: Any, rest: list[str]) -> tuple[Any, list[str], str]:
    name, found, arguments = command.resolve_command(context, rest)
    return found, arguments, name


def _check_names(given: dict[str, Any]) -> None:
    """Experiments and methods that a command of asdbench names are there."""
    experiment = given.get("experiment")
    assert not experiment or experiment.endswith(".toml") or experiment in experiments()
    named = (given.get("methods") or given.get("method") or "").split(",")
    ours = {name for name in named if name.isidentifier() and name != "all"}
    assert ours <= {*plugins.available(plugins.METHODS), *NEVER_LOADED}, named


def _check_python(arguments: list[str]) -> None:
    """A script of this repository with its options, or a module that is installed."""
    if arguments[0] == "-m":
        assert arguments[1] in ("venv", "pytest", "build"), arguments
    elif arguments[0] == "-c":
        compile(arguments[1], "-c", "exec")
    else:
        source = (ROOT / arguments[0]).read_text(encoding="utf-8")
        for option in (one for one in arguments if one.startswith("--")):
            assert f'"{option}"' in source, f"{arguments[0]} has no {option}"


def _check_pip(arguments: list[str]) -> None:
    """Extras of ours are those that pyproject.toml has."""
    assert arguments[0] == "install"
    ours = [one for one in arguments if one.startswith(("asdbench[", ".["))]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known = project["optional-dependencies"]
    for one in ours:
        assert {*one.partition("[")[2].rstrip("]").split(",")} <= {*known}, one
