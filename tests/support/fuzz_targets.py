"""What is read of files that others write, as functions of bytes to be fuzzed.

Each takes what a file holds. It raises ``ValueError`` that names the file, or accepts it whole: an
``AssertionError`` is something that was accepted in silence, any other exception is a crash.
"""

from __future__ import annotations

import csv
import io
import math
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import fuzz_seeds as seeds
import numpy as np

from asdbench.config.experiment import read
from asdbench.config.schema import setting
from asdbench.data.dcase.attributes import NO_ATTRIBUTE, attributes, parsed
from asdbench.data.dcase.names import told_by
from asdbench.data.dcase.tables import rows_of
from asdbench.data.decode import decode
from asdbench.data.faults import faults_of
from asdbench.data.folders import table
from asdbench.data.folders.archives import entries_of
from asdbench.data.folders.listing import Listed, Listing
from asdbench.data.folders.tag_file import read_tags
from asdbench.data.folders.tree import Wav
from asdbench.data.riff import ENDLESS, PADDING
from asdbench.data.sound_files import CUT_OFF, HIDDEN, Header, Read, header_of, samples_of
from asdbench.data.zipped import member_bytes
from asdbench.results.score_lines import read_decisions, read_scores
from asdbench.results.tables import scores_in
from asdbench.submission.score_table import score_table

