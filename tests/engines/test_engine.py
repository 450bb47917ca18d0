"""Where cells run: what has room for how many of them, and a real Ray on this machine."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from asdbench import cli
from asdbench.engines import engine as engines
from asdbench.config import plugins
from asdbench.data.clips import Clips
from asdbench.engines.ray_cluster import Node, _shell, connect
from asdbench.engines.engine import Engine, engine_for
from asdbench.engines.events import Done, Task
from asdbench.config.experiment import Experiment
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.results.records import Cell
from asdbench.execution.worker import run_cell

ON_CUDA = Experiment(numerics=Numerics(device="cuda", precision="float32"), cells_per_gpu=2)
MEETS = '''
    import os
    import time
    from dataclasses import dataclass
    from pathlib import Path
    from typing import ClassVar

    from asdbench import Clips, Context, Scope


    @dataclass
    class Meets:
        """Waits until others have begun as well, and says when and where it ran."""

        scope: ClassVar[Scope] = "machine"
        folder: str = ""
        others: int = 1

        def fit(self, train: Clips, context: Context) -> None:
            began = time.monotonic()
            (Path(self.folder) / str(os.getpid())).touch()
            while len(os.listdir(self.folder)) < self.others and time.monotonic() < began + 60:
                time.sleep(0.02)
            time.sleep(0.5)
            gpu = float(os.environ["CUDA_VISIBLE_DEVICES"])
            context.log("meeting", 1, 1.0, began=began, ended=time.monotonic(), gpu=gpu)

        def score(self, test: Clips) -> list[float]:
            return [0.0] * len(test)
'''


@pytest.fixture(scope="module")
def ray_here() -> Iterator[None]:
    """Ray as asdbench starts it where no cluster is named; it counts 4 CPUs and a GPU."""
    ray = pytest.importorskip("ray")
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("RAY_ADDRESS", raising=False)
        environment.setenv("RAY_OVERRIDE_RESOURCES", '{"CPU": 4, "GPU": 1}')
        environment.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")  # nobody is there
        assert connect() == [Node(4, 1)]
        yield
    ray.shutdown()


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """`asdbench run` in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["asdbench", "run", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(str(ended.value.code))


def meetings(tmp_path: Path, clips: Clips, count: int, others: int) -> list[Task]:
    """Cells of a method that computes nothing, though its device is said to be a GPU."""
    file = tmp_path / "meets.py"
    file.write_text(textwrap.dedent(MEETS))
    folder = tmp_path / "met"
    folder.mkdir()
    plugin = plugins.find(plugins.METHODS, str(file))
    fields = {"folder": str(folder), "others": others}
    about = (plugin.name, fields, None, clips.fingerprint, Frontend(), ON_CUDA.numerics)
    blind = clips.blind()
    return [
        Task(Cell(*about, n, 0), plugin, blind, blind, tmp_path / str(n), tmp_path / "stages")
        for n in range(count)
    ]


def on(nodes: list[Node], experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(engines, "connect", lambda: nodes)
    return engine_for("ray", None, experiment)[0]


@pytest.mark.parametrize(
    ("device", "threads", "nodes", "room"),
    [
        ("cpu", 1, [Node(4, 0)], 4),
        ("cpu", 2, [Node(3, 0), Node(3, 0), Node(1, 1)], 2),
        ("cuda", 1, [Node(4, 1)], 2),
        ("cuda", 1, [Node(16, 4), Node(16, 0)], 8),
        ("cuda", 2, [Node(2, 4), Node(64, 0)], 1),
        ("auto", 1, [Node(4, 0), Node(4, 1)], 2),
    ],
)
def test_room_is_counted_node_by_node(
    device: str, threads: int, nodes: list[Node], room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    numerics = Numerics(device=device, threads=threads)
    engine = on(nodes, replace(ON_CUDA, numerics=numerics), monkeypatch)
    assert engine.jobs == room
    assert engine.gpu_share == 1 / 2  # as many cells as share a GPU share its memory


@pytest.mark.parametrize(
    ("device", "nodes", "said"),
    [
        ("cpu", [Node(2, 0), Node(3, 0)], "the largest has 3; use [numerics] threads = 3"),
        ("cpu", [Node(0, 0)], "the largest has 0; start one that has more"),
        ("cuda", [Node(8, 0), Node(2, 1)], "the largest with a GPU has 2; use [numerics]"),
        ("cuda", [Node(8, 0)], "there is none; use --device cpu"),
    ],
)
def test_what_fits_on_no_node_is_said(
    device: str, nodes: list[Node], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = Experiment(numerics=Numerics(device=device, threads=4))
    with pytest.raises(ValueError, match=re.escape(said)):
        on(nodes, experiment, monkeypatch)


def test_ray_on_this_machine_leaves_the_same_bytes(
    ray_here: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    what = ("smoke", "--methods", "knn", "--repeats", "1", "--device", "cpu")
    found = []
    for engine in ("local", "ray"):
        out = tmp_path / engine
        assert command(monkeypatch, *what, "--engine", engine, "--out", str(out)) == 0
        assert ("on Ray (1 node)" in capsys.readouterr().err) == (engine == "ray")
        found.append({p.parent.name: p.read_bytes() for p in out.glob("cells/*/scores.csv")})
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_what_fits_on_no_node_ends_the_command(
    ray_here: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe, out = tmp_path / "wide.toml", tmp_path / "out"
    recipe.write_text('[dataset]\nname = "synthetic"\n[numerics]\nthreads = 5\ndevice = "cpu"\n')
    what = (str(recipe), "--methods", "knn", "--engine", "ray", "--out", str(out))
    assert command(monkeypatch, *what) == 2
    said = capsys.readouterr().err
    assert "threads = 5 needs as many CPUs on one node of the cluster" in said
    assert "the largest has 4; use [numerics] threads = 4" in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_cells_share_a_gpu_as_they_are_told(
    ray_here: None, tmp_path: Path, small_clips: Clips
) -> None:
    assert engine_for("ray", None, ON_CUDA)[0].jobs == 2  # though there are 4 CPUs
    engine = engine_for("ray", 4, ON_CUDA)[0]
    events = list(engine.run(meetings(tmp_path, small_clips, 3, others=2), run_cell))
    done = [event.outcome.history[0] for event in events if isinstance(event, Done)]
    assert len(done) == 3, events
    assert {figures["gpu"] for figures in done} == {0.0}
    at_once = [
        sum(other["began"] <= one["began"] < other["ended"] for other in done) for one in done
    ]
    assert max(at_once) == 2


def test_a_cell_computes_on_the_gpu_that_its_worker_has_now(
    tmp_path: Path, small_clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray")
    gpus = []
    for gpu, task in enumerate(meetings(tmp_path, small_clips, 2, others=1)):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", str(gpu))  # as Ray does in a worker it reuses
        *_, done = _shell(task, task.train, task.test, run_cell, "1" * 56)
        assert isinstance(done, Done), done
        gpus.append(done.outcome.history[0]["gpu"])
    assert gpus == [0.0, 1.0]
