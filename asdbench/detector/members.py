"""The fitted methods of a detector, restored when they are needed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from asdbench.config import plugins
from asdbench.config.numerics import Numerics
from asdbench.config.plugins import METHODS, Plugin
from asdbench.data.clips import Clips
from asdbench.detector.description import EVERY, DetectorCard, Member
from asdbench.training.method import Context, checked_scores

if TYPE_CHECKING:
    from torch import Tensor

_log = logging.getLogger(__name__)


class Unshared:
    """Stages of a method that is fitted already: what is made of clips is made each time."""

    spared: list[float] = []  # noqa: RUF012 - nothing is ever spared

    def get(self, context: Context, name: str, config: Any, train: Any, /) -> dict[str, Tensor]:
        """A stage's weights, trained anew."""
        found: dict[str, Tensor] = dict(train(config, context))
        return found

    def kept(
        self, name: str, config: Any, clips: Clips, make: Callable[[Clips], Tensor], /
    ) -> Tensor:
        """What is made of these clips."""
        return make(clips)


def lent(folder: Path, numerics: Numerics) -> Context:
    """What a restored method gets: it draws nothing, and trains nothing."""
    return Context(0, numerics, folder / "scratch", lambda *_, **__: None, Unshared())


class Members:
    """All fits of a detector, by member and machine type."""

    def __init__(self, folder: Path, about: DetectorCard, numerics: Numerics) -> None:
        self._folder, self._about, self._numerics = folder, about, numerics
        self._restored: dict[tuple[int, str], Any] = {}
        self._classes: dict[int, Any] = {}

    def scores(self, clips: Clips, machine: str) -> NDArray[np.float64]:
        """Each member's scores of clips of one machine type (P, N)."""
        every = [self.of(place, machine) for place in range(len(self._about.members))]
        return np.stack([checked_scores(one.score(clips), len(clips)) for one in every])

    def of(self, place: int, machine: str) -> Any:
        """A member's method, fitted to this machine type."""
        from asdbench.training.restored import restore
        from asdbench.training.saved import read_fitted

        member = self._about.members[place]
        part = machine if machine in member.parts else EVERY
        if (place, part) not in self._restored:
            if place not in self._classes:
                self._classes[place] = _plugin(self._folder, member).load()
            known = read_fitted(self._folder / member.parts[part])
            context = lent(self._folder, self._numerics)
            self._restored[place, part] = restore(self._classes[place], known, context)
        return self._restored[place, part]


def _plugin(folder: Path, member: Member) -> Plugin:
    """The member's method. Says where its code isn't what it was fitted by."""
    if member.code:
        return Plugin(member.method, METHODS, own_file=(folder / member.code).resolve())
    try:
        found = plugins.installed(METHODS, member.method)
    except ValueError as error:
        raise ValueError(f"{error}: the detector was made with it, so install it here") from error
    if found.source != member.source:
        _log.warning(
            "the code of %s isn't what the detector was fitted by; its scores may differ",
            member.method,
        )
    return found