PLACE = Path(
    tempfile.mkdtemp(prefix="fuzzed-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
)
NAME = "the-file"


class Target(NamedTuple):
    """What is fuzzed, what is wrong inputs' name, and inputs to begin with."""

    check: Callable[[bytes], object]
    seeds: Sequence[bytes]
    named: str = NAME
    head: bool = False  # whether the first bytes matter most


@dataclass(frozen=True)
class Held:
    """A sound file in memory."""

    content: bytes
    path: Path = field(default=Path(NAME))
    identity: str = NAME

    def header(self) -> Header:
        return header_of(io.BytesIO(self.content), self.path)

    def read(self) -> Read:
        return samples_of(io.BytesIO(self.content), self.path)


def sound(content: bytes) -> Read:
    """Header and samples agree, and what decoding makes of them is sound to listen to."""
    held = Held(content)
    header, found = held.header(), held.read()
    assert header.rate == found.rate
    assert len(found.samples) == header.frames or CUT_OFF in found.notes
    if len(found.samples) * 16000 < 10_000_000 * found.rate:
        samples, notes = decode(held, 16000)
        assert samples.dtype == np.int16
        assert len(samples)
        assert set(found.notes) <= set(notes)
        faults_of(samples)
    return found


def wav(content: bytes) -> None:
    """No sound is missing or left over without a note, as far as a plain header tells."""
    found = sound(content)
    start = content.find(b"data", 12)
    if content[:4] != b"RIFF" or content[8:16] != b"WAVEfmt " or start != 36:
        return
    said, there = int.from_bytes(content[40:44], "little"), len(content) - 44
    block = int.from_bytes(content[32:34], "little")
    if said > there and said < ENDLESS:
        assert CUT_OFF in found.notes
    elif there - said > max(PADDING, said // 100) and HIDDEN not in found.notes:
        behind = {content[44 + at : 48 + at] for at in (said, said + said % 2)}
        assert any(all(32 <= letter < 127 for letter in name) for name in behind), block


def compressed(content: bytes) -> None:
    """A FLAC file that is accepted has the sound that was written, or a note."""
    found = sound(content)
    if not found.notes and content[:4] == b"fLaC" and len(found.samples) == seeds.SAMPLES:
        same = [np.array_equal(found.samples, one) for one in seeds.WRITTEN]
        assert any(same) or found.samples.dtype != np.int16 or found.samples.ndim > 1


def experiment(content: bytes) -> None:
    path = _file("the-file.toml", content)
    _, found = read(str(path))
    assert found.repeats >= 1


def one_setting(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    method, fields = setting(text)
    assert method
    assert len(fields) == 1


def clips_csv(content: bytes) -> None:
    """Each line is a recording or a fault; nothing else is there."""
    listing = Listing(PLACE, (Listed(table.FILE, str(_file(table.FILE, content))), *seeds.LISTED))
    found = table.read(listing, listing.entries[0])
    if not found.faults:
        assert len(found.wavs) == len(_lines(content, "utf-8-sig")) - 1
    for one in found.wavs:
        assert one.split in {"train", "test", "supplemental"}
        assert one.machine
        assert one.id.isalnum()
    if found.faults:
        raise ValueError(found.faults[0].replace(table.FILE, NAME))


def tags_csv(content: bytes) -> None:
    """Each line is a file's tags."""
    folder = PLACE / "tagged"
    _file("tagged/tags.csv", content)
    wavs = [Wav(str(folder / one.where), "", "", "", "", one.name, None) for one in seeds.LISTED]
    try:
        found = read_tags(folder, wavs)
    except ValueError as error:
        raise ValueError(str(error).replace("tags.csv", NAME)) from error
    assert len(found.of) + len(found.passed_over) == len(_lines(content, "utf-8-sig")) - 1


def attributes_csv(content: bytes) -> None:
    """Each line says something, says nothing, or is told as not understood."""
    text = content.decode("utf-8", "replace")
    rows = list(rows_of(text, NAME))
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
    for row, fields in zip(rows, filter(None, lines), strict=True):
        told = [one for one in fields[1:] if one.strip() and one.strip().lower() != NO_ATTRIBUTE]
        assert row.pairs or row.problem or not told, fields


def score_file(content: bytes) -> None:
    found = read_scores(Path(NAME), content, seeds.CLIPS)
    assert all(map(math.isfinite, found.values()))
    assert len(found) == len(_lines(content, "utf-8-sig"))


def decision_file(content: bytes) -> None:
    found = read_decisions(Path(NAME), content, seeds.CLIPS)
    assert len(found) == len(_lines(content, "utf-8-sig"))


def cell_scores(content: bytes) -> None:
    found = scores_in(content, Path("cells") / NAME)
    assert len(found) == len(list(csv.reader(io.StringIO(content.decode(), newline="")))[1:])


def submitted(content: bytes) -> None:
    _file(NAME, content)
    scores, faults = score_table(PLACE, NAME)
    assert all(abs(one.score) < 1e100 for one in scores)
    assert all(one.startswith("line ") for one in faults)


def clip_name(content: bytes) -> None:
    """Any text is a name, or none; it is never more than it says."""
    name = content.decode("utf-8", "surrogateescape")
    for supplemental in (False, True):
        told = told_by(name, supplemental=supplemental)
        if told:
            assert told.id.isalnum()
            assert told.domain in {None, "source", "target"}
            assert all(key and value for key, value in told.attributes)
            _each_once(key for key, _ in told.attributes)
    assert all(attributes(name).values())
    _each_once(key for key, _ in parsed(name))


def archive(content: bytes) -> None:
    path = _file("the-file.zip", content)
    members, problem = entries_of(path, "")
    if problem:
        raise ValueError(problem)
    for _, member in members[:8]:
        member_bytes(path, member)


TARGETS = {
    "wav": Target(wav, seeds.WAVS, head=True),
    "flac": Target(compressed, seeds.FLACS, head=True),
    "other sound": Target(sound, seeds.OTHERS, head=True),
    "toml": Target(experiment, seeds.TOMLS),
    "setting": Target(one_setting, seeds.SETTINGS, named="--set"),
    "clips.csv": Target(clips_csv, seeds.CLIPS_CSV),
    "tags.csv": Target(tags_csv, seeds.TAGS_CSV),
    "attributes_00.csv": Target(attributes_csv, seeds.ATTRIBUTES_CSV),
    "score file": Target(score_file, seeds.SCORE_FILES),
    "decision file": Target(decision_file, seeds.DECISION_FILES),
    "scores.csv": Target(cell_scores, seeds.CELL_SCORES),
    "submitted scores": Target(submitted, seeds.CELL_SCORES),
    "clip name": Target(clip_name, seeds.NAMES),
    "zip": Target(archive, seeds.ZIPS),
}


def tried(target: Target, content: bytes) -> bool:
    """Whether it was accepted. Raises what is neither that nor an error with the file's name."""
    try:
        target.check(content)
    except ValueError as error:
        if target.named not in str(error):
            raise AssertionError(f"{error!r} names no file") from error
        return False
    return True


def _file(name: str, content: bytes) -> Path:
    path = PLACE / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def _lines(content: bytes, encoding: str) -> list[list[str]]:
    text = io.StringIO(content.decode(encoding), newline="")
    return [line for line in csv.reader(text, strict=True) if line]


def _each_once(names: Iterable[str]) -> None:
    seen = list(names)
    assert len(seen) == len(set(seen)), seen
