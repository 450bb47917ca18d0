"""Methods that do harm, by name: what ``fit`` does, what ``score`` does, and how the cell ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

HEAD = '''\
"""A method that does harm."""

import ctypes, gc, os, random, shutil, signal, subprocess, sys, threading, time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

KEPT = []


def loudness(clips):
    return clips.waves().abs().mean(dim=1).numpy()


@dataclass
class Bad:
    """Does harm."""

    scope: ClassVar[str] = "{scope}"

    def fit(self, train, context):
        {fit}

    def score(self, test):
        {score}
'''


class Harm(NamedTuple):
    """What a bad method does, and why its cell fails; None where it is done all the same."""

    fit: str = "pass"
    score: str = "return loudness(test)"
    reason: str | tuple[str, ...] | None = None  # several: of one that is isolated, too
    scope: str = "dataset"


QUICK = (  # the others are for ci/torture/bad_plugins.py
    *("hangs", "raises", "exits", "leaves", "crashes", "eats", "nan", "short", "words"),
    *("closes_files", "flipped", "integers", "random_state", "threads", "dtype", "folder"),
    *("environment", "forks", "forks_and_stays", "starts_a_program", "starts_a_daemon"),
    *("keeps_data", "prints_bytes", "no_scratch"),
)
SHAPE = "score gave shape {} for 36 clips; give (36,)"
BAD = {
    "raises": Harm("raise KeyError('no file in [/data/x]')", reason="KeyError: 'no file in [/dat"),
    "raises_late": Harm(score="raise OSError('odd')", reason="OSError: odd"),
    "interrupts": Harm("raise KeyboardInterrupt", reason="KeyboardInterrupt: "),
    "recurses": Harm("self.fit(train, context)", reason="RecursionError: "),
    "exits": Harm("sys.exit(0)", reason="SystemExit: 0"),
    "leaves": Harm("os._exit(0)", reason="its process ended with exit code 0"),
    "crashes": Harm("ctypes.string_at(0)", reason="its process ended with SIGSEGV"),
    "aborts": Harm("os.abort()", reason="its process ended with SIGABRT"),
    "hangs": Harm("threading.Event().wait()", reason="it was stopped after 8 s, its limit"),
    "eats": Harm("self.x = bytes(3 * 10**9)", reason="it wanted more than 2 GB, its limit"),
    "eats_tensors": Harm(
        "self.x = torch.ones(10**9)", reason="it wanted more than 2 GB, its limit"
    ),
    "nan": Harm(score="return np.full(len(test), np.nan)", reason="score gave 36 NaN or infinite"),
    "infinite": Harm(score="return [1e999] * len(test)", reason="score gave 36 NaN or infinite"),
    "short": Harm(score="return loudness(test)[1:]", reason=SHAPE.format("(35,)")),
    "long": Harm(score="return [*loudness(test), 0]", reason=SHAPE.format("(37,)")),
    "scalar": Harm(score="return 0.5", reason=SHAPE.format("()")),
    "square": Harm(score="return loudness(test)[:, None]", reason=SHAPE.format("(36, 1)")),
    "nothing": Harm(score="pass", reason="score gave NoneType; give a number for each"),
    "words": Harm(score="return ['0.5'] * len(test)", reason="score gave text; give a number"),
    "complex": Harm(score="return [1j] * len(test)", reason="score gave complex128; give a number"),
    "gradients": Harm(
        score="return test.waves().mean(dim=1).requires_grad_()", reason="RuntimeError: Can't call"
    ),
    "no_figures": Harm("context.log('fit', 1, 1.0, loss='low')", reason="could not convert string"),
    "closes_files": Harm("os.closerange(0, 100)", reason="its process ended with exit code"),
    "opens_files": Harm(
        "self.x = [open(os.devnull) for _ in range(10**6)]", reason="OSError: [Errno 24] Too many"
    ),
    "writes_to_the_bank": Harm(
        "train.bank.rows([0])[:] = 0; train.bank.rows(slice(1))[:] = 0",
        reason="assignment destination is read-only",
    ),
    "integers": Harm(score="return [int(1e6 * x) for x in loudness(test)]"),
    "booleans": Harm(score="return loudness(test) > 0.05"),
    "tensor": Harm(score="return torch.tensor(loudness(test)).half()"),
    "flipped": Harm(score="return -loudness(test)"),
    "random_state": Harm("random.seed(1); np.random.seed(1); torch.manual_seed(1)"),
    "threads": Harm("torch.set_num_threads(7)"),
    "dtype": Harm("torch.set_default_dtype(torch.float64)"),
    "folder": Harm("os.chdir('/')"),
    "environment": Harm("os.environ.clear(); os.environ['OMP_NUM_THREADS'] = '9'"),
    "signals": Harm("[signal.signal(s, signal.SIG_IGN) for s in (signal.SIGTERM, signal.SIGINT)]"),
    "prints": Harm("print('loss ' * 10**5); os.system('echo more')"),
    "prints_bytes": Harm(
        "os.write(1, bytes(range(256)) * 99); raise KeyError('odd')", reason="KeyError: 'odd'"
    ),
    "forks": Harm("os.fork()"),
    "forks_and_stays": Harm("os.fork() or time.sleep(1000)"),
    "starts_a_program": Harm("subprocess.Popen(['sleep', '1000'])"),
    "starts_a_daemon": Harm(
        "os.fork() or (os.setsid(), os.fork() or time.sleep(1000), os._exit(0))"
    ),
    "kills_its_parent": Harm(
        "os.kill(os.getppid(), signal.SIGKILL); time.sleep(1000)",
        reason=("the server of workers ended with SIGKILL", "PermissionError: [Errno 1]"),
    ),
    "starts_threads": Harm(
        "[threading.Thread(target=time.sleep, args=(99,)).start() for _ in 'ab']"
    ),
    "no_scratch": Harm("shutil.rmtree(context.scratch)"),
    "keeps_data": Harm("assert not KEPT; KEPT.append(train)", scope="machine"),
    "spoils_sound": Harm("train.waves().mul_(0); train.logmel().mul_(0)"),
    "no_garbage": Harm("gc.disable(); gc.freeze()"),
    "patches": Harm("np.mean = torch.mean = time.monotonic = None", reason="TypeError: 'NoneType'"),
}


def write_bad(folder: Path, names: Iterable[str]) -> list[Path]:
    """A file for each."""
    folder.mkdir()
    files = []
    for name, harm in ((name, BAD[name]) for name in names):
        files.append(folder / f"{name}.py")
        files[-1].write_text(HEAD.format(scope=harm.scope, fit=harm.fit, score=harm.score))
    return files


def wrong(reasons: Mapping[str, str], names: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    """Of which bad methods the cells didn't end as they should: as they should, and as they did."""
    return {
        name: (BAD[name].reason, reasons.get(name))
        for name in names
        if (name in reasons) != (BAD[name].reason is not None)
        or not reasons.get(name, "").startswith(BAD[name].reason or "")
    }
