"""Inputs at random for all that reads what others write: python ci/torture/fuzz.py [--short]

Of each kind (sound files, TOML, CSV, score files, names, zips) whole inputs are spoiled: bits and
numbers changed, parts cut, doubled, put in. Each must be accepted whole or refused by a
``ValueError`` with the file's name, within 5 s and 8 GiB. What isn't, is kept in a folder and the
exit code is 1.

    --short           a fiftieth of it, under half a minute
    --seed N          other inputs
    --only wav        one kind
    --again FILE      one input that was kept, with ``--only``
    --atheris N       N inputs led by coverage instead, with ``--only`` (pip install atheris)
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))

from fuzz_mutations import spoiled
from fuzz_targets import TARGETS, Target, tried

COUNTS = {
    "wav": 40_000,
    "flac": 20_000,
    "other sound": 10_000,
    "toml": 10_000,
    "setting": 10_000,
    "clips.csv": 20_000,
    "tags.csv": 20_000,
    "attributes_00.csv": 20_000,
    "score file": 20_000,
    "decision file": 10_000,
    "scores.csv": 10_000,
    "submitted scores": 10_000,
    "clip name": 40_000,
    "zip": 10_000,
}
SECONDS, BYTES = 5, 8 << 30


def fuzz(name: str, target: Target, count: int, seed: int, kept: Path) -> Counter[str]:
    """How many of so many inputs were accepted, refused, and neither."""
    found: Counter[str] = Counter()
    assert all(tried(target, one) for one in target.seeds), f"a whole {name} is refused"
    for number in range(count):
        content = spoiled(random.Random(f"{seed} {name} {number}"), target.seeds, target.head)
        signal.alarm(SECONDS)
        try:
            accepted = tried(target, content)
        except BaseException as error:  # whatever it is, it is what is looked for
            if isinstance(error, KeyboardInterrupt):
                raise
            signal.alarm(0)
            found["neither"] += 1
            kind = f"{type(error).__name__}: {error}"[:160]
            if found[kind] == 0:
                (kept / f"{name}-{number}".replace(" ", "-")).write_bytes(content)
                traceback.print_exc(limit=-4)
            found[kind] += 1
        else:
            signal.alarm(0)
            found["accepted" if accepted else "refused"] += 1
    return found


def led_by_coverage(target: Target, count: int, kept: Path) -> None:
    """Doesn't return: libFuzzer ends the process, with 0 if nothing was found."""
    import atheris

    atheris.instrument_all()
    corpus = Path(tempfile.mkdtemp())
    for number, content in enumerate(target.seeds):
        (corpus / str(number)).write_bytes(content)
    words = [f"-runs={count}", "-max_len=20000", f"-timeout={SECONDS}", f"-artifact_prefix={kept}/"]
    atheris.Setup(
        [sys.argv[0], *words, str(corpus)], lambda content: tried(target, content) and None
    )
    atheris.Fuzz()


def _too_long(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS} s")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--short", action="store_true")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--only", choices=[*TARGETS])
    asked.add_argument("--again", type=Path)
    asked.add_argument("--atheris", type=int)
    given = asked.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    chosen = {given.only: TARGETS[given.only]} if given.only else TARGETS
    if given.again:
        print([tried(target, given.again.read_bytes()) for target in chosen.values()])
        return 0
    kept, every = Path(tempfile.mkdtemp(prefix="neither-")), Counter[str]()
    if given.atheris:
        led_by_coverage(*chosen.values(), given.atheris, kept)
    signal.signal(signal.SIGALRM, _too_long)
    for name, target in chosen.items():
        start = time.process_time()
        count = COUNTS[name] // (50 if given.short else 1)
        found = fuzz(name, target, count, given.seed, kept)
        every += found
        seconds = time.process_time() - start
        said = ", ".join(f"{number:,} {what}" for what, number in found.most_common())
        print(f"{name:18} {count:7,} inputs, {seconds:5.1f} s of CPU: {said}", flush=True)
    print(
        f"{every['accepted'] + every['refused'] + every['neither']:,} inputs: "
        f"{every['accepted']:,} accepted, {every['refused']:,} refused by name, "
        f"{every['neither']:,} neither{f' (in {kept})' if every['neither'] else ''}"
    )
    return int(bool(every["neither"]))


if __name__ == "__main__":
    sys.exit(main())
