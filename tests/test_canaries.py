"""Where only the label tells, whoever looks for it elsewhere is as good as chance."""

from __future__ import annotations

import csv
import os
import re
import socket
import sys
from pathlib import Path

import pytest
from burglar import BURGLAR
from canary import CLIPS, LISTENER, MARK, noise
from warm import warm

import asdbench
from asdbench.config import plugins
from asdbench.engines import isolation
from asdbench.evaluation.metrics import auc
from asdbench.results.store import Store

CHANCE = 4.5 * ((2 * CLIPS + 1) / (12 * CLIPS**2)) ** 0.5  # of an AUC, in standard deviations


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return noise(tmp_path_factory.mktemp("canaries") / "data")


def found(store: Store, method: str) -> dict[str, float]:
    """What a canary has logged."""
    [cell] = (store.folder / "cells").glob(f"{method}-*")
    [line] = csv.DictReader((cell / "history.csv").read_text().splitlines())
    return {name: float(value) for name, value in line.items() if name not in {"stage", "epoch"}}


def test_what_a_method_is_given_tells_nothing_but_sound(tmp_path: Path, data: Path) -> None:
    names = " ".join(path.name for path in data.rglob("*.wav"))
    assert len(set(re.findall(MARK, names.encode()))) == 2 * CLIPS
    file = tmp_path / "listener.py"
    file.write_text(LISTENER)
    with warm():
        done = asdbench.run(
            "smoke", methods=[file], repeats=1, data=data, out=tmp_path / "out", device="cpu"
        )
    assert done.failed == ()
    store = Store(tmp_path / "out")
    [cell] = [path.name for path in (store.folder / "cells").iterdir()]
    *probes, seen = store.history(cell)
    scores = store.scores(cell)
    truths = {
        "label": [bool(score.anomalous) for score in scores],
        "domain": ["_target_" in score.clip for score in scores],
    }
    apart = {}
    for probe in probes:
        given = [float(probe[f"clip{score.score:.0f}"]) for score in scores]
        for of, truth in truths.items():
            apart[probe["stage"], of] = abs(auc(truth, given) - 0.5)
    assert len(apart) == 28
    assert {which: by for which, by in apart.items() if by > CHANCE} == {}
    assert float(seen["found"]) == 0
    listener = plugins.find(plugins.METHODS, str(file)).load()
    assert sys.modules[listener.__module__].seen() > 2 * CLIPS  # in this process, which knows them


@pytest.mark.skipif(not isolation.version(), reason="this kernel has no Landlock")
def test_a_method_that_is_shut_in_opens_no_door_and_others_do(
    tmp_path: Path, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "burglar.py").write_text(BURGLAR)
    clip = next(data.rglob("*anomaly*.wav"))
    with socket.create_server(("127.0.0.1", 0)) as server, warm():
        fields = {
            "data": str(data),
            "clip": str(clip),
            "port": server.getsockname()[1],
            "driver": os.getpid(),
            "cache": os.environ["ASDBENCH_CACHE"],
        }
        opened, tables = {}, {}
        for limits in ({}, {"isolated": True}):
            out = tmp_path / f"out{len(opened)}"
            done = asdbench.run(
                "smoke",
                methods=["knn", tmp_path / "burglar.py"],
                data=data,
                repeats=1,
                jobs=1,
                out=out,
                device="cpu",
                settings={"burglar": fields},
                limits=limits,
            )
            assert done.failed == ()
            opened[bool(limits)] = found(Store(out), "burglar")
            tables[bool(limits)] = sorted(p.read_bytes() for p in out.glob("cells/*/scores.csv"))
        again = asdbench.run(
            "smoke",
            methods=["knn"],
            data=data,
            repeats=1,
            out=tmp_path / "out0",
            device="cpu",
            limits={"isolated": True},
        )
    assert (again.ran, again.kept) == (0, 1)
    assert "1 kept cells were run without isolation; --force runs them again" in caplog.messages
    facts = [Store(out).cell(path.name)["facts"] for path in (out / "cells").iterdir()]
    assert [fact["isolated"] for fact in facts] == ["yes", "yes"]
    assert tables[True] == tables[False]
    assert len(opened[False]) > 20
    shut = {"connect": 4, "signal the server": 6}  # since which version of Landlock
    later = {name for name, since in shut.items() if isolation.version() < since}
    assert {name for name, yes in opened[True].items() if yes} <= later
    may_trace = {"the server's memory", "trace the server", "the command's memory"}  # or nobody may
    closed = {name for name, yes in opened[False].items() if not yes}
    assert closed <= may_trace
