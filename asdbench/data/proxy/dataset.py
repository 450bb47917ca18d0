"""The proxy task: a dataset made of another one's normal training clips, to tune on.

Some of them are held out and scored: as they are, and with a pseudo-fault put into them. How the
choice is made, and how far to trust it, is in ``docs/proxy.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asdbench.config.names import natural
from asdbench.config.seeds import derive
from asdbench.data.choices import check_choice
from asdbench.data.clips import Clip, Recording
from asdbench.data.loading import Dataset
from asdbench.data.proxy.altered import Altered, Fault
from asdbench.data.proxy.families import FAMILIES, GRADES, families_of

UNSEEN_ID = "unseen_id"  # reported apart: telling IDs apart is what ID classifiers train for
UNGRADED = "ungraded"

_ALL = (*FAMILIES, UNSEEN_ID)
_LEAST = 3  # training clips an ID must have for one to be held out: two stay to learn from


@dataclass(frozen=True)
class Proxy:
    """Held-out normal training clips of a dataset against the same with pseudo-faults.

    Of each machine ID, a block of neighbouring training clips is held out: ``share`` of them, but
    two at least as long as two stay; one of three; none of fewer. All of them are normal test
    clips. Up to ``per_family`` of them, spread over the block, come again with each fault of
    ``families`` that suits the machine type, at each of ``grades``. With the family ``unseen_id``,
    one ID of each type that holds out clips of three or more is left out of training, and its
    held-out clips are claimed to be each other ID's. All test clips have nuisances on them.

    Everything depends on ``seed``, on names and on the sound of training clips.
    """

    dataset: Dataset
    seed: int = 0
    share: float = 0.25
    families: tuple[str, ...] = _ALL
    grades: tuple[str, ...] = ("medium",)
    per_family: int = 16

    def __post_init__(self) -> None:
        check_choice("families", self.families, _ALL)
        check_choice("grades", self.grades, GRADES)
        if not 0 < self.share < 1:
            raise ValueError(f"share is {self.share}; hold out a share between 0 and 1")
        if self.per_family < 1:
            raise ValueError(f"per_family is {self.per_family}; at least one clip is needed")

    def recordings(self) -> list[Recording]:
        """Training clips as they are, and test clips whose sound is made when it is read.

        Supplemental clips stay as they are: what is learned from them is to be tuned with them.

        Raises ``ValueError`` where no ID has enough training clips for one to be held out, or no
        family suits any of the machine types.
        """
        # The wrapped dataset's test clips go here, before anything else looks at them.
        given = to_choose_by([r for r in self.dataset.recordings() if r.clip.split != "test"])
        train = [r for r in given if r.clip.split == "train"]
        ids = _by_id(r for r in train if not r.clip.anomalous)
        kept, held_out = {}, {}
        for (machine, id), group in ids.items():
            draws = self._draws("held out", machine, id)
            kept[machine, id], held_out[machine, id] = hold_out(group, self.share, draws)
        if not any(held_out.values()):
            raise ValueError(
                f"no clips to tune on: {_LEAST} normal training clips of a machine ID are needed "
                f"to hold one out, and none has more than {max(map(len, ids.values()), default=0)}"
            )
        unseen = self._unseen(held_out)
        found = []
        for key, block in held_out.items():
            if key not in unseen.values():
                found += [*kept[key], *self._tests(block)]
                if block and key[0] in unseen:
                    strangers = self._some(held_out[unseen[key[0]]])
                    found += [self._claimed(stranger, block[0].clip) for stranger in strangers]
        if not any(r.clip.anomalous for r in found):
            raise ValueError(
                f"no pseudo-anomalies: none of the families {', '.join(self.families)} suits "
                f"{', '.join(sorted({machine for machine, _ in ids}))}; choose others"
            )
        return [*found, *(r for r in given if r.clip.split == "supplemental")]

    def _tests(self, block: Sequence[Recording]) -> Iterator[Recording]:
        for recording in block:
            name = f"normal_{recording.clip.name}"
            yield self._test(_as_test(recording.clip, anomalous=False, name=name), recording)
        for recording in self._some(block):
            for family in families_of(recording.clip.machine):
                for grade in self.grades if family in self.families else ():
                    name = f"pseudo_{family}_{grade}_{recording.clip.name}"
                    clip = _as_test(recording.clip, anomalous=True, name=name)
                    yield self._test(clip, recording, Fault(family, grade))

    def _claimed(self, stranger: Recording, as_if: Clip) -> Recording:
        """A clip of the ID that training didn't see, said to be of another ID."""
        name = f"pseudo_{UNSEEN_ID}_{UNGRADED}_{stranger.clip.id}_{stranger.clip.name}"
        return self._test(_as_test(as_if, anomalous=True, name=name), stranger)

    def _test(self, clip: Clip, heard: Recording, fault: Fault | None = None) -> Recording:
        """A test clip that sounds as this recording does, altered: each of its channels alike."""
        further = (heard._replace(source=source, more=()) for source in heard.more)
        more = tuple(Altered(channel, self.seed, fault) for channel in further)
        return Recording(clip, Altered(heard, self.seed, fault), more=more)

    def _unseen(
        self, held_out: Mapping[tuple[str, str], Sequence[Recording]]
    ) -> dict[str, tuple[str, str]]:
        """The ID to leave out of training, by machine type, of the types that have three."""
        of_type = defaultdict(list)
        for (machine, id), block in held_out.items():
            if block and UNSEEN_ID in self.families:
                of_type[machine].append((machine, id))
        return {
            machine: keys[int(self._draws(UNSEEN_ID, machine).integers(len(keys)))]
            for machine, keys in of_type.items()
            if len(keys) >= 3
        }

    def _some(self, block: Sequence[Recording]) -> list[Recording]:
        """At most ``per_family`` of a block, spread over it."""
        count = min(self.per_family, len(block))
        return [block[i * len(block) // count] for i in range(count)]

    def _draws(self, *names: str) -> np.random.Generator:
        return np.random.default_rng(derive(self.seed, "proxy", *names))


def faults_of(recordings: Iterable[Recording]) -> dict[tuple[str, str, str], Fault | None]:
    """What is wrong with each test clip, by machine type, ID and name; None: nothing is.

    ``recordings`` are those that a ``Proxy`` gave. That a clip is of another ID than it is claimed
    to be counts as the fault ``unseen_id``.
    """
    found = {}
    for recording in recordings:
        clip, source = recording.clip, recording.source
        if isinstance(source, Altered):
            claimed = Fault(UNSEEN_ID, UNGRADED) if clip.anomalous else None
            found[clip.machine, clip.id, str(clip.name)] = source.fault or claimed
    return found


def _as_test(clip: Clip, *, anomalous: bool, name: str) -> Clip:
    """A training clip as a test clip: of those nothing is told to learn from."""
    return Clip(clip.machine, clip.id, clip.subset, "test", anomalous, name)


def hold_out(
    group: Sequence[Recording], share: float, rng: np.random.Generator
) -> tuple[list[Recording], list[Recording]]:
    """What stays of an ID's clips, in their order, and a block of neighbours that doesn't.

    Neighbouring files are one recording session: single clips would have their twins in training.
    """
    size = min(max(2, round(share * len(group))), len(group) - 2)
    if size < 1:
        return list(group), []
    start = int(rng.integers(len(group) - size + 1))
    end = start + size
    return [*group[:start], *group[end:]], list(group[start:end])


def to_choose_by(given: Sequence[Recording]) -> list[Recording]:
    """Clips of machine types that development has any of, where it has some.

    First-shot machines, which there are only evaluation clips of, never serve to choose anything.
    """
    developed = {r.clip.machine for r in given if r.clip.subset == "development"}
    return [r for r in given if not developed or r.clip.machine in developed]


def _by_id(recordings: Iterable[Recording]) -> dict[tuple[str, str], list[Recording]]:
    """Recordings by machine type and ID, in order of file name: 2 before 10."""
    groups: dict[tuple[str, str], list[Recording]] = defaultdict(list)
    for recording in recordings:
        groups[recording.clip.machine, recording.clip.id].append(recording)
    return {key: sorted(groups[key], key=_file_order) for key in sorted(groups)}


def _file_order(recording: Recording) -> tuple[str, list[str | int]]:
    return recording.clip.subset, natural(str(recording.clip.name))
