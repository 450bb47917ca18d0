"""The default dataset: machine sounds from physics, made in memory, with no file to download."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from asdbench.data.choices import check_choice
from asdbench.data.clips import Clip, Recording
from asdbench.data.decode import Generated
from asdbench.data.synthetic.conditions import SOURCE, TARGET
from asdbench.data.synthetic.physics import RATE
from asdbench.data.synthetic.takes import MACHINES, Take, fault_of, in_target

_TRAIN_TARGET = 10  # one training clip of so many is of the target domain
# Two folds of three IDs, as DCASE 2020 has them.
_IDS = {"development": ("00", "02", "04"), "evaluation": ("01", "03", "05")}


@dataclass(frozen=True)
class Synthetic:
    """Machine sounds from physics: fan, pump, slider, valve with graded faults in factory noise.

    The clips of an ID are ``train`` normal ones to learn from, and ``test_normal`` and
    ``test_anomalous`` ones to score; the anomalous go round the faults of the machine and their
    three severities. ``seconds`` is the length of each. A clip is the same whatever the counts.
    With ``domains``, half of the test clips and every tenth training clip come from a target
    domain, with other loads and another, louder factory; a clip's name says which.

    Raises ``ValueError`` where a field asks for what can't be made.
    """

    machines: tuple[str, ...] = MACHINES
    subsets: tuple[str, ...] = tuple(_IDS)
    seconds: float = 10.0
    train: int = 100
    test_normal: int = 36
    test_anomalous: int = 36  # three rounds of the valve's 12 states, four of the others' nine
    seed: int = 0
    domains: bool = False

    def __post_init__(self) -> None:
        check_choice("machines", self.machines, MACHINES)
        check_choice("subsets", self.subsets, tuple(_IDS))
        if not 1.0 <= self.seconds <= 60.0:
            # Slow machines must move within a clip.
            raise ValueError(f"seconds is {self.seconds}; choose a length from 1 to 60 seconds")
        for field in ("train", "test_normal", "test_anomalous"):
            count = getattr(self, field)
            if not 1 <= count <= 100_000_000:  # eight digits in a name
                raise ValueError(f"{field} is {count}; choose at least 1 clip an ID")

    def recordings(self) -> list[Recording]:
        """Every clip, with the promise of its sound: none is made until it is read."""
        return [
            _recording(subset, take)
            for subset in self.subsets
            for machine in self.machines
            for id in _IDS[subset]
            for take in self._takes(machine, id)
        ]

    def _takes(self, machine: str, id: str) -> Iterator[Take]:
        def take(split: str, index: int, target: bool, *fault: Any) -> Take:
            domain = (TARGET if target else SOURCE) if self.domains else None
            plain = Take(machine, id, split, index, *fault, seconds=self.seconds, seed=self.seed)
            return replace(plain, domain=domain)

        for index in range(self.train):
            yield take("train", index, index % _TRAIN_TARGET == _TRAIN_TARGET - 1)
        for index in range(self.test_normal):
            yield take("test", index, index % 2 == 1)
        for index in range(self.test_anomalous):
            yield take("test", index, in_target(machine, index), *fault_of(machine, index))


def _recording(subset: str, take: Take) -> Recording:
    anomalous = take.fault is not None
    domain = f"{take.domain}_" if take.domain else ""
    name = f"{'anomaly' if anomalous else 'normal'}_id_{take.id}_{domain}{take.index:08d}.wav"
    told = take.domain if take.split == "train" else None
    clip = Clip(take.machine, take.id, subset, take.split, anomalous, name, told)
    source = Generated(take.identity, take.record, take.samples, RATE)
    return Recording(clip, source, take.tags if take.split == "test" else {})
