"""What the campaigns work on: every kind of thing that asdbench writes, and commands that do it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))
from zenodo import FAN, Handler, Server, zipped

from asdbench.data.dcase import facts

RECIPE = """\
repeats = 1

[dataset]
name = "synthetic"
machines = ["fan"]
subsets = ["development"]
seconds = 1.0
train = 4
test_normal = 3
test_anomalous = 3

[methods.simclr]
encoder = { width = 0.125 }
pretraining = { epochs = 1, batch = { size = 12 } }
classifier = { epochs = 1, lr = 1e-3, batch = { size = 12 } }

[methods.knn]
"""
PIECE = 50_000  # bytes of an archive at once
LONGEST = 1800.0  # seconds that a command may take, on a computer with much else to do
FANS = ("fan", "development")
QUICK = {"export", "submission", "wavs", "download"}
HALF = re.compile(r"^building-|^\..*\.(part|making)$|\.part$")
FAILED = re.compile(r"Traceback|Error while|\[Errno")


@dataclass(frozen=True)
class Kind:
    """One kind of thing that is written: by which command, and what of it is the same ever after.

    ``{to}`` is the folder that all of it goes to. ``begun`` of the material is copied there first;
    ``own_cache`` has the cache there too.
    """

    name: str
    words: str
    same: str
    begun: str = ""
    own_cache: bool = False


KINDS = (
    Kind("cells", "run small.toml --methods all --jobs 2 --out {to}/run", "run/cells/*/scores.csv"),
    Kind("import", "import mine run/export/knn --out {to}/run", "run/cells/*/scores.csv", "run"),
    Kind("export", "export --out {to}/run", "run/export/**/*.csv", "run"),
    Kind("clips page", "leaderboard --clips --out {to}/run", "run/clips/**/*.flac", "run"),
    Kind("site", "site run --to {to}/site", "site/*.html"),
    Kind("submission", "submission make knn --from run --to {to}/it", "it/**/*.csv"),
    Kind("detector", "detector make knn --from run --to {to}/it", "it/**/*.safetensors"),
    Kind("scores", "score detector wavs/dev_data/fan/test --out {to}/scores.csv", "scores.csv"),
    Kind("wavs", "data synthesize {to}/wavs --experiment small.toml", "wavs/**/*.wav"),
    Kind(
        "download",
        "data download dcase2021 --subsets development --machines fan --to {to}/it",
        "it/**/*.wav",
    ),
    Kind(
        "bank",
        "run small.toml --data wavs --methods knn --jobs 1 --out {to}/run",
        "cache/*.bank",
        own_cache=True,
    ),
    Kind("study", "tune knn small.toml --trials 3 --jobs 1 --out {to}/run", "run/tuned/*.toml"),
)
DEMO = Kind("demo", "run demo --jobs 2 --out {to}/run", "run/cells/*/scores.csv")


@dataclass
class Material:
    """A small run, its recordings, a detector, and a Zenodo, in ``base``."""

    base: Path
    zenodo: str

    @classmethod
    def made(cls, base: Path) -> Material:
        """All that the kinds need."""
        base.mkdir(parents=True)
        (base / "small.toml").write_text(RECIPE)
        material = cls(base, _zenodo())
        for words in (
            "run small.toml --methods all --jobs 2 --out run",
            "export --out run",
            "data synthesize wavs --experiment small.toml",
            "detector make knn --from run --to detector",
        ):
            material.must(words, base)
        return material

    def whole(self, kind: Kind) -> Path:
        """A kind's result where nothing went wrong."""
        place = self.base / "whole" / kind.name
        if not place.exists():
            self.begin(kind, place)
            self.must(kind.words, place, own_cache=kind.own_cache)
            assert self.kept(kind, place), f"{kind.name} leaves {kind.same}"
        return place

    def begin(self, kind: Kind, to: Path) -> None:
        """A folder for a kind to be written to, with what is there before."""
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir(parents=True, exist_ok=True)
        if kind.begun:
            shutil.copytree(self.base / "run", to / "run", ignore=shutil.ignore_patterns("export"))

    def start(
        self,
        words: str,
        to: Path,
        *,
        own_cache: bool = False,
        before: Callable[[], None] | None = None,
    ) -> subprocess.Popen[str]:
        """The command, as a process in a session of its own; what it says is in a pipe."""
        filled = [word.format(to=to) for word in words.split(" ")]
        cache = to / "cache" if own_cache else self.base / "cache"
        variables = {"ASDBENCH_CACHE": str(cache), "ASDBENCH_ZENODO_URL": self.zenodo}
        return subprocess.Popen(
            [sys.executable, "-m", "asdbench", *filled],
            cwd=self.base,
            env={**os.environ, **variables, "TORTURED": str(self.base)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=before,
        )

    def must(self, words: str, to: Path, *, own_cache: bool = False) -> None:
        """The command, which must do its work."""
        with self.start(words, to, own_cache=own_cache) as process:
            said = process.communicate(timeout=LONGEST)[0]
        assert process.returncode == 0, f"asdbench {words}: {process.returncode}\n{said}"

    def kept(self, kind: Kind, to: Path) -> dict[str, bytes]:
        """What of a kind is the same ever after."""
        return {str(f.relative_to(to)): f.read_bytes() for f in to.glob(kind.same) if f.is_file()}

    def processes(self) -> list[int]:
        """Every process that a command of the campaign has started and that is still there."""
        mark, found = f"TORTURED={self.base}".encode(), []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                alive = place.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "Z"
                if alive and mark in (place / "environ").read_bytes().split(b"\0"):
                    found.append(int(place.name))
            except OSError:  # it has ended, or is another user's
                continue
        return sorted(found)


def half_made(folder: Path) -> list[str]:
    """Names of files and folders that somebody was still writing."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if HALF.search(p.name))


class _Slow(Handler):
    """Takes a second for an archive, so that there is a moment to be killed in."""

    def setup(self) -> None:
        super().setup()
        write = self.wfile.write

        def slowly(content: bytes) -> int:
            with contextlib.suppress(OSError):  # who asked was killed
                for start in range(0, len(content), PIECE):
                    write(content[start : start + PIECE])
                    time.sleep(0.05 * (len(content) > PIECE))
            return len(content)

        self.wfile.write = slowly  # type: ignore[method-assign]


def _zenodo() -> str:
    """The address of a Zenodo on this machine that has the fans of 2021, or what it calls so."""
    [fans] = [one for one in facts.archives(2021) if (one.machine, one.subset) == FANS]
    body = zipped(FAN)
    checksum = f"md5:{hashlib.md5(body).hexdigest()}"
    listed = {"key": fans.name, "size": len(body), "checksum": checksum}
    state = Server(
        files={f"/records/{fans.record}/files/{fans.name}": body},
        records={fans.record: {"id": int(fans.record), "files": [listed]}},
    )
    handler = type("Fans", (_Slow,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
