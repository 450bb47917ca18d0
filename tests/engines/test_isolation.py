"""A worker that is shut in; ``tests/test_canaries.py`` has a whole run of them."""

from __future__ import annotations

import io
import os
import pickle
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from small_jobs import do, jobs, light, shut

from asdbench.engines import isolation
from asdbench.engines.child import Child
from asdbench.engines.isolation import _rights, check, read
from asdbench.engines.server import LAST
from asdbench.results.records import Outcome

needs_landlock = pytest.mark.skipif(not isolation.version(), reason="this kernel has no Landlock")


@pytest.fixture(scope="module")
def server() -> Iterator[Child]:
    with closing(light("", {})) as started:
        yield started


def last(server: Child, folder: Path, what: Any) -> tuple[str, Any]:
    [job] = jobs(folder, what)
    server.connection.send(([job._replace(first=shut)], do, 1))
    found = []
    while (message := server.connection.recv()) is not LAST:
        found.append((message.kind, message.content))
    return found[-1]


@needs_landlock
@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("open('{secret}').read()", "PermissionError"),
        ("os.listdir('{tmp}')", "PermissionError"),
        ("open('/proc/1/environ')", "PermissionError"),
        ("open('{tmp}/new', 'w')", "PermissionError"),
        ("os.unlink('{secret}')", "PermissionError"),
        ("os.rename('{secret}', '{own}/mine')", "PermissionError"),
        ("os.mknod('{own}/disk', 0o60600, os.makedev(254, 0))", "PermissionError"),
        ("os.mknod('{own}/memory', 0o20600, os.makedev(1, 1))", "PermissionError"),
        ("open('{given}').read()", "told"),
        ("open('{own}/new', 'w').write('abc')", 3),
        ("os.environ['TMPDIR']", "{own}"),
        ("len(open('/dev/null').read())", 0),
        ("len(__import__('wave').__name__)", 4),
        ("__import__('asdbench.data.clips').__name__", "asdbench"),
    ],
)
def test_what_a_shut_in_worker_can_reach(
    server: Child, tmp_path: Path, what: str, expected: object
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "given").write_text("told")
    places = {name: str(tmp_path / name) for name in ("own", "secret", "given")}
    said = what.format(tmp=tmp_path, **places)
    found = last(server, tmp_path, ("tried", said, places["own"], places["given"]))
    assert found == (
        "done",
        str(expected).format(**places) if what.startswith("os.env") else expected,
    )
    assert (tmp_path / "secret").read_text() == "secret"


@needs_landlock
def test_a_shut_in_worker_can_only_say_plain_values(server: Child, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    what = ("tried", "__import__('pathlib').Path('/')", str(tmp_path / "own"))
    kind, (reason, _) = last(server, tmp_path, what)
    assert (kind, reason[:17]) == ("died", "its process ended")


class Harm:
    """Does something when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.place),)


def test_nothing_that_is_read_can_do_something(tmp_path: Path) -> None:
    outcome = Outcome([0.5], [], b"weights", 1.0, {"source": "s"})
    for fine in (outcome, ("said", ("fit", 1, 0.5, {"loss": 0.25}, None)), {"a": [1, None, "b"]}):
        assert read(pickle.dumps(fine)) == fine
    with pytest.raises(pickle.UnpicklingError, match=r"a shut-in worker sent posix\.mkdir"):
        read(pickle.dumps(("done", Harm(tmp_path / "made"))))
    assert not (tmp_path / "made").exists()
    with pytest.raises(pickle.UnpicklingError):
        read(pickle.dumps(io.BytesIO))


def test_what_lies_where_code_is_cannot_be_kept_from_methods(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(isolation, "version", lambda: 1)
    check([tmp_path / "data", tmp_path / "out"])
    with pytest.raises(ValueError, match=r"can't keep .*results from methods: it lies in "):
        check([tmp_path, Path(sys.prefix) / "results"])
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    check([tmp_path / "data"])  # beside code, not in it
    with pytest.raises(ValueError, match=r"it lies in .*package, where code is; move it"):
        check([tmp_path / "package" / "runs"])
    monkeypatch.setattr(isolation, "version", lambda: 0)
    with pytest.raises(ValueError, match=r"isolated = true needs Linux 5.13 or later"):
        check([])


def test_each_version_of_the_kernel_takes_away_what_it_knows() -> None:
    files, net, scoped = _rights(1)
    assert (files, net, scoped) == (0b1_1111_1111_1111, 0, 0)
    assert _rights(3)[0] == files | 1 << 13 | 1 << 14
    assert _rights(4)[1] == 3
    assert _rights(7) == (0xFFFF, 3, 3)
