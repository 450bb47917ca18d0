"""No file that came from elsewhere is unpickled or run: what the code says, and what it does."""

from __future__ import annotations

import ast
import contextlib
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from asdbench_methods import _beats, _weights
from small_detectors import detector, hiss, small_store

import asdbench
from asdbench.config.frontend import Frontend
from asdbench.data.clips import Clips, Recording
from asdbench.data.decode import FileSource
from asdbench.data.loading import load
from asdbench.results.store import WEIGHTS, Store

ROOT = Path(__file__).parents[1]
CODE = sorted(
    path for top in ("asdbench", "methods", "leaderboards") for path in ROOT.glob(f"{top}/**/*.py")
)
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml"}
CALLS = {"eval", "exec", "compile", "np.load", "numpy.load", "pd.read_pickle", "os.system"}
CALLS |= {"pickle.load", "pickle.loads", "torch.load", "torch.jit.load", "torch.hub.load"}
KEYWORDS = {"allow_pickle", "trust_remote_code", "shell"}
KNOWN = {  # and why it is no such file
    "asdbench/engines/server.py: pickle": "what the driver sends its own process through a pipe",
    "asdbench/engines/server.py: pickle.loads": "the same",
    "asdbench/engines/isolation.py: pickle": "an unpickler of plain values and nothing else",
    "asdbench/results/files.py: pickle": "a copy of a board, by pickle and back at once",
    "asdbench/results/files.py: pickle.loads": "the same",
    "methods/_beats.py: pickle": "the error of torch.load(weights_only=True)",
    "methods/_weights.py: pickle": "the same",
}


def test_nothing_in_the_code_unpickles_or_evaluates() -> None:
    found = {f"{path.relative_to(ROOT).as_posix()}: {what}" for path in CODE for what in _odd(path)}
    assert found == set(KNOWN)


def _odd(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.split(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            told = {one.arg: ast.unparse(one.value) for one in node.keywords if one.arg}
            safe = called == "torch.load" and told.get("weights_only") == "True"
            if called in CALLS and not safe:
                yield called
            yield from KEYWORDS & told.keys()


class Bomb:
    """A pickle that leaves a mark where it is read."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "went off"


def bombs(mark: Path, folder: Path) -> list[bytes]:
    """As pickle writes it, and as torch does."""
    torch.save({"cfg": Bomb(mark), "model": {}}, folder / "bomb.pt")
    return [pickle.dumps(Bomb(mark)), (folder / "bomb.pt").read_bytes()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, small_clips: Clips) -> Path:
    """``o``, an output folder; ``detector`` and ``submission``, made of it."""
    folder = tmp_path_factory.mktemp("whole")
    store = small_store(folder / "o", small_clips, "knn")
    asdbench.load_board(folder / "o")
    detector(store, small_clips, "knn", folder / "detector")
    asdbench.make_submission(["knn"], out=folder / "o", to=folder / "submission")
    return folder


def use(folder: Path, file: Path) -> None:
    """What reads this file of these folders."""
    if file.parts[0] == "submission":
        asdbench.check_submission(folder / "submission")
    elif file.parts[0] == "detector":
        loaded = asdbench.load_detector(folder / "detector")
        loaded.score(hiss(), 16000, machine="fan", id="00")
    elif file.name == WEIGHTS:
        made = detector(Store(folder / "o"), None, "knn", folder / "new")
        made.score(hiss(), 16000, machine="fan", id="00")
    else:
        asdbench.load_board(folder / "o")


def test_a_pickle_in_place_of_a_file_is_only_a_damaged_file(
    whole: Path, tmp_path: Path, mark: Path
) -> None:
    every = sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file())
    kinds = {(one.parts[0], one.name): one for one in every}
    assert len(kinds) > 20
    for place in kinds.values():
        before = (whole / place).read_bytes()
        for bomb in bombs(mark, tmp_path):
            (whole / place).write_bytes(bomb)
            with contextlib.suppress(ValueError):  # any other error is a fault of ours
                use(whole, place)
        (whole / place).write_bytes(before)
    assert not mark.exists()


def test_a_pickle_in_the_cache_is_made_again(
    small_recordings: list[Recording], mark: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASDBENCH_CACHE", str(tmp_path / "cache"))
    clips = load(small_recordings, Frontend()).clips
    sound = clips.waves().clone()
    for file in list((tmp_path / "cache").iterdir()):
        for bomb in bombs(mark, tmp_path):
            file.unlink(missing_ok=True)  # it is mapped into this process
            file.write_bytes(bomb)
            again = load(small_recordings, Frontend()).clips
            assert torch.equal(again.waves(), sound)
    assert not mark.exists()


def test_a_pickle_as_a_recording_or_a_checkpoint_is_refused(mark: Path, tmp_path: Path) -> None:
    for bomb in bombs(mark, tmp_path):
        file = tmp_path / "some.wav"
        file.write_bytes(bomb)
        with pytest.raises(ValueError, match=r"some\.wav"):
            FileSource(file).read()
        with pytest.raises(ValueError, match=r"some\.wav"):
            _weights._read(file)
        with pytest.raises(ValueError, match=r"some\.wav"):
            _beats.load_beats(file, 1)
    assert not mark.exists()
