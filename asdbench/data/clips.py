"""Clips: what was recorded, and how to read it.

Shapes: N clips, S samples, B mel bands, T frames.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from asdbench.config.keys import digest

if TYPE_CHECKING:
    from torch import Tensor

    from asdbench.config.frontend import Frontend
    from asdbench.data.bank import Bank
    from asdbench.data.decode import Source
    from asdbench.data.features import Part, Sound


@dataclass(frozen=True)
class Clip:
    """One recording of one machine.

    ``machine`` is the machine type ("fan"), ``id`` the machine ID ("00"), ``subset`` "development"
    or "evaluation", ``split`` "train", "test" or "supplemental": a recording that is neither to be
    scored nor simply normal, as of the noise alone. ``anomalous`` is None where it isn't known or
    not to be seen; ``name``, the file's name, is None for methods, since it can give the label
    away. ``domain`` ("source", "target") and ``attributes`` (pairs of name and value) are what is
    told of a clip to learn from; a test clip has neither, since that is withheld from methods.
    """

    machine: str
    id: str
    subset: str
    split: str
    anomalous: bool | None
    name: str | None = None
    domain: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()


class Recording(NamedTuple):
    """A clip as a dataset declares it: its description, and where its sound comes from.

    ``tags`` say what else is known of it ("fault": "bearing"), to break results down by. ``Clips``
    doesn't hold them, so no method sees any.
    """

    clip: Clip
    source: Source
    tags: Mapping[str, str] = MappingProxyType({})


class Clips(Sequence[Clip]):
    """Some clips of a dataset, in a fixed order, with their sound and their log-mel.

    What a method's ``fit`` and ``score`` receive. Immutable; ``where`` selects. What is selected
    shares what is kept of its sound with the clips that it comes from; ``blind`` begins anew.

    Example:
        >>> from asdbench.config.frontend import Frontend
        >>> from asdbench.data.loading import load
        >>> from asdbench.data.synthetic.dataset import Synthetic
        >>> fans = Synthetic(machines=("fan",), subsets=("development",), seconds=1.0, train=2)
        >>> train = load(fans.recordings(), Frontend()).clips.where(split="train")
        >>> len(train), tuple(train.logmel().shape)  # (N, B, T)
        (6, (6, 128, 32))
    """

    def __init__(
        self, clips: Sequence[Clip], rows: Sequence[int], bank: Bank, frontend: Frontend
    ) -> None:
        self._clips = tuple(clips)
        self._rows = tuple(rows)
        self._bank = bank
        self._frontend = frontend
        self._origin = _Origin(self._rows, {})
        self._places: Sequence[int] = range(len(self._rows))
        self._heard: dict[str, Part] = {}

    def __reduce__(self) -> tuple[object, ...]:
        """Another process gets these clips alone, without those they come from and what is kept."""
        return Clips, (self._clips, self._rows, self._bank, self._frontend)

    def __len__(self) -> int:
        return len(self._clips)

    def __iter__(self) -> Iterator[Clip]:
        return iter(self._clips)

    def __getitem__(self, index: int) -> Clip:  # type: ignore[override]
        return self._clips[index]

    @property
    def sample_rate(self) -> int:
        """In Hz."""
        return self._bank.rate

    @property
    def samples(self) -> int:
        """S: how many samples each clip has."""
        return self._bank.length

    @property
    def bands(self) -> int:
        """B: how many mel bands the log-mel has."""
        return self._frontend.n_mels

    @property
    def frames(self) -> int:
        """T: how many frames the log-mel has."""
        return self._frontend.frames(self.samples)

    @property
    def window(self) -> int:
        """The frontend's window, in samples."""
        return self._frontend.win_length

    @property
    def hop(self) -> int:
        """The frontend's hop, in samples."""
        return self._frontend.hop_length

    def where(self, **equal: str) -> Clips:
        """The clips whose fields equal these: ``clips.where(machine="fan", split="train")``."""
        return self.filter(lambda clip: all(getattr(clip, k) == v for k, v in equal.items()))

    def filter(self, keep: Callable[[Clip], bool]) -> Clips:
        """The clips that ``keep`` says yes to, in the same order."""
        kept = [i for i, clip in enumerate(self._clips) if keep(clip)]
        return self.pick(kept)

    def blind(self) -> Clips:
        """The same clips without labels or names: all that a method ever sees."""
        blinded = [_blind(clip) for clip in self._clips]
        return Clips(blinded, self._rows, self._bank, self._frontend)

    def canonical(self) -> Clips:
        """The same clips in an order that depends on their sound alone.

        Names sort anomalies first, so a method that saw them in that order would see the labels.
        """
        order = sorted(range(len(self)), key=lambda i: (self._bank.content[self._rows[i]], i))
        return self.pick(order)

    def waves(self, indices: Tensor | Sequence[int] | None = None, device: str = "cpu") -> Tensor:
        """Waveforms in [-1, 1], (N, S) float32, of these clips (all of them by default)."""
        sound = self._sound(device)
        waves_NS: Tensor = sound.waves(range(len(self)) if indices is None else indices)
        return waves_NS

    def logmel(self, indices: Tensor | Sequence[int] | None = None, device: str = "cpu") -> Tensor:
        """Log-mel spectrograms in dB, (N, B, T) float32.

        Kept once computed where they fit in memory, so ask for a batch's wherever it is needed.
        """
        sound = self._sound(device)
        x_NBT: Tensor = sound.all_logmel() if indices is None else sound.logmel(indices)
        return x_NBT

    def logmel_chunks(self, device: str = "cpu") -> Iterator[Tensor]:
        """The log-mel of every clip in order, a few clips at a time; none of it is kept."""
        return self._sound(device).logmel_chunks()

    def frontend(self, waves_NS: Tensor) -> Tensor:
        """The log-mel (N, B, T) that this dataset's frontend makes of other waveforms (N, S)."""
        from asdbench.data.mel import logmel

        return logmel(waves_NS, self._frontend)

    @property
    def fingerprint(self) -> str:
        """A hash of what these clips are and sound like, whatever their order or their place."""
        from asdbench.data.decode import RULES

        heard = (self._bank.content[row] for row in self._rows)
        return _digest(
            [RULES, c.machine, c.id, c.subset, c.split, c.anomalous, c.name, content, *_told(c)]
            for c, content in zip(self._clips, heard, strict=True)
        )

    @property
    def test_sets(self) -> dict[str, str]:
        """The hash of each subset's test clips, for the subsets that have any."""
        return hash_test_sets(clip for clip in self if clip.split == "test")

    @property
    def bank(self) -> Bank:
        """Where their sound is."""
        return self._bank

    def on(self, bank: Bank) -> Clips:
        """The same clips on a copy of their bank."""
        return Clips(self._clips, self._rows, bank, self._frontend)

    def pick(self, indices: Sequence[int]) -> Clips:
        """The clips at these positions, in this order."""
        picked = Clips(
            [self._clips[i] for i in indices],
            [self._rows[i] for i in indices],
            self._bank,
            self._frontend,
        )
        picked._origin = self._origin
        picked._places = tuple(self._places[i] for i in indices)
        return picked

    def _sound(self, device: str) -> Part:
        from asdbench.data.features import Part, Sound

        if device not in self._heard:
            rows, sounds = self._origin
            if device not in sounds:
                sounds[device] = Sound(self._bank, rows, self._frontend, device)
            self._heard[device] = Part(sounds[device], self._places)
        return self._heard[device]


