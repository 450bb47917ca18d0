"""Synthetic machines in the manner of DCASE 2023 to 2026: new types, one section, two domains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from asdbench.config.keys import digest
from asdbench.data.choices import check_choice
from asdbench.data.clips import Clip, Recording
from asdbench.data.decode import Generated
from asdbench.data.synthetic.conditions import SOURCE, TARGET
from asdbench.data.synthetic.physics import RATE
from asdbench.data.synthetic.takes import Take, fault_of

SECTION = "00"
_TARGET_SHARE = 100  # one training clip of so many is of the target domain

# By subset and machine type: which of the machines of ``takes`` it is. Those of evaluation are
# built alike, and turn, pump and strike at other speeds.
_TYPES = {
    "development": {
        "fan": ("fan", "00"),
        "pump": ("pump", "00"),
        "slider": ("slider", "00"),
        "valve": ("valve", "00"),
    },
    "evaluation": {
        "Blower": ("fan", "05"),
        "Compressor": ("pump", "05"),
        "Feeder": ("slider", "05"),
        "Injector": ("valve", "05"),
    },
}


@dataclass(frozen=True)
class FirstShot:
    """First-shot machines from physics: types to develop on, others to be judged on.

    Each type has one section, ``train`` normal clips to learn from, one in a hundred of them of the
    target domain, and ``test`` clips to score: a quarter of them of each domain and label. The
    target domain has other loads and another, louder factory. The load is an attribute: it is told
    of training clips, and in the names of development test clips. ``seconds`` is the length of
    each clip.

    Raises ``ValueError`` where a field asks for what can't be made.
    """

    protocol: ClassVar[str] = "2022"

    subsets: tuple[str, ...] = tuple(_TYPES)
    seconds: float = 2.0
    train: int = 1000
    test: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("subsets", self.subsets, tuple(_TYPES))
        if not 1.0 <= self.seconds <= 60.0:
            raise ValueError(f"seconds is {self.seconds}; choose a length from 1 to 60 seconds")
        if not _TARGET_SHARE <= self.train <= 10_000:
            raise ValueError(f"train is {self.train}; choose 100 to 10000 clips a machine type")
        if self.test % 4 or not 4 <= self.test <= 10_000:
            raise ValueError(f"test is {self.test}; choose a multiple of 4, up to 10000")

    def recordings(self) -> list[Recording]:
        """Every clip, with the promise of its sound: none is made until it is read."""
        return [
            recording
            for subset in self.subsets
            for machine in _TYPES[subset]
            for recording in self._of_type(subset, machine)
        ]

    def _of_type(self, subset: str, machine: str) -> Iterator[Recording]:
        target = self.train // _TARGET_SHARE
        for domain, count in ((SOURCE, self.train - target), (TARGET, target)):
            for index in range(count):
                take = self._take(subset, machine, "train", index, domain)
                told = _attributes(take)
                name = _name(domain, "train", "normal", index, told)
                clip = Clip(machine, SECTION, subset, "train", False, name, domain, told)
                yield Recording(clip, _sound(take))
        tests = [
            (self._take(subset, machine, "test", index, domain, anomalous=anomalous), anomalous)
            for domain in (SOURCE, TARGET)
            for anomalous in (False, True)
            for index in range(self.test // 4)
        ]
        # As handed out, a number says nothing of its clip.
        tests.sort(key=lambda one: digest([one[0].identity]))
        for number, (take, anomalous) in enumerate(tests):
            told = _attributes(take)
            label = "anomaly" if anomalous else "normal"
            name = f"section_{SECTION}_{number:04d}.wav"
            if subset == "development":
                name = _name(str(take.domain), "test", label, take.index, told)
            clip = Clip(machine, SECTION, subset, "test", anomalous, name)
            tags = {name: tag for name, tag in take.tags.items() if name != "operating_point"}
            yield Recording(clip, _sound(take), {**tags, **dict(told)})

    def _take(
        self,
        subset: str,
        machine: str,
        split: str,
        index: int,
        domain: str,
        *,
        anomalous: bool = False,
    ) -> Take:
        built, unit = _TYPES[subset][machine]
        take = Take(built, unit, split, index, domain=domain, seconds=self.seconds, seed=self.seed)
        if not anomalous:
            return take
        fault, severity = fault_of(built, index)
        return replace(take, fault=fault, severity=severity)


def _attributes(take: Take) -> tuple[tuple[str, str], ...]:
    """What is told of a clip: the machine's load in %."""
    return (("load", f"{100 * take.load:.0f}"),)


def _name(
    domain: str, split: str, label: str, index: int, told: tuple[tuple[str, str], ...]
) -> str:
    """A clip's name as DCASE has them since 2022."""
    attributes = "_".join(part for pair in told for part in pair)
    return f"section_{SECTION}_{domain}_{split}_{label}_{index:04d}_{attributes}.wav"


def _sound(take: Take) -> Generated:
    return Generated(take.identity, take.record, take.samples, RATE)
