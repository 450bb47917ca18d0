"""What the ID methods tell apart: the classes of training clips, and those that a test clip claims.

A training clip tells its machine type and ID, and in some data its domain and attributes; a test
clip tells its machine type and ID alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from asdbench import Clip, Clips

from ._references import MachineId

Labels = Literal["id", "attributes", "id+attributes+domain"]
ClassName = tuple[Any, ...]  # begins with the machine type


def _attributes(clip: Clip) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(clip.attributes))


_NAME: dict[str, Callable[[Clip], ClassName]] = {
    "id": lambda clip: (clip.machine, clip.id),
    "attributes": lambda clip: (clip.machine, _attributes(clip)),
    "id+attributes+domain": lambda clip: (
        clip.machine,
        clip.id,
        _attributes(clip),
        clip.domain or "",
    ),
}


@dataclass(frozen=True)
class Classes:
    """The classes that training clips are of, in order, and which of them clips of an ID are of."""

    labels: Labels
    names: tuple[ClassName, ...]
    of_ids: dict[MachineId, tuple[int, ...]]

    @classmethod
    def of(cls, train: Clips, labels: Labels) -> Classes:
        """The classes of these training clips."""
        named = [_NAME[labels](clip) for clip in train]
        names = tuple(sorted(set(named)))
        place = {name: label for label, name in enumerate(names)}
        found: dict[MachineId, set[int]] = {}
        for clip, name in zip(train, named, strict=True):
            found.setdefault((clip.machine, clip.id), set()).add(place[name])
        of_ids = {one: tuple(sorted(found[one])) for one in sorted(found)}
        return cls(labels, names, of_ids)

    def __len__(self) -> int:
        return len(self.names)

    def label(self, clips: Iterable[Clip]) -> list[int]:
        """The class of each clip that these classes were made of."""
        place = {name: label for label, name in enumerate(self.names)}
        return [place[_NAME[self.labels](clip)] for clip in clips]

    def claimed(self, clip: Clip) -> tuple[int, ...]:
        """The classes that a clip may be of, by what it tells: those of its machine type and ID.

        An ID without training clips has those of its machine type, or all if that has none either.
        """
        of_type = tuple(i for i, (machine, *_) in enumerate(self.names) if machine == clip.machine)
        of_id = self.of_ids.get((clip.machine, clip.id), ())
        return of_id or of_type or tuple(range(len(self)))


def check_classes(train: Clips, labels: Labels) -> None:
    """Raise ``ValueError`` where there is one class only, saying which labels would make more."""
    if len(Classes.of(train, labels)) > 1:
        return
    counts = {other: len(Classes.of(train, other)) for other in get_args(Labels)}
    ways = [f'labels = "{other}" would have {n} classes' for other, n in counts.items() if n > 1]
    ways.append('scoring.by = "mahalanobis" needs none')
    what = "machine ID" if labels == "id" else "class"
    raise ValueError(
        f'with labels = "{labels}" there is one {what} only ({train[0].machine} {train[0].id}), so '
        f"there is nothing to tell apart; {', '.join(ways)}, nor do the autoencoder and knn"
    )
