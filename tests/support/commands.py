"""The command line as its users meet it: a command, its exit code, and what it says."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

import pytest

from asdbench import cli


def asdbench(*words: object, at: Path | None = None) -> int:
    """Runs a command in this process, in a folder; its exit code."""
    with (
        contextlib.chdir(at or Path.cwd()),
        mock.patch.object(sys, "argv", ["asdbench", *map(str, words)]),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    return int(ended.value.code or 0)


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error, which is one line."""
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    return said


def scores(out: Path) -> dict[str, bytes]:
    """Every cell's scores, by its name."""
    return {path.parent.name: path.read_bytes() for path in out.glob("cells/*/scores.csv")}


@contextlib.contextmanager
def started(
    *words: object, at: Path, env: Mapping[str, str] = os.environ, module: str = "unmirrored"
) -> Iterator[subprocess.Popen[str]]:
    """The command as a process of its own, which doesn't outlive the test; without MLflow."""
    path = os.pathsep.join([str(Path(__file__).parent), env.get("PYTHONPATH", "")])
    with subprocess.Popen(
        [sys.executable, "-m", module, *map(str, words)],
        cwd=at,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**env, "PYTHONPATH": path.rstrip(os.pathsep)},
        start_new_session=True,
        # Whatever started the tests may ignore Ctrl-C, as a shell's background jobs do.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as run:
        try:
            yield run
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
