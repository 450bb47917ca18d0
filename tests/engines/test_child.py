"""A process of asdbench's own: it knows nothing of the caller, and ends when the caller does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from processes import alive, wait_for

from asdbench.engines import child
from asdbench.engines.child import Child


@pytest.fixture
def parrot() -> Iterator[Child]:
    with closing(Child("parrot", {})) as started:
        yield started


def asked(started: Child, question: str) -> Any:
    started.connection.send(question)
    return started.connection.recv()


def test_a_script_without_a_guard_starts_one_and_runs_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
            from asdbench.engines.child import Child
            print("once")
            parrot = Child("parrot", {})
            parrot.connection.send("sys.modules['__main__'].__dict__.get('__file__')")
            print(parrot.connection.recv())
            parrot.close()
        """)
    )
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "support")}
    done = subprocess.run([sys.executable, script], env=env, capture_output=True, text=True)
    assert done.stdout.split() == ["once", "None"], done.stderr


def test_variables_are_its_own_and_laid_over_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_CALLER", "a")
    with closing(Child("parrot", {"OF_THE_CHILD": "b"})) as started:
        found = asked(started, "[os.environ.get('OF_THE_CALLER'), os.environ['OF_THE_CHILD']]")
    assert found == ["a", "b"]
    assert "OF_THE_CHILD" not in os.environ


def test_it_looks_for_modules_where_the_caller_does_and_not_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("parrot.py", "json.py"):
        (tmp_path / name).write_text("raise RuntimeError('of the working folder')")
    monkeypatch.chdir(tmp_path)
    with closing(Child("parrot", {})) as started:
        assert asked(started, "sys.path") == sys.path
    monkeypatch.setattr(sys, "path", [*sys.path, Path("odd"), ""])  # as of an interactive caller
    with closing(Child("parrot", {})) as started:
        monkeypatch.chdir("/")
        assert asked(started, "sys.path")[-1] == str(tmp_path)


def test_ctrl_c_in_the_terminal_does_not_reach_it(parrot: Child) -> None:
    assert asked(parrot, "os.getsid(0)") == parrot.process.pid != os.getsid(0)


def test_it_reads_nothing_and_what_it_prints_is_known_once_it_is_closed(
    parrot: Child, capfd: pytest.CaptureFixture[str]
) -> None:
    assert asked(parrot, "sys.stdin.read()") == ""
    asked(parrot, "print('x' * 9000, 'on the one')")
    asked(parrot, "sys.stderr.write(' and the other')")
    parrot.close()
    assert len(parrot.said) == 4000
    assert parrot.said.endswith(b"x on the one\n and the other")
    assert capfd.readouterr() == ("", "")
    assert parrot.process.returncode == 0
    parrot.close()  # again: nothing is left to do


def test_one_that_is_stuck_is_killed(parrot: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(parrot, "1")
    monkeypatch.setattr(child, "PATIENCE", 0.2)
    parrot.connection.send("time.sleep(100)")
    parrot.close()
    assert parrot.process.returncode == -signal.SIGKILL


def test_one_that_nobody_waits_for_is_killed_at_once(parrot: Child) -> None:
    asked(parrot, "1")
    parrot.connection.send("time.sleep(100)")
    parrot.close(wait=False)
    assert parrot.process.returncode == -signal.SIGKILL


def test_it_ends_when_its_caller_is_killed() -> None:
    code = """
        import time
        from asdbench.engines.child import Child
        parrot = Child("parrot", {})
        parrot.connection.send("os.getpid()")
        print(parrot.connection.recv(), flush=True)
        time.sleep(100)
    """
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "support")}
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as caller:
        assert caller.stdout is not None
        pid = int(caller.stdout.readline())
        assert alive(pid)
        caller.kill()
    wait_for(lambda: not alive(pid), 10)


@pytest.mark.parametrize(("told", "code"), [("leave", 0), ("raise", 1)])
def test_it_ends_with_what_was_registered_and_takes_nothing_apart(
    told: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(Child("leaver", {})) as started:
        started.connection.send(told)
        started.process.wait(10)
    assert [path.name for path in tmp_path.iterdir()] == ["at-exit"]
    assert started.process.returncode == code
    assert (b"as it was told" in started.said) == bool(code)
