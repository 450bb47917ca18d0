"""Clips: what was recorded, and how to read it.

Shapes: N clips, S samples, B mel bands, T frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from asdbench.data.hashes import digest_of, hash_test_sets
from asdbench.data.recording import Clip, Recording, blinded, told

if TYPE_CHECKING:
    from torch import Tensor

    from asdbench.config.frontend import Frontend
    from asdbench.data.bank import Bank
    from asdbench.data.features import Part, Sound

__all__ = ["Clip", "Clips", "Recording"]


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
        self,
        clips: Sequence[Clip],
        rows: Sequence[int],
        bank: Bank,
        frontend: Frontend,
        further: Sequence[Sequence[int]] = (),  # rows of the further channels, by channel
    ) -> None:
        self._clips = tuple(clips)
        self._rows = tuple(rows)
        self._further = tuple(tuple(of_channel) for of_channel in further)
        self._bank = bank
        self._frontend = frontend
        self._origin = _Origin(self._rows, {})
        self._places: Sequence[int] = range(len(self._rows))
        self._heard: dict[str, Part] = {}
        self._by_channel: dict[int, Clips] = {}

    def __reduce__(self) -> tuple[object, ...]:
        """Another process gets these clips alone, without those they come from and what is kept."""
        return Clips, (self._clips, self._rows, self._bank, self._frontend, self._further)

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

    @property
    def channels(self) -> int:
        """How many channels are kept apart; 1 where each clip is heard as one."""
        return 1 + len(self._further)

    def channel(self, number: int) -> Clips:
        """The same clips as channel ``number`` hears them, from 0, which is what they are here."""
        if not 0 <= number < self.channels:
            raise ValueError(
                f"there is no channel {number}; channels are 0 to {self.channels - 1} (a method "
                "gets more than the first if it declares multichannel = True)"
            )
        if number not in self._by_channel:
            rows = (self._rows, *self._further)[number]
            self._by_channel[number] = Clips(self._clips, rows, self._bank, self._frontend)
        return self._by_channel[number]

    def where(self, **equal: str) -> Clips:
        """The clips whose fields equal these: ``clips.where(machine="fan", split="train")``."""
        return self.filter(lambda clip: all(getattr(clip, k) == v for k, v in equal.items()))

    def filter(self, keep: Callable[[Clip], bool]) -> Clips:
        """The clips that ``keep`` says yes to, in the same order."""
        kept = [i for i, clip in enumerate(self._clips) if keep(clip)]
        return self.pick(kept)

    def blind(self) -> Clips:
        """The same clips without labels or names: all that a method ever sees."""
        blind = [blinded(clip) for clip in self._clips]
        return Clips(blind, self._rows, self._bank, self._frontend, self._further)

    def canonical(self) -> Clips:
        """The same clips in an order that depends on their sound alone.

        Names sort anomalies first, so a method that saw them in that order would see the labels.
        """
        return self.pick(self.canonical_order)

    @property
    def canonical_order(self) -> list[int]:
        """Where each of ``canonical()``'s clips is among these."""
        return sorted(range(len(self)), key=lambda i: (self._bank.content[self._rows[i]], i))

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

        heard = zip(*(self._rows, *self._further), strict=True)
        return digest_of(
            [RULES, c.machine, c.id, c.subset, c.split, c.anomalous, c.name]
            + [self._bank.content[row] for row in rows]
            + told(c)
            for c, rows in zip(self._clips, heard, strict=True)
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
        return Clips(self._clips, self._rows, bank, self._frontend, self._further)

    def pick(self, indices: Sequence[int]) -> Clips:
        """The clips at these positions, in this order."""
        picked = Clips(
            [self._clips[i] for i in indices],
            [self._rows[i] for i in indices],
            self._bank,
            self._frontend,
            [[of_channel[i] for i in indices] for of_channel in self._further],
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


class _Origin(NamedTuple):
    """The rows that some clips were first chosen from, and their sound by device."""

    rows: tuple[int, ...]
    sounds: dict[str, Sound]
