"""What is odd about clips: how often, and one for example.

Adaptations (a rate, a channel) are only told, and are a fault where they befall some clips of a
machine ID and not the others. What can't be right of any clip is a fault by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from asdbench.data.recording import Clip

CUT, REPEATED = "cut to the clip length", "repeated up to the clip length"
SHORT = 0.1  # of the clip length: what is shorter is hardly a recording
SHORTER = "shorter than a tenth of the clip length, and repeated up to it"
_OF_LENGTH = (CUT, REPEATED)
_ADAPTED = (": averaged", ": took ", "resampled from ", "compressed with loss")
_CLIPPED = "clipped to [-1, 1]"  # a fault from where the samples at the rails are too many


@dataclass(frozen=True)
class Oddity:
    """So many of so many clips have this; ``fault`` is what a strict run refuses.

    Example:
        >>> print(Oddity("silent", 2, 40, "clips", "fan/train/normal_id_00_3.wav"))
        2 of 40 clips: silent (fan/train/normal_id_00_3.wav)
    """

    what: str
    count: int
    of: int
    clips: str
    example: str
    fault: bool = True

    def __str__(self) -> str:
        return f"{self.count} of {self.of} {self.clips}: {self.what} ({self.example})"


def oddities_of(
    clips: Sequence[Clip], notes: Sequence[Sequence[str]], used: Sequence[str]
) -> list[Oddity]:
    """What there is to say of these clips: notes of each, and a hash of what is used of each.

    The example is the first by name, whatever order they come in.
    """
    order = sorted(range(len(clips)), key=lambda n: (*_id(clips[n]), _named(clips[n])))
    clips = [clips[n] for n in order]
    return [
        *_noted(clips, [notes[n] for n in order]),
        *_copies(clips, [used[n] for n in order]),
    ]


def refuse(oddities: Iterable[Oddity]) -> None:
    """Raises ``ValueError`` that names every fault among these: what a strict run does first."""
    faults = [str(one) for one in oddities if one.fault]
    if faults:
        raise ValueError(
            f"the recordings have faults: {'; '.join(faults)}; mend these clips or take them out, "
            "or leave out --strict (strict=True)"
        )


def of_length(found: int, length: int) -> tuple[str, ...]:
    """What is to be said of a clip of so many samples where so many are wanted."""
    if found < length:
        return (SHORTER if found < SHORT * length else REPEATED,)
    return (CUT,) if found > length else ()


def _noted(clips: Sequence[Clip], notes: Sequence[Sequence[str]]) -> Iterator[Oddity]:
    by_note: dict[str, list[Clip]] = defaultdict(list)
    for clip, said in zip(clips, notes, strict=True):
        for note in dict.fromkeys(said):
            by_note[note].append(clip)
    of_id = Counter(map(_id, clips))
    for note, found in sorted(by_note.items()):
        mixed = any(count < of_id[id] for id, count in Counter(map(_id, found)).items())
        adapted = any(part in note for part in _ADAPTED)
        fault = mixed if adapted else note not in (*_OF_LENGTH, _CLIPPED)
        yield Oddity(note, len(found), len(clips), "clips", _named(found[0]), fault)


def _copies(clips: Sequence[Clip], used: Sequence[str]) -> Iterator[Oddity]:
    """Clips of the same sound, to the last sample that is used."""
    train: dict[str, Clip] = {}
    again, leaked, test = [], [], defaultdict(list)
    for clip, sound in zip(clips, used, strict=True):
        if clip.split == "train" and train.setdefault(sound, clip) is not clip:
            again.append((clip, train[sound]))
        elif clip.split == "test":
            test[sound].append(clip)
    leaked = [
        (clip, train[sound]) for sound, found in test.items() if sound in train for clip in found
    ]
    twice = [(clip, found[0]) for found in test.values() for clip in found[1:]]
    contrary = [(one, first) for one, first in twice if one.anomalous != first.anomalous]
    splits = Counter(clip.split for clip in clips)
    for pairs, split, what in (
        (again, "train", "the sound of another training clip"),
        (
            leaked,
            "test",
            "the sound of a training clip, so that any method that remembers knows it",
        ),
        (twice, "test", "the sound of another test clip"),
        (contrary, "test", "the sound of a test clip with another label"),
    ):
        if pairs:
            named = " = ".join(map(_named, pairs[0]))
            words = {"train": "training clips", "test": "test clips"}[split]
            yield Oddity(what, len(pairs), splits[split], words, named)


def _id(clip: Clip) -> tuple[str, str, str]:
    return clip.machine, clip.id, clip.subset


def _named(clip: Clip) -> str:
    return f"{clip.machine}/{clip.split}/{clip.name}"
