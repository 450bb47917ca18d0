"""A real Ray on this machine, as asdbench starts it where no cluster is named."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import asdbench, scores
from pooled import PooledWorkers
from warm import warm

from asdbench.config import plugins
from asdbench.config.frontend import Frontend
from asdbench.config.numerics import Numerics
from asdbench.data.clips import Clips
from asdbench.engines import ray_cluster
from asdbench.engines.engine import engine_for
from asdbench.engines.events import Done, Task
from asdbench.engines.ray_cluster import connect
from asdbench.engines.ray_nodes import Node
from asdbench.execution.worker import run_cell
from asdbench.results.records import Cell

ON_CUDA = Numerics(device="cuda", precision="float32")
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
    """It counts 4 CPUs and a GPU."""
    ray = pytest.importorskip("ray")
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("RAY_ADDRESS", raising=False)
        environment.setenv("RAY_OVERRIDE_RESOURCES", '{"CPU": 4, "GPU": 1}')
        before = dict(os.environ)
        assert connect() == [Node(4, 1)]
        assert dict(os.environ) == before
        yield
    ray.shutdown()


def meetings(tmp_path: Path, clips: Clips, count: int, others: int) -> list[Task]:
    """Cells of a method that computes nothing, though its device is said to be a GPU."""
    file = tmp_path / "meets.py"
    file.write_text(textwrap.dedent(MEETS))
    folder = tmp_path / "met"
    folder.mkdir()
    plugin = plugins.find(plugins.METHODS, str(file))
    fields = {"folder": str(folder), "others": others}
    about = (plugin.name, fields, None, clips.fingerprint, Frontend(), ON_CUDA)
    blind = clips.blind()
    return [
        Task(Cell(*about, n, 0), plugin, blind, blind, tmp_path / str(n), tmp_path / "stages")
        for n in range(count)
    ]


def test_it_leaves_the_same_bytes_as_this_machine(
    ray_here: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    what = ("run", "smoke", "--methods", "knn", "--repeats", 1, "--device", "cpu", "--jobs", 1)
    for engine in ("local", "ray"):
        with warm():
            assert asdbench(*what, "--engine", engine, "--out", engine, at=tmp_path) == 0
        assert ("on Ray (1 node)" in capsys.readouterr().err) == (engine == "ray")
    found = scores(tmp_path / "local")
    assert len(found) == 2
    assert found == scores(tmp_path / "ray")


def test_what_fits_on_no_node_ends_the_command(
    ray_here: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe, out = tmp_path / "wide.toml", tmp_path / "out"
    recipe.write_text('[dataset]\nname = "synthetic"\n[numerics]\nthreads = 5\ndevice = "cpu"\n')
    assert asdbench("run", recipe, "--methods", "knn", "--engine", "ray", "--out", out) == 2
    said = capsys.readouterr().err
    assert "threads = 5 needs as many CPUs on one node of the cluster" in said
    assert "the largest has 4; use [numerics] threads = 4" in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_cells_share_a_gpu_as_they_are_told(
    ray_here: None, tmp_path: Path, small_clips: Clips
) -> None:
    assert engine_for("ray", None, ON_CUDA, cells_per_gpu=2).jobs == 2  # though there are 4 CPUs
    engine = engine_for("ray", 4, ON_CUDA, cells_per_gpu=2)
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
    crew = PooledWorkers()
    monkeypatch.setattr(ray_cluster, "_workers", lambda: crew)
    gpus = []
    for gpu, task in enumerate(meetings(tmp_path, small_clips, 2, others=1)):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", str(gpu))  # as Ray does in a worker it reuses
        *_, done = ray_cluster._shell(task, task.train, task.test, run_cell, "1" * 56)
        assert isinstance(done, Done), done
        gpus.append(done.outcome.history[0]["gpu"])
    crew.close()
    assert gpus == [0.0, 1.0]