def _blind(clip: Clip) -> Clip:
    if clip.split == "test":
        return replace(clip, anomalous=None, name=None, domain=None, attributes=())
    return replace(clip, anomalous=None, name=None)


def _told(clip: Clip) -> list[object]:
    """What a fingerprint says of a clip where there is something told of it."""
    told = clip.split != "test" and (clip.domain or clip.attributes)
    return [clip.domain, clip.attributes] if told else []


class _Origin(NamedTuple):
    """The rows that some clips were first chosen from, and their sound by device."""

    rows: tuple[int, ...]
    sounds: dict[str, Sound]


def hash_test_sets(clips: Iterable[Clip]) -> dict[str, str]:
    """The hash of each subset's clips: rows are comparable where they scored the same ones."""
    by_subset = defaultdict(list)
    for clip in clips:
        by_subset[clip.subset].append((clip.machine, clip.id, clip.name, clip.anomalous))
    return {subset: hash_test_set(entries) for subset, entries in sorted(by_subset.items())}


def hash_test_set(entries: Iterable[tuple[str, str, str | None, bool | None]]) -> str:
    """A hash of test clips by machine, ID, name and label (None: withheld), in whatever order."""
    return _digest(entries)


def _digest(items: Iterable[Sequence[object]]) -> str:
    return digest(sorted(json.dumps(item) for item in items))
