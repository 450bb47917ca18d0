"""A tensor for each of some clips, made when it is asked for, and kept as long as there is room."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Places = NDArray[np.int64]  # where clips stand among all those that share their tensors
_NOWHERE = -1


class Kept:
    """Tensors of so many clips, each made at most once, in at most so many bytes.

    ``make`` gives those of the clips at some places, never more than ``at_once`` of them, and
    ``empty`` the room for a number of clips. Where all fit, each lies at its place; where they
    don't, those do that come first.
    """

    def __init__(
        self,
        empty: Callable[[int], Tensor],
        make: Callable[[Places], Tensor],
        at_once: int,
        clips: int,
        room: float,
    ) -> None:
        self._empty, self._make, self._at_once = empty, make, at_once
        fitting = int(room // empty(1).nbytes)
        self._all_fit = clips <= fitting
        self._most = min(clips, fitting)
        self._slots = np.full(clips, _NOWHERE)
        self._taken = 0

    @cached_property
    def tensor(self) -> Tensor:
        """The room for all that may be kept; on a CPU, what is not yet written takes no memory."""
        # A tensor of inference mode could be neither trained on nor written to later.
        with torch.inference_mode(False):
            return self._empty(self._most)

    def slots(self, places: Places) -> Places | None:
        """Where in ``tensor`` these clips' are, all of them made; None if there's no room."""
        new = np.unique(places[self._slots[places] == _NOWHERE])
        if self._taken + len(new) > self._most:
            return None
        for start in range(0, len(new), self._at_once):
            self._keep(new[start : start + self._at_once])
        return self._slots[places]

    def known(self, places: Places) -> Tensor | None:
        """These clips' (N, ...) where all of them are kept already."""
        slots = self._slots[places]
        if (slots == _NOWHERE).any():
            return None
        return self.tensor.index_select(0, torch.from_numpy(slots).to(self.tensor.device))

    def _keep(self, places: Places) -> None:
        taken = self._taken + len(places)
        slots = places if self._all_fit else np.arange(self._taken, taken)
        first, end = int(slots[0]), int(slots[-1]) + 1
        with torch.inference_mode(False):
            made = self._make(places)
            if end - first == len(slots):  # neighbours, as of a whole: copied faster
                self.tensor[first:end] = made
            else:
                self.tensor.index_copy_(0, torch.from_numpy(slots).to(made.device), made)
        self._slots[places], self._taken = slots, taken
